// SPDX-License-Identifier: Apache-2.0
#include "module/host/app_service.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "module/core/fastcgi_worker.h"
#include "module/core/http_worker.h"

namespace zoo::module {
namespace {

constexpr std::string_view kVersion = "5.0.0";
constexpr std::size_t kLoggedOutput = 2000;

std::unique_ptr<ErrorLog> open_log(const Settings& settings) {
  if (settings.error_log_dir.empty()) return nullptr;
  ErrorLogOptions options;
  options.folder = settings.error_log_dir;
  options.file_name = settings.error_log_file;
  options.level = settings.error_log_level;
  options.version = kVersion;
  return std::make_unique<ErrorLog>(options);
}

std::string_view event_text(PoolEvent event) {
  switch (event) {
    case PoolEvent::kStarted:
      return "started";
    case PoolEvent::kReady:
      return "is ready";
    case PoolEvent::kEnded:
      return "has ended";
    case PoolEvent::kCrashed:
      return "has ended unexpectedly";
    case PoolEvent::kRecycled:
      return "is being replaced or ended";
    case PoolEvent::kTimedOut:
      return "hangs and is being killed";
    case PoolEvent::kStartFailed:
      return "could not be started";
    case PoolEvent::kSaid:
      return "says";
  }
  return {};
}

bool is_trouble(PoolEvent event) {
  return event == PoolEvent::kCrashed || event == PoolEvent::kTimedOut || event == PoolEvent::kStartFailed;
}

void append_part(std::string& out, std::string_view text) {
  out.append(text).push_back('\0');
}

}  // namespace

std::string AppDefinition::fingerprint() const {
  std::string out;
  for (const std::string_view text :
       {std::string_view(folder), std::string_view(virtual_path), std::string_view(spec.program),
        std::string_view(spec.arguments), std::string_view(spec.directory), std::string_view(spec.host)}) {
    append_part(out, text);
  }
  for (const auto& [variable, value] : spec.environment) {
    append_part(out, variable);
    append_part(out, value);
  }
  for (const auto number : {static_cast<std::int64_t>(spec.transport), static_cast<std::int64_t>(protocol),
                            static_cast<std::int64_t>(spec.port_lower), static_cast<std::int64_t>(spec.port_upper),
                            static_cast<std::int64_t>(pool.min_instances),
                            static_cast<std::int64_t>(pool.max_instances), static_cast<std::int64_t>(pool.memory_limit),
                            pool.time_limit.count(), pool.stop_timeout.count(), pool.request_timeout.count()}) {
    append_part(out, std::to_string(number));
  }
  for (const std::string& fault : faults) append_part(out, fault);
  return out;
}

AppService::AppService(AppDefinition definition, Parts parts)
    : definition_(std::move(definition)),
      parts_(std::move(parts)),
      launcher_(parts_.loop, [this](int process, std::string_view text) { on_worker_output(process, text); }),
      log_(open_log(definition_.settings)) {
  pool_ = std::make_unique<WorkerPool>(
      definition_.pool, definition_.spec,
      WorkerPool::Parts{
          parts_.clock, launcher_, [this](WorkerOwner& owner) { return make_worker(owner); },
          [this](PoolEvent event, int process, std::string_view text) { on_pool_event(event, process, text); }});
  if (!definition_.settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  for (const std::string& warning : definition_.settings.warnings) log(LogLevel::kWarning, warning);
  watch_files();
  log(LogLevel::kNotification, "Application has been started");
}

AppService::~AppService() {
  deploy_.reset();
  const FailureInfo failure{ExchangeFailure::kStopping, "the application is being stopped", {}, 0};
  while (!waiting_.empty()) {
    Exchange& exchange = *waiting_.front();
    waiting_.pop_front();
    exchange.lease().forget();
    exchange.on_failure(failure);
  }
  pool_.reset();
}

std::unique_ptr<Worker> AppService::make_worker(WorkerOwner& owner) const {
  const LaunchSpec& spec = definition_.spec;
  if (definition_.protocol == WorkerProtocol::kHttp) {
    HttpWorkerOptions options;
    options.physical_path = definition_.folder;
    options.virtual_path = definition_.virtual_path.empty() ? "/" : definition_.virtual_path;
    options.substitute_host = definition_.settings.substitute_host;
    options.proxy_pass = definition_.settings.proxy_pass;
    return std::make_unique<HttpWorker>(owner, parts_.clock, options);
  }
  FastCgiWorkerOptions options;
  options.takes_requests_ahead = spec.transport == WorkerTransport::kConnected;
  options.opens_port = spec.transport == WorkerTransport::kTcp;
  return std::make_unique<FastCgiWorker>(owner, parts_.clock, options);
}

void AppService::submit(Exchange& exchange) {
  if (!definition_.faults.empty()) {
    exchange.on_failure({ExchangeFailure::kConfiguration, definition_.faults.front(), {}, 0});
    return;
  }
  if (stopping_) {
    exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, 1});
    return;
  }
  switch (phase_) {
    case Phase::kRunning:
      pool_->submit(exchange);
      return;
    case Phase::kFailed:
      exchange.on_failure(deploy_failure_);
      return;
    case Phase::kUndeployed:
    case Phase::kDeploying:
      break;
  }
  if (waiting_.size() >= definition_.pool.max_queue) {
    exchange.on_failure({ExchangeFailure::kQueueFull, "the application is being deployed", {}, 5});
    return;
  }
  exchange.lease() = Lease(*this, exchange);
  waiting_.push_back(&exchange);
  if (phase_ == Phase::kUndeployed) start_deploy();
}

