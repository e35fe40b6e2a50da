// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/interrupt.h"
#include "feedgen/base/result.h"
#include "feedgen/publish/storage.h"

/// Copies a folder that was built to where its readers find it (docs/commands/feedgen-publish.md).
namespace zoo::publish {

struct PublishOptions {
  bool remove_old = false;  ///< Files of an earlier publication that this folder does not have are removed at the end.
  bool dry = false;         ///< Nothing is written or removed; the report says what would be.
  const Cancellation* cancellation = nullptr;
  /// Called before each step: "put" or "remove", and the file.
  std::function<void(std::string_view what, const std::string& name)> step;
};

struct PublishReport {
  std::vector<std::string> written, removed;  ///< In order.
  std::size_t unchanged = 0;
};

/// Payload first, then the page, the feed and SHA256SUMS, so that every file that a reader of the feed asks for is
/// there at any time; a file whose hash stands in the target's SHA256SUMS is not sent again. kVerification when a file
/// is not the one in the folder's SHA256SUMS, or when somebody else published meanwhile; kUsage for a folder without
/// feed.xml and SHA256SUMS; kInterrupted between two files.
Result<PublishReport> publish(const std::string& folder, Storage& storage, const PublishOptions& options);

}  // namespace zoo::publish
