// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "module/core/config_problem.h"

/// The configuration as it is in force: plain values, filled by config_merge from files (zoohost) or from
/// IAppHostAdminManager (IIS). Text is UTF-8 and not expanded: environment.h expands. docs/formats/zoo-config.md tells
/// what each element means.
namespace zoo::module {

/// Numbers of the sections are int64; hosting panels write -1 for a field that was left blank.
constexpr std::int64_t kDefaultNumber = -1;

struct Variable {
  std::string name;
  std::string value;
  ConfigPlace place;
};

enum class EngineTransport { kPipe, kTcp };
enum class EngineProtocol { kFastCgi, kHttp };

/// What may be run, and how: <engines> and <userEngines> of <heliconZooServer>, written by the administrator.
struct Engine {
  std::string name;
  std::string display_name;
  std::string full_path;
  std::string arguments;
  EngineTransport transport = EngineTransport::kPipe;
  EngineProtocol protocol = EngineProtocol::kFastCgi;
  std::string host;                                         ///< Empty: 127.0.0.1.
  std::int64_t port_lower = kDefaultNumber;                 ///< 49152
  std::int64_t port_upper = kDefaultNumber;                 ///< 65535
  std::int64_t min_instances = kDefaultNumber;              ///< 1
  std::int64_t max_instances = kDefaultNumber;              ///< 0: one for each core
  std::int64_t time_limit = kDefaultNumber;                 ///< Minutes; 0: no limit
  std::int64_t graceful_shutdown_timeout = kDefaultNumber;  ///< Seconds; 15
  std::int64_t memory_limit = kDefaultNumber;               ///< Megabytes; 0: no limit
  std::vector<Variable> environment;
  bool from_user_engines = false;
  std::vector<std::string> faults;  ///< Not empty: the engine cannot be used, for these reasons.
  ConfigPlace place;
};

/// The numbers of an engine with all defaults filled in. 0 means "no limit" where Engine says so.
struct EngineLimits {
  std::uint16_t port_lower = 49152;
  std::uint16_t port_upper = 65535;
  std::uint32_t min_instances = 1;
  std::uint32_t max_instances = 1;  ///< At least 1 and at least min_instances.
  std::uint32_t time_limit_minutes = 0;
  std::uint32_t graceful_shutdown_seconds = 15;
  std::uint64_t memory_limit_bytes = 0;
};
/// `cores`: what 0 instances stand for.
EngineLimits effective_limits(const Engine& engine, unsigned cores);

struct SwitchEntry {
  std::string name;   ///< An engine's name, "*" or "console".
  std::string value;  ///< "Enabled" in any case means enabled, every other text (panels write "Enabed") does not.
  ConfigPlace place;
};

/// <application> of <heliconZoo>.
struct Application {
  std::string name;
  std::vector<Variable> environment;
  std::vector<std::string> faults;  ///< Not empty: requests for it are answered with these reasons.
  ConfigPlace place;
};

/// <add> of <handlers>; texts as written.
struct Handler {
  std::string name;
  std::string path;
  std::string verb;
  std::string script_processor;  ///< Zoo handlers: the engine's name.
  std::string modules = "ManagedPipelineHandler";
  std::string pre_condition;
  std::string resource_type = "Unspecified";
  std::string require_access = "Script";
  ConfigPlace place;
};

struct DefaultDocuments {
  bool enabled = true;
  std::vector<std::string> files;
};

struct MimeType {
  std::string extension;  ///< With its dot: ".css"; "." is for files without one, ".*" for all others.
  std::string type;
};

/// <requestFiltering>, as far as it concerns any request.
struct RequestFilter {
  std::uint64_t max_content_length = 30000000;  ///< Bytes; more is answered with 413 (IIS: 404.13).
  std::uint32_t max_url = 4096;                 ///< Characters of the path (404.14).
  std::uint32_t max_query_string = 2048;        ///< Characters (404.15).
  bool allow_double_escaping = false;           ///< 404.11
  bool allow_unlisted_extensions = true;
  struct Extension {
    std::string name;  ///< With its dot.
    bool allowed = false;
  };
  std::vector<Extension> extensions;         ///< 404.7
  std::vector<std::string> hidden_segments;  ///< 404.8
  bool allow_unlisted_verbs = true;
  struct Verb {
    std::string name;
    bool allowed = false;
  };
  std::vector<Verb> verbs;  ///< 404.6
};

struct HttpErrors {
  enum class Mode { kDetailedLocalOnly, kCustom, kDetailed };
  enum class Existing { kAuto, kReplace, kPassThrough };
  enum class Response { kFile, kExecuteUrl, kRedirect };
  struct Entry {
    int status = 0;
    int sub_status = -1;  ///< -1: all
    std::string path;
    Response response = Response::kFile;
  };
  Mode mode = Mode::kDetailedLocalOnly;
  Existing existing = Existing::kAuto;
  std::vector<Entry> entries;
};

/// <rule> of <rewrite>: what the URL Rewrite module does with an address before a handler is chosen. On IIS that module
/// does it; zoohost has module/host/url_rewrite.h. Texts as written.
struct RewriteRule {
  enum class Syntax { kEcmaScript, kWildcard, kExactMatch };
  struct Condition {
    enum class Kind { kPattern, kIsFile, kIsDirectory };
    Kind kind = Kind::kPattern;
    std::string input;
    std::string pattern;
    bool ignore_case = true;
    bool negate = false;
  };
  struct Action {
    enum class Kind { kNone, kRewrite, kRedirect, kCustomResponse, kAbortRequest };
    Kind kind = Kind::kNone;
    std::string url;
    bool append_query = true;
    unsigned status = 301;    ///< Of kRedirect and kCustomResponse.
    unsigned sub_status = 0;  ///< Of kCustomResponse.
    std::string reason;       ///< Of kCustomResponse.
  };