void AppService::release(Exchange& exchange) {
  std::erase(waiting_, &exchange);
}

// A script that is not there (any more) has been run and renamed, or there is nothing to do.
void AppService::start_deploy() {
  const std::optional<DeployPlan> plan =
      deploy_plan(definition_.settings, definition_.spec.program, definition_.folder);
  std::error_code ignored;
  if (!plan || !std::filesystem::exists(plan->script, ignored)) {
    phase_ = Phase::kRunning;
    submit_waiting();
    return;
  }
  phase_ = Phase::kDeploying;
  log(LogLevel::kNotification, "Deploy script " + plan->script + " is being run");
  deploy_ = std::make_unique<DeployRun>(
      parts_.loop, *plan, definition_.spec.environment,
      [this](const std::string& problem, const std::string& output) { on_deployed(problem, output); });
}

void AppService::on_deployed(const std::string& problem, const std::string& output) {
  parts_.loop.post([finished = std::shared_ptr<DeployRun>(std::move(deploy_))] {});
  if (problem.empty()) {
    log(LogLevel::kNotification, "Deploy script has finished");
    phase_ = Phase::kRunning;
  } else {
    log(LogLevel::kError, problem);
    phase_ = Phase::kFailed;
    deploy_failure_ = {ExchangeFailure::kDeployFailed, problem, output, 30};
  }
  watch_files();
  submit_waiting();
}

void AppService::submit_waiting() {
  std::deque<Exchange*> waiting;
  waiting.swap(waiting_);
  for (Exchange* exchange : waiting) {
    exchange->lease().forget();
    submit(*exchange);
  }
}

// After a deploy it begins anew: what the script itself has changed must not start it again.
void AppService::watch_files() {
  watch_.reset();
  const bool wanted = phase_ == Phase::kFailed || !definition_.settings.watch_masks.empty();
  if (!wanted || !definition_.faults.empty()) return;
  watch_ = std::make_unique<FileWatch>(parts_.loop, definition_.folder,
                                       [this](const std::vector<std::string>& paths) { on_files_changed(paths); });
}

void AppService::on_files_changed(const std::vector<std::string>& paths) {
  const Settings& settings = definition_.settings;
  if (phase_ == Phase::kFailed) {
    const auto is_trace = [&](const std::string& path) {
      return is_trace_of_deploy(settings, definition_.folder, path);
    };
    if (!std::ranges::all_of(paths, is_trace)) phase_ = Phase::kUndeployed;
    return;
  }
  const auto matches = [&](const std::string& path) {
    return std::ranges::any_of(settings.watch_masks,
                               [&](const std::string& mask) { return matches_watch_mask(mask, path); });
  };
  const auto changed = std::ranges::find_if(paths, matches);
  if (changed == paths.end() || phase_ == Phase::kDeploying) return;
  log(LogLevel::kNotification, "Application is being restarted: " + *changed + " has changed");
  if (!settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  pool_->recycle(*changed + " has changed");
}

void AppService::on_pool_event(PoolEvent event, int process, std::string_view text) {
  if (event == PoolEvent::kSaid) {
    on_worker_output(process, text);
    return;
  }
  std::string line = "Worker";
  if (process != 0) line += " " + std::to_string(process);
  line.append(" ").append(event_text(event));
  if (!text.empty()) line.append(": ").append(text);
  log(is_trouble(event) ? LogLevel::kError : LogLevel::kNotification, line);
}

void AppService::on_worker_output(int process, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), kLoggedOutput));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) log(LogLevel::kWarning, "Worker " + std::to_string(process) + ": " + std::string(line));
  }
}

void AppService::log(LogLevel level, const std::string& text) {
  if (log_ != nullptr && log_->enabled(level)) log_->write(level, 0, text);
  parts_.say(definition_.name + ": " + text);
}

void AppService::fill_body_limits(Route& route) const {
  route.body_memory = static_cast<std::size_t>(definition_.settings.post_buffer);
  route.body_folder = definition_.settings.post_cache_dir;
}

void AppService::stop() {
  stopping_ = true;
  if (phase_ != Phase::kDeploying) pool_->stop();
}

bool AppService::stopped() const {
  return stopping_ && waiting_.empty() && pool_->stopped();
}

void AppService::tick() {
  if (stopping_ && waiting_.empty()) pool_->stop();
  pool_->tick();
}

TimePoint AppService::next_check() const {
  return pool_->next_check();
}

}  // namespace zoo::module
