// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_model.h"

/// Which handler, engine and application a request belongs to. Pure.
namespace zoo::module {

enum class Bitness { k32, k64 };

/// The application pool, as far as preCondition asks for it.
struct PoolTraits {
  Bitness bitness = Bitness::k64;
  bool integrated = true;
  std::string runtime_version = "v4.0";
};

/// Is every condition of the list ("integratedMode,bitness64") met? Unknown ones are not.
bool meets_precondition(std::string_view condition, const PoolTraits& pool);

/// Does a handler's list of verbs ("*", "GET,HEAD") hold the method?
bool matches_verb(std::string_view verbs, std::string_view method);

struct PathMatch {
  std::string script_path;  ///< The URL's part that the pattern stands for.
  std::string path_info;    ///< What follows it: "/more" of "/app/index.php/more"; mostly empty.
};

/// Matches a decoded URL path ("/app/index.php/more") with a handler's `path`: patterns separated by commas, '*' for
/// any characters but '/', case ignored. "*" alone stands for everything. A pattern that begins with '/' is compared
/// from the site's root on, another one with any run of names of the path: "*.php", "foo/*.py", "trace.axd". "*." is a
/// name without a dot. Behind a pattern with '*' or '.' in its last name there may be path info.
std::optional<PathMatch> match_handler_path(std::string_view patterns, std::string_view url_path);

enum class ResourceKind { kNone, kFile, kDirectory };
/// Tells what a URL path is in the file system; asked only for handlers with a resourceType.
using ResourceProbe = std::function<ResourceKind(const std::string& url_path)>;

enum class HandlerKind {
  kZoo,     ///< modules names HeliconZoo_x86 or HeliconZoo_x64
  kStatic,  ///< StaticFileModule, or the default documents and listings
  kForeign  ///< A module of IIS or of others that only IIS can run
};
HandlerKind handler_kind(const Handler& handler);

struct HandlerRequest {
  std::string_view path;    ///< Decoded, begins with '/'.
  std::string_view method;  ///< As sent.
};

struct HandlerMatch {
  const Handler* handler = nullptr;
  HandlerKind kind = HandlerKind::kForeign;
  PathMatch path;
  bool access_denied = false;  ///< requireAccess is not in the folder's accessPolicy: 403.1 or 403.2.
};

/// The first handler in order that fits; nothing: IIS answers 404.4.
std::optional<HandlerMatch> match_handler(const FolderConfig& config, const HandlerRequest& request,
                                          const PoolTraits& pool, const ResourceProbe& probe);

/// "django.project" of "django.project#x86".
std::string_view without_bitness(std::string_view handler_name);

/// The application that a Zoo handler belongs to; null: none, the engine runs with its own variables only.
///  1. the one of the handler's name, with or without #x86 or #x64, or with .x86 or .x64 instead;
///  2. one that no handler names (people rename one of the two and forget the other), of the same bitness first;
///  3. one that a handler with the same scriptProcessor names.
const Application* find_application(const FolderConfig& config, const Handler& handler);

/// Case counts last: a name as written wins over one that differs in case.
const Engine* find_engine(const FolderConfig& config, std::string_view name);

/// What serves the requests of a Zoo handler, or why nothing does.
struct HandlerBinding {
  const Engine* engine = nullptr;
  const Application* application = nullptr;  ///< May be null with an engine.
  std::vector<std::string> faults;           ///< Not empty: answer 500 with these reasons.
};
HandlerBinding bind_handler(const FolderConfig& config, const Handler& handler);

}  // namespace zoo::module
