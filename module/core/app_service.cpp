// SPDX-License-Identifier: Apache-2.0
#include "module/core/app_service.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "module/core/fastcgi_worker.h"
#include "module/core/http_worker.h"
#include "module/core/version.h"

namespace zoo::module {
namespace {

constexpr std::size_t kLoggedOutput = 2000;
constexpr std::size_t kToldOutput = 4000;

// Texts are UTF-8 on every system, and a path made of plain characters is not on Windows.
std::filesystem::path path_of(const std::string& text) {
  return {std::u8string(text.begin(), text.end())};
}

bool exists(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::exists(path_of(file), ignored);
}

std::unique_ptr<ErrorLog> open_log(const Settings& settings) {
  if (settings.error_log_dir.empty()) return nullptr;
  ErrorLogOptions options;
  options.folder = path_of(settings.error_log_dir);
  options.file_name = settings.error_log_file;
  options.level = settings.error_log_level;
  options.version = zoo_version();
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

/// What of it is trouble that an administrator has to know of.
std::optional<EventId> event_id(PoolEvent event) {
  switch (event) {
    case PoolEvent::kCrashed:
      return EventId::kWorkerEnded;
    case PoolEvent::kTimedOut:
      return EventId::kWorkerHung;
    case PoolEvent::kStartFailed:
      return EventId::kWorkerNotStarted;
    default:
      return std::nullopt;
  }
}

std::string_view tail_of(std::string_view output) {
  return output.substr(output.size() - std::min(output.size(), kToldOutput));
}

}  // namespace

AppService::AppService(std::shared_ptr<const AppDefinition> definition, Parts parts)
    : definition_(std::move(definition)),
      parts_(std::move(parts)),
      launcher_(parts_.platform.make_launcher(
          [this](int process, std::string_view text) { on_worker_output(process, text); })),
      log_(open_log(definition_->settings)) {
  pool_ = std::make_unique<WorkerPool>(
      definition_->pool, definition_->spec,
      WorkerPool::Parts{
          parts_.clock, *launcher_, [this](WorkerOwner& owner) { return make_worker(owner); },
          [this](PoolEvent event, int process, std::string_view text) { on_pool_event(event, process, text); }});
  if (!definition_->settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  for (const std::string& warning : definition_->settings.warnings) note(LogLevel::kWarning, warning);
  watch_files();
  note(LogLevel::kNotification, "Application has been started");
}

AppService::~AppService() {
  deploy_.reset();
  try {
    while (!waiting_.empty()) {
      Exchange& exchange = *waiting_.front();
      waiting_.pop_front();
      exchange.lease().forget();
      exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, 0});
    }
  } catch (...) {  // no memory: a front end that goes on without it ends its requests itself
  }
  pool_.reset();
}

std::unique_ptr<Worker> AppService::make_worker(WorkerOwner& owner) const {
  const LaunchSpec& spec = definition_->spec;
  if (definition_->protocol == WorkerProtocol::kHttp) {
    HttpWorkerOptions options;
    options.physical_path = definition_->folder;
    options.virtual_path = definition_->virtual_path.empty() ? "/" : definition_->virtual_path;
    options.substitute_host = definition_->settings.substitute_host;
    options.proxy_pass = definition_->settings.proxy_pass;
    return std::make_unique<HttpWorker>(owner, parts_.clock, options);
  }
  FastCgiWorkerOptions options;
  options.takes_requests_ahead = spec.transport == WorkerTransport::kConnected;
  options.opens_port = spec.transport == WorkerTransport::kTcp;
  return std::make_unique<FastCgiWorker>(owner, parts_.clock, options);
}

void AppService::submit(Exchange& exchange) {
  if (!definition_->faults.empty()) {
    exchange.on_failure({ExchangeFailure::kConfiguration, definition_->faults.front(), {}, 0});
  } else if (stopping_) {
    exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, 1});
  } else {
    dispatch(exchange);
  }
}

void AppService::dispatch(Exchange& exchange) {
  if (phase_ == Phase::kRunning) {
    pool_->submit(exchange);
  } else if (phase_ == Phase::kFailed) {
    exchange.on_failure(deploy_failure_);
  } else if (waiting_.size() >= definition_->pool.max_queue) {
    exchange.on_failure({ExchangeFailure::kQueueFull, "the application is being deployed", {}, 5});
  } else {
    exchange.lease() = Lease(*this, exchange);
    waiting_.push_back(&exchange);
    if (phase_ == Phase::kUndeployed) start_deploy();
  }
}

