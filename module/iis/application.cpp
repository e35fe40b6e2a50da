// SPDX-License-Identifier: Apache-2.0
#include "module/iis/application.h"

#include <windows.h>

#include <algorithm>
#include <utility>

#include "module/core/fastcgi_worker.h"
#include "module/core/http_worker.h"
#include "module/core/version.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kLoggedOutput = 2000;
constexpr std::size_t kReportedOutput = 4000;

std::unique_ptr<ErrorLog> open_log(const Settings& settings) {
  if (settings.error_log_dir.empty()) return nullptr;
  ErrorLogOptions options;
  options.folder = std::filesystem::path(to_wide(settings.error_log_dir));
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

/// The end of what a deploy script has printed.
std::string_view tail_of(std::string_view output) {
  return output.substr(output.size() - std::min(output.size(), kReportedOutput));
}

bool exists(const std::string& file) {
  return ::GetFileAttributesW(to_wide(file).c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

ZooApplication::ZooApplication(std::shared_ptr<const AppDefinition> definition, EventLoop& loop, const Clock& clock,
                               EventReporter& events)
    : definition_(std::move(definition)),
      loop_(loop),
      clock_(clock),
      events_(events),
      launcher_(loop, [this](int process, std::string_view text) { on_worker_output(process, text); }),
      log_(open_log(definition_->settings)) {
  pool_ = std::make_unique<WorkerPool>(
      definition_->pool, definition_->spec,
      WorkerPool::Parts{
          clock_, launcher_, [this](WorkerOwner& owner) { return make_worker(owner); },
          [this](PoolEvent event, int process, std::string_view text) { on_pool_event(event, process, text); }});
  if (!definition_->settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  for (const std::string& warning : definition_->settings.warnings) log(LogLevel::kWarning, warning);
  watch_files();
  log(LogLevel::kNotification, "Application has been started");
}

ZooApplication::~ZooApplication() {
  deploy_.reset();
  try {
    while (!waiting_.empty()) {
      Exchange& exchange = *waiting_.front();
      waiting_.pop_front();
      exchange.lease().forget();
      exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, 0});
    }
  } catch (...) {  // no memory: the bridge ends its requests itself
  }
  pool_.reset();
}

std::unique_ptr<Worker> ZooApplication::make_worker(WorkerOwner& owner) const {
  const LaunchSpec& spec = definition_->spec;
  if (definition_->protocol == WorkerProtocol::kHttp) {
    HttpWorkerOptions options;
    options.physical_path = definition_->folder;
    options.virtual_path = definition_->virtual_path.empty() ? "/" : definition_->virtual_path;
    options.substitute_host = definition_->settings.substitute_host;
    options.proxy_pass = definition_->settings.proxy_pass;
    return std::make_unique<HttpWorker>(owner, clock_, options);
  }
  FastCgiWorkerOptions options;
  options.takes_requests_ahead = spec.transport == WorkerTransport::kConnected;
  options.opens_port = spec.transport == WorkerTransport::kTcp;
  return std::make_unique<FastCgiWorker>(owner, clock_, options);
}

void ZooApplication::submit(Exchange& exchange) {
  if (!definition_->faults.empty()) {
    exchange.on_failure({ExchangeFailure::kConfiguration, definition_->faults.front(), {}, 0});
    return;
  }
  if (stopping_) {
    exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, 1});
    return;
  }
  dispatch(exchange);
}

void ZooApplication::dispatch(Exchange& exchange) {
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

void ZooApplication::preload() {
  if (stopping_ || !definition_->faults.empty()) return;
  preloaded_ = true;
  if (phase_ == Phase::kUndeployed) start_deploy();
  if (phase_ == Phase::kRunning) pool_->start();
}

void ZooApplication::release(Exchange& exchange) {
  std::erase(waiting_, &exchange);
}

// A script that is not there (any more) has been run and renamed, or there is nothing to do.
void ZooApplication::start_deploy() {
  const std::optional<DeployPlan> plan =
      deploy_plan(definition_->settings, definition_->spec.program, definition_->folder);
  if (!plan || !exists(plan->script)) {
    begin_running();
    return;
  }
  phase_ = Phase::kDeploying;
  log(LogLevel::kNotification, "Deploy script " + plan->script + " is being run");
  deploy_ = std::make_unique<DeployRun>(
      loop_, *plan, definition_->spec.environment,
      [this](const std::string& problem, const std::string& output) { on_deployed(problem, output); });
}

void ZooApplication::on_deployed(const std::string& problem, const std::string& output) {
  loop_.post([finished = std::shared_ptr<DeployRun>(std::move(deploy_))] {});
  const bool done = problem.empty();
  log(done ? LogLevel::kNotification : LogLevel::kError, done ? "Deploy script has finished" : problem);
  phase_ = done ? Phase::kRunning : Phase::kFailed;
  watch_files();
  if (done) {
    begin_running();
  } else {
    events_.report(EventId::kDeployFailed, definition_->config_path, problem + "\n" + std::string(tail_of(output)));
    deploy_failure_ = {ExchangeFailure::kDeployFailed, problem, output, 30};
    submit_waiting();
  }
  if (stopping_) pool_->stop();
}

void ZooApplication::begin_running() {
  phase_ = Phase::kRunning;
  if (preloaded_ && !stopping_) pool_->start();
  submit_waiting();
}

// They are answered also when the application has been stopped while they waited.
void ZooApplication::submit_waiting() {
  std::deque<Exchange*> waiting;
  waiting.swap(waiting_);
  for (Exchange* exchange : waiting) {
    exchange->lease().forget();
    dispatch(*exchange);
  }
}

// After a deploy it begins anew: what the script itself has changed must not start it again.
void ZooApplication::watch_files() {
  watch_.reset();
  const bool wanted = phase_ == Phase::kFailed || !definition_->settings.watch_masks.empty();
  if (!wanted || !definition_->faults.empty()) return;
  watch_ = std::make_unique<FileWatch>(loop_, definition_->folder,
                                       [this](const std::vector<std::string>& paths) { on_files_changed(paths); });
}

void ZooApplication::on_files_changed(const std::vector<std::string>& paths) {
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
  log(LogLevel::kNotification, "Application is being restarted: " + *changed + " has changed");
  if (!settings.deploy_file.empty()) phase_ = Phase::kUndeployed;
  pool_->recycle(*changed + " has changed");
}

void ZooApplication::on_pool_event(PoolEvent event, int process, std::string_view text) {
  if (event == PoolEvent::kSaid) {
    on_worker_output(process, text);
    return;
  }
  std::string line = "Worker";
  if (process != 0) line += " " + std::to_string(process);
  line.append(" ").append(event_text(event));
  if (!text.empty()) line.append(": ").append(text);
  const std::optional<EventId> id = event_id(event);
  log(id ? LogLevel::kError : LogLevel::kNotification, line);
  if (id) events_.report(*id, definition_->config_path, line);
}

void ZooApplication::on_worker_output(int process, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), kLoggedOutput));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) log(LogLevel::kWarning, "Worker " + std::to_string(process) + ": " + std::string(line));
  }
}

void ZooApplication::log(LogLevel level, const std::string& text) {
  if (log_ != nullptr && log_->enabled(level)) log_->write(level, 0, text);
}

void ZooApplication::stop() {
  stopping_ = true;
  if (phase_ != Phase::kDeploying) pool_->stop();
}

bool ZooApplication::stopped() const {
  return stopping_ && waiting_.empty() && pool_->stopped();
}

void ZooApplication::tick() {
  pool_->tick();
}

}  // namespace zoo::module
