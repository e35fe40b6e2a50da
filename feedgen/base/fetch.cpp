// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/fetch.h"

#include <curl/curl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <list>
#include <memory>
#include <utility>

#include "feedgen/base/transfer.h"

namespace zoo {
namespace {

using Clock = std::chrono::steady_clock;

/// How long the loop waits for the network before it looks at the cancellation and the bars.
constexpr int kPollMilliseconds = 100;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

/// libcurl wants one initialisation in a process; its own version is thread-safe since 7.84.
void initialise_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

std::string trusted_roots(const FetchOptions& options) {
  if (!options.ca_file.empty()) return options.ca_file;
  const char* file = std::getenv("SSL_CERT_FILE");
  return file == nullptr ? std::string() : std::string(file);
}

List to_list(const std::vector<std::string>& fields) {
  List list;
  for (const std::string& field : fields) {
    if (curl_slist* longer = curl_slist_append(list.get(), field.c_str()); longer != nullptr) {
      (void)list.release();
      list.reset(longer);
    }
  }
  return list;
}

bool may_pass(CURLcode code) {
  constexpr std::array kTransient = {CURLE_COULDNT_RESOLVE_PROXY,
                                     CURLE_COULDNT_RESOLVE_HOST,
                                     CURLE_COULDNT_CONNECT,
                                     CURLE_OPERATION_TIMEDOUT,
                                     CURLE_PARTIAL_FILE,
                                     CURLE_GOT_NOTHING,
                                     CURLE_SEND_ERROR,
                                     CURLE_RECV_ERROR,
                                     CURLE_SSL_CONNECT_ERROR,
                                     CURLE_HTTP2,
                                     CURLE_HTTP2_STREAM};
  return std::find(kTransient.begin(), kTransient.end(), code) != kTransient.end();
}

/// One request with its curl handle. Its address must not change while curl works on it.
struct Job {
  Job(std::size_t at, const FetchRequest& request, const FetchOptions& options)
      : index(at), transfer(request, options) {}

  std::size_t index;
  Transfer transfer;
  Easy easy;
  List fields;
  std::array<char, CURL_ERROR_SIZE> reason = {};
  Clock::time_point not_before;
  bool begun = false;
};

std::size_t on_head(char* data, std::size_t size, std::size_t count, void* job) {
  const std::size_t bytes = size * count;
  return static_cast<Job*>(job)->transfer.on_head_line({data, bytes}) ? bytes : 0;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* job) {
  const std::size_t bytes = size * count;
  return static_cast<Job*>(job)->transfer.on_body(data, bytes) ? bytes : CURL_WRITEFUNC_ERROR;
}

/// A file URL is opened by curl itself, which would wait forever at a FIFO and read a device without end.
bool is_plain_file(CURL* easy, const std::string& url) {
  constexpr std::size_t kSchemeSize = 5;
  std::string path = url.substr(kSchemeSize);
  if (path.starts_with("//")) path = path.substr(std::min(path.size(), path.find('/', 2)));
  const std::unique_ptr<char, decltype(&curl_free)> plain(
      curl_easy_unescape(easy, path.c_str(), static_cast<int>(path.size()), nullptr), &curl_free);
  struct stat info = {};
  return plain && ::stat(plain.get(), &info) == 0 && S_ISREG(info.st_mode);
}

class Fetcher {
 public:
  Fetcher(const std::vector<FetchRequest>& requests, const FetchOptions& options, const FetchDone& done)
      : options_(options), done_(done), outcomes_(requests.size()), multi_(curl_multi_init()) {
    for (std::size_t i = 0; i < requests.size(); ++i) waiting_.emplace_back(i, requests[i], options);
  }

  std::vector<FetchOutcome> run() {
    while (!waiting_.empty() || !running_.empty()) {
      if (options_.cancellation != nullptr && options_.cancellation->requested()) {
        stop_all();
        break;
      }
      start_due();
      int still_running = 0;
      curl_multi_perform(multi_.get(), &still_running);
      const bool some_ended = collect();
      if (options_.progress != nullptr) options_.progress->tick();
      if (!some_ended) curl_multi_poll(multi_.get(), nullptr, 0, kPollMilliseconds, nullptr);
    }
    return std::move(outcomes_);
  }