void AppService::preload() {
  if (stopping_ || !definition_->faults.empty()) return;
  preloaded_ = true;
  if (phase_ == Phase::kUndeployed) start_deploy();
  if (phase_ == Phase::kRunning) pool_->start();
}

void AppService::release(Exchange& exchange) {
  std::erase(waiting_, &exchange);
}

// A script that is not there (any more) has been run and renamed, or there is nothing to do.
void AppService::start_deploy() {
  const std::optional<DeployPlan> plan =
      deploy_plan(definition_->settings, definition_->spec.program, definition_->folder);
  if (!plan || !exists(plan->script)) {
    begin_running();
    return;
  }
  phase_ = Phase::kDeploying;
  note(LogLevel::kNotification, "Deploy script " + plan->script + " is being run");
  deploy_ = parts_.platform.run_deploy(
      *plan, definition_->spec.environment,
      [this](const std::string& problem, const std::string& output) { on_deployed(problem, output); });
}

void AppService::on_deployed(const std::string& problem, const std::string& output) {
  parts_.platform.post([finished = std::move(deploy_)] {});
  const bool done = problem.empty();
  phase_ = done ? Phase::kRunning : Phase::kFailed;
  watch_files();
  if (done) {
    note(LogLevel::kNotification, "Deploy script has finished");
    begin_running();
  } else {
    write_log(LogLevel::kError, problem);
    if (parts_.tell) parts_.tell(EventId::kDeployFailed, problem + "\n" + std::string(tail_of(output)));
    deploy_failure_ = {ExchangeFailure::kDeployFailed, problem, output, 30};
    submit_waiting();
  }
  if (stopping_) pool_->stop();
}

void AppService::begin_running() {
  phase_ = Phase::kRunning;
  if (preloaded_ && !stopping_) pool_->start();
  submit_waiting();
}

// They are answered also when the application has been stopped while they waited.
void AppService::submit_waiting() {
  std::deque<Exchange*> waiting;
  waiting.swap(waiting_);
  for (Exchange* exchange : waiting) {
    exchange->lease().forget();
    dispatch(*exchange);
  }
}

// After a deploy it begins anew: what the script itself has changed must not start it again.
void AppService::watch_files() {
  watch_.reset();
  const bool wanted = phase_ == Phase::kFailed || !definition_->settings.watch_masks.empty();
  if (!wanted || !definition_->faults.empty()) return;
  watch_ = parts_.platform.watch_folder(definition_->folder,
                                        [this](const std::vector<std::string>& paths) { on_files_changed(paths); });
}

void AppService::on_files_changed(const std::vector<std::string>& paths) {
  const Settings& settings = definition_->settings;
  if (phase_ == Phase::kFailed) {
    const auto is_trace = [&](const std::string& path) {
      return is_trace_of_deploy(settings, definition_->folder, path);
    };
    if (!std::ranges::all_of(paths, is_trace)) phase_ = Phase::kUndeployed;
    return;
  }
  const auto matches = [&](const std::string& path) {
    return path.empty() || std::ranges::any_of(settings.watch_masks,
                                               [&](const std::string& mask) { return matches_watch_mask(mask, path); });
  };
  const auto changed = std::ranges::find_if(paths, matches);
  if (changed == paths.end() || phase_ == Phase::kDeploying) return;
  const std::string reason = (changed->empty() ? "much" : *changed) + " has changed";
  note(LogLevel::kNotification, "Application is being restarted: " + reason);
  if (!settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  pool_->recycle(reason);
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
  const std::optional<EventId> id = event_id(event);
  note(id ? LogLevel::kError : LogLevel::kNotification, line, id);
}

void AppService::on_worker_output(int process, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), kLoggedOutput));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) note(LogLevel::kWarning, "Worker " + std::to_string(process) + ": " + std::string(line));
  }
}

void AppService::write_log(LogLevel level, const std::string& text) {
  if (log_ != nullptr && log_->enabled(level)) log_->write(level, 0, text);
}

void AppService::note(LogLevel level, const std::string& text, std::optional<EventId> event) {
  write_log(level, text);
  if (parts_.tell) parts_.tell(event, text);
}

void AppService::stop() {
  stopping_ = true;
  if (phase_ != Phase::kDeploying) pool_->stop();
}

bool AppService::stopped() const {
  return stopping_ && waiting_.empty() && pool_->stopped();
}

void AppService::tick() {
  pool_->tick();
}

}  // namespace zoo::module
