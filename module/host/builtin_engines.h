// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace zoo::module {

/// An applicationHost.config with the engines that zoohost knows without one: the interpreters of this machine with the
/// workers of `workers_folder`, under the names that the Zoo's engines have and had (python.3.13, python.2.7.pipe,
/// ruby.3.4, perl.5.36, mojolicious.http, ...).
std::string builtin_engines(const std::string& workers_folder);

}  // namespace zoo::module