 private:
  void start_due() {
    const std::size_t slots = std::max(1U, options_.parallel);
    const auto now = Clock::now();
    for (auto job = waiting_.begin(); job != waiting_.end() && running_.size() < slots;) {
      const auto next = std::next(job);
      if (job->not_before <= now) start(job);
      job = next;
    }
  }

  void start(std::list<Job>::iterator job) {
    running_.splice(running_.end(), waiting_, job);
    if (!std::exchange(job->begun, true) && job->transfer.begin() == Transfer::Next::kOver) {
      over(job);
      return;
    }
    job->easy.reset(curl_easy_init());
    exchange(job);
  }

  /// Begins one request with its answer.
  void exchange(std::list<Job>::iterator job) {
    job->transfer.begin_answer();
    if (url_scheme(job->transfer.url()) == "file" && !is_plain_file(job->easy.get(), job->transfer.url())) {
      ended(job, {false, false, "no such file, or not a regular one", {}, {}});
      return;
    }
    configure(*job);
    curl_multi_add_handle(multi_.get(), job->easy.get());
  }

  void configure(Job& job) {
    CURL* easy = job.easy.get();
    curl_easy_reset(easy);
    job.reason = {};
    job.fields = to_list(job.transfer.fields());
    const std::string roots = trusted_roots(options_);
    curl_easy_setopt(easy, CURLOPT_URL, job.transfer.url().c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // Transfer judges redirects.
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, job.fields.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, options_.stall_rate);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_time.count()));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!roots.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, roots.c_str());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job.reason.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &job);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &job);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &job);
  }

  bool collect() {
    bool some = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      some = true;
      const CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      const auto job =
          std::find_if(running_.begin(), running_.end(), [&](const Job& j) { return j.easy.get() == easy; });
      const TransportEnd end = describe(*job, code);
      curl_multi_remove_handle(multi_.get(), easy);
      ended(job, end);
    }
    return some;
  }

  static TransportEnd describe(const Job& job, CURLcode code) {
    TransportEnd end;
    end.ok = code == CURLE_OK;
    end.transient = may_pass(code);
    end.reason = job.reason.front() != '\0' ? job.reason.data() : curl_easy_strerror(code);
    const char* location = nullptr;
    curl_easy_getinfo(job.easy.get(), CURLINFO_REDIRECT_URL, &location);
    if (location != nullptr) end.redirect = location;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(job.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
    end.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(retry_after, 0, 3600));
    return end;
  }

  void ended(std::list<Job>::iterator job, const TransportEnd& end) {
    const Transfer::Next next = job->transfer.on_end(end);
    if (next == Transfer::Next::kOver) {
      over(job);
    } else if (next == Transfer::Next::kAgain) {
      exchange(job);
    } else {
      job->not_before = Clock::now() + job->transfer.wait();
      waiting_.splice(waiting_.end(), running_, job);
    }
  }

  void over(std::list<Job>::iterator job) {
    const std::size_t index = job->index;
    outcomes_[index] = std::move(job->transfer.outcome());
    running_.erase(job);
    if (done_) done_(index, outcomes_[index]);
  }

  void stop_all() {
    for (Job& job : running_) curl_multi_remove_handle(multi_.get(), job.easy.get());
    running_.splice(running_.end(), waiting_);
    while (!running_.empty()) {
      running_.front().transfer.interrupt();
      over(running_.begin());
    }
  }

  const FetchOptions& options_;
  const FetchDone& done_;
  std::vector<FetchOutcome> outcomes_;
  Multi multi_;
  std::list<Job> waiting_;
  std::list<Job> running_;
};

}  // namespace

std::vector<FetchOutcome> fetch_all(const std::vector<FetchRequest>& requests, const FetchOptions& options,
                                    const FetchDone& done) {
  initialise_curl();
  if (options.progress != nullptr) options.progress->expect(requests.size());
  return Fetcher(requests, options, done).run();
}

}  // namespace zoo
