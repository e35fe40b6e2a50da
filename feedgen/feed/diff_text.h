// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "feedgen/catalog/diff.h"

namespace zoo::feed {

/// The differences for people: + what is new, - what has gone, ~ what changed, '!' before what may break somebody;
/// "No differences." when there are none. Control characters of the feeds are made harmless, long values cut.
std::string diff_text(const catalog::FeedDiff& diff);

/// The differences as a JSON object (schema 1): counts by severity, changes with action, severity, product, subject,
/// before, after.
std::string diff_json(const catalog::FeedDiff& diff);

}  // namespace zoo::feed
