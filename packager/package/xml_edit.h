// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "feedgen/base/result.h"

/// XPath on the XML files of an application, as XmlFile entries of parameters.xml use it.
namespace zoo::package {

/// What is wrong with an XPath, or nothing.
std::optional<std::string> xpath_problem(std::string_view xpath);

/// How many nodes it selects; an Error when the text is no XML. As in .NET, plain names do not select elements that are
/// in a namespace (web-deploy section 5).
Result<std::size_t> xpath_count(std::string_view xml, std::string_view xpath);

struct XmlEdit {
  std::string text;
  std::size_t count = 0;  ///< Nodes that were changed.
};
/// Attributes get the value; elements are replaced by the value read as XML. The rest of the text stays but for the
/// form of tags.
Result<XmlEdit> xpath_set(std::string_view xml, std::string_view xpath, std::string_view value);

}  // namespace zoo::package