  std::string name;
  bool enabled = true;
  bool stop_processing = false;
  Syntax syntax = Syntax::kEcmaScript;
  std::string pattern;  ///< Of the path below `folder`, without a '/' in front.
  bool ignore_case = true;
  bool negate = false;
  std::vector<Condition> conditions;
  bool any_condition = false;       ///< One condition is enough; otherwise all must hold.
  bool track_all_captures = false;  ///< {C:n} counts through all conditions, not those of the last one.
  Action action;
  std::string folder;  ///< "" or "/blog": where the rule was defined. It does not concern other addresses.
  ConfigPlace place;
};

struct RewriteMap {
  std::string name;
  std::string default_value;
  bool ignore_case = true;
  std::vector<std::pair<std::string, std::string>> entries;  ///< Key and value.
  ConfigPlace place;
};

/// accessPolicy of <handlers>.
struct AccessPolicy {
  bool read = true;
  bool script = true;
  bool execute = false;
  bool write = false;
};

/// Everything in force for one folder (or file) of one site.
struct FolderConfig {
  std::vector<Engine> engines;  ///< With userEngines merged in: each name once.
  std::vector<SwitchEntry> switchboard;
  std::vector<Application> applications;
  std::vector<Handler> handlers;  ///< In the order in which they are tried.
  AccessPolicy access;
  DefaultDocuments default_documents;
  std::vector<MimeType> mime_types;
  RequestFilter filter;
  HttpErrors errors;
  std::vector<RewriteRule> rewrite_rules;  ///< In the order in which they are applied: parents' first.
  std::vector<RewriteMap> rewrite_maps;
  std::vector<std::string> faults;  ///< Not empty: a file of it is unusable; requests get 500 with these reasons.
};

// The sites, from <system.applicationHost>.

struct SiteBinding {
  std::string protocol;  ///< "http", "https"
  std::string address;   ///< Empty or "*": all addresses
  std::uint16_t port = 80;
  std::string host;  ///< Empty: every Host
};

struct VirtualDirectory {
  std::string path;           ///< "/" or "/media", within its application
  std::string physical_path;  ///< Not expanded
};

struct SiteApplication {
  std::string path;  ///< "/" or "/blog"
  std::string pool;  ///< Name of the application pool; empty: the default
  std::vector<VirtualDirectory> directories;
};

struct Site {
  std::string name;
  std::int64_t id = 0;
  std::vector<SiteBinding> bindings;
  std::vector<SiteApplication> applications;
  ConfigPlace place;
};

struct ApplicationPool {
  std::string name;
  bool enable_32bit = false;  ///< enable32BitAppOnWin64
};

struct Topology {
  std::vector<Site> sites;
  std::vector<ApplicationPool> pools;
  std::string default_pool;
};

}  // namespace zoo::module
