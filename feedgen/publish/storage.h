// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "feedgen/base/result.h"

/// Where a folder is published to. One file of this folder a kind of target.
namespace zoo::publish {

/// A file as it lies at the target.
struct Kept {
  std::string bytes;
  std::string etag;  ///< What tells this content from another there; "" when the target has no such thing.
};

struct PutOptions {
  std::string content_type;
  bool no_cache = false;  ///< Caches must ask before they use it.
  /// Absent: whatever is there is replaced. Else only when the file there still has this ETag; kAbsent asks that there
  /// is no file; "" is a file that the target has no ETag for, which asks nothing.
  std::optional<std::string> expected;
};
inline constexpr std::string_view kAbsent = "absent";

/// Not thread-safe. Names are relative with forward slashes. Errors name the file, without user names and passwords;
/// their code is kIo, or kVerification when PutOptions::expected is not met.
class Storage {
 public:
  virtual ~Storage() = default;
  /// A small file (at most 64 MiB); nothing when it is not there.
  virtual Result<std::optional<Kept>> get(const std::string& name) = 0;
  /// Copies the file at `path`. A reader sees the old content or the new one.
  virtual Result<void> put(const std::string& name, const std::string& path, const PutOptions& options) = 0;
  /// No error when it is not there.
  virtual Result<void> remove(const std::string& name) = 0;
};

inline constexpr std::uint64_t kMaxKept = 64ULL << 20U;

/// A folder of this machine, made when it is not there.
std::unique_ptr<Storage> local_storage(std::string folder);

/// Requests are signed with AWS Signature Version 4 when there is a key.
struct S3Access {
  std::string endpoint;  ///< "https://s3.example.net", or "" for that of Amazon in the region.
  std::string region;    ///< "" stands for us-east-1.
  std::string key, secret, session_token;
};

struct HttpAccess {
  std::string user;        ///< "name:password" for basic authentication, or "".
  std::string token;       ///< A bearer token, or "".
  unsigned attempts = 3;   ///< Of what may be tried again: failed connections, 5xx.
  std::string user_agent;  ///< "feedgen/1.0"
  S3Access s3;             ///< For s3:// targets alone.
};
/// A web server that takes PUT and DELETE (RFC 9110, 9.3.4 and 9.3.5), e.g. WebDAV. `url` ends with a slash.
/// With `access.s3.key` every request carries a signature of it and of the content (s3_storage).
std::unique_ptr<Storage> http_storage(std::string url, HttpAccess access);

/// A bucket of Amazon S3 or of a server that speaks its protocol; `target` is s3://bucket or s3://bucket/prefix. kUsage
/// for another form and when key or secret are missing.
Result<std::unique_ptr<Storage>> s3_storage(std::string_view target, HttpAccess access);

/// By the target's form: a path, file:///path, http://, https:// or s3://. kUsage for anything else.
Result<std::unique_ptr<Storage>> open_storage(const std::string& target, const HttpAccess& access);

}  // namespace zoo::publish
