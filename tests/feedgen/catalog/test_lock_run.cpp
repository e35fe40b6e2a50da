// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "feedgen/base/files.h"
#include "feedgen/catalog/locker.h"
#include "tests/feedgen/base/loopback.h"

using namespace zoo;
using namespace zoo::catalog;
using namespace zoo::test;
using Status = LockResult::Status;
using Catch::Matchers::Contains;

namespace {

constexpr std::time_t kFirstRun = 1795471200;  // 2026-11-23T22:00:00Z
constexpr auto kFirstSeen = "2026-11-23T22:00:00Z";
constexpr auto kLaterSeen = "2026-11-24T22:00:00Z";

const std::string kZeros(64, '0');

std::string signed_program() {
  return slurp(std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/authenticode/sha256-64.exe");
}

FileHashes hashes_of(const std::string& bytes) {
  Hasher hasher;
  hasher.update(bytes.data(), bytes.size());
  return hasher.finish();
}

/// A workspace: a lock, a cache, and a day that the test sets.
struct Bench {
  TemporaryFolder folder;
  LockRequest request;
  std::time_t now = kFirstRun;

  Bench() {
    request.lock_path = folder / "lock.xml";
    request.cache_folder = folder / "cache";
    request.fetch.attempts = 2;
    request.fetch.first_wait = std::chrono::milliseconds(5);
    request.now = [this] { return now; };
  }
  LockTarget& want(const std::string& url, const std::string& product = "Product") {
    LockTarget target;
    target.url = url;
    target.product_id = product;
    request.targets.push_back(target);
    return request.targets.back();
  }
  /// Reads the lock as it is on the disk, then runs.
  LockReport run() {
    SourceSet sources;
    Diagnostics diagnostics;
    request.lock = {};
    if (exists(request.lock_path)) {
      auto lock = read_lock("lock.xml", slurp(request.lock_path), sources, diagnostics);
      REQUIRE(lock);
      request.lock = std::move(*lock);
    }
    auto report = run_lock(request);
    REQUIRE(report);
    return std::move(*report);
  }
  LockFile lock() const {
    SourceSet sources;
    Diagnostics diagnostics;
    auto lock = read_lock("lock.xml", slurp(request.lock_path), sources, diagnostics);
    REQUIRE(lock);
    return std::move(*lock);
  }
  std::string text() const { return slurp(request.lock_path); }
  void next_day() { now += 86400; }
};

}  // namespace

TEST_CASE("A file is measured, then confirmed without loading it again", "[locker]") {
  const Nginx nginx;
  nginx.put("setup.exe", signed_program());
  const std::string url = nginx.url("/setup.exe");
  Bench bench;
  LockTarget& target = bench.want(url);
  target.signature = true;
  target.signer = "Zoo Test Signer";
  const LockReport first = bench.run();
  REQUIRE(first.files.size() == 1);
  CHECK(first.files[0].status == Status::kLocked);
  CHECK(first.exit_code() == ExitCode::kOk);
  CHECK(first.written);
  const FileHashes hashes = hashes_of(signed_program());
  const LockFile lock = bench.lock();
  const LockEntry* entry = lock.find(url);
  REQUIRE(entry != nullptr);
  CHECK(entry->size == hashes.size);
  CHECK(entry->sha1 == hashes.sha1);
  CHECK(entry->sha256 == hashes.sha256);
  CHECK(entry->signer == "Zoo Test Signer");
  CHECK_FALSE(entry->etag.empty());
  CHECK(entry->seen == kFirstSeen);

  bench.next_day();
  const LockReport second = bench.run();
  CHECK(second.files[0].status == Status::kUnchanged);
  CHECK(bench.lock().find(url)->seen == kLaterSeen);
  CHECK_THAT(nginx.log().back(), Contains("304 "));
  CHECK(nginx.log().size() == 2);
}

TEST_CASE("What the manifest says must match or nothing is recorded for the file", "[locker]") {
  const Nginx nginx;
  nginx.put("good.bin", "good");
  nginx.put("bad.bin", "bad");
  Bench bench;
  bench.want(nginx.url("/good.bin"), "Good");
  LockTarget& bad = bench.want(nginx.url("/bad.bin"), "Bad");
  std::string reason;
  SECTION("SHA-256") {
    bad.sha256 = kZeros;
    reason = "its SHA-256 is " + hashes_of("bad").sha256 + ", " + kZeros + " is expected";
  }
  SECTION("SHA-1") {
    bad.sha1 = kZeros.substr(0, 40);
    reason = "its SHA-1 is ";
  }
  SECTION("size") {
    bad.size = 4;
    reason = "the server announces 3 bytes, 4 are expected";
  }
  SECTION("signature") {
    bad.signature = true;
    reason = "it has no Authenticode signature";
  }
  SECTION("signer") {
    nginx.put("bad.bin", signed_program());
    bad.signature = true;
    bad.signer = "Somebody Else";
    reason = "its signer is Zoo Test Signer, the manifest says Somebody Else";
  }
  const LockReport report = bench.run();
  CHECK(report.exit_code() == ExitCode::kVerification);
  CHECK(report.count(Status::kLocked) == 1);
  REQUIRE(report.count(Status::kFailed) == 1);
  CHECK_THAT(report.files[0].reason, Contains(reason));
  CHECK(bench.lock().find(nginx.url("/bad.bin")) == nullptr);
  CHECK(bench.lock().find(nginx.url("/good.bin")) != nullptr);
}

TEST_CASE("An entry that fits the manifest survives a failure, one that does not is dropped", "[locker]") {
  const Nginx nginx;
  nginx.put("f.bin", "one");
  const std::string url = nginx.url("/f.bin");
  Bench bench;
  bench.want(url);
  bench.run();
  const std::string before = bench.text();
  bench.next_day();
  bench.request.targets[0].sha256 = hashes_of("one").sha256;
  nginx.put("f.bin", "other");
  SECTION("the manifest agrees with the entry") {
    const LockReport report = bench.run();
    CHECK(report.exit_code() == ExitCode::kVerification);
    CHECK(bench.text() == before);
    CHECK_FALSE(report.written);
  }
  SECTION("the manifest contradicts the entry, and the server has neither") {
    bench.request.targets[0].sha256 = kZeros;
    CHECK(bench.run().exit_code() == ExitCode::kVerification);
    CHECK(bench.lock().entries.empty());
  }
  SECTION("the manifest names the new content") {
    bench.request.targets[0].sha256 = hashes_of("other").sha256;
    const LockReport report = bench.run();
    CHECK(report.exit_code() == ExitCode::kOk);
    CHECK(report.files[0].status == Status::kLocked);
    CHECK(bench.lock().find(url)->sha256 == hashes_of("other").sha256);
  }
}

TEST_CASE("Changed content is recorded and is a finding", "[locker]") {
  const Nginx nginx;
  nginx.put("f.bin", "one");
  Bench bench;
  bench.want(nginx.url("/f.bin"));
  bench.run();
  nginx.put("f.bin", "other");
  const LockReport report = bench.run();
  CHECK(report.files[0].status == Status::kChanged);
  CHECK_THAT(report.files[0].reason, Contains("size 5 instead of 3, SHA-1 "));
  CHECK(report.exit_code() == ExitCode::kFindings);
  CHECK(bench.lock().find(nginx.url("/f.bin"))->sha256 == hashes_of("other").sha256);
}

TEST_CASE("--check compares and writes nothing", "[locker]") {
  const Nginx nginx;
  nginx.put("same.bin", "same");
  nginx.put("changes.bin", "one");
  Bench bench;
  bench.want(nginx.url("/same.bin"));
  bench.want(nginx.url("/changes.bin"));
  bench.run();
  const std::string before = bench.text();
  bench.next_day();
  bench.request.check = true;
  CHECK(bench.run().exit_code() == ExitCode::kOk);
  CHECK(bench.text() == before);

  nginx.put("changes.bin", "other");
  bench.want(nginx.url("/never-locked.bin"));
  const LockReport report = bench.run();
  CHECK(report.exit_code() == ExitCode::kVerification);
  CHECK(report.files[0].status == Status::kChanged);
  CHECK(report.files[1].reason == "it is not locked");
  CHECK(report.files[2].status == Status::kUnchanged);
  CHECK(bench.text() == before);
  bench.request.targets[0].size = 5;
  CHECK(bench.run().files[2].reason == "by the lock, its size is 4, the manifest says 5");
}

TEST_CASE("--check loads and compares where the server has no validators", "[locker]") {
  const MisbehavingServer server;
  Bench bench;
  const std::string path = "/ok/x?size=5000&etag=W/1";
  bench.want(server.url(path));
  bench.run();
  bench.request.check = true;
  bench.request.lock = bench.lock();
  bench.request.lock.entries[server.url(path)].modified.clear();
  const auto report = run_lock(bench.request);
  REQUIRE(report);
  CHECK(report->exit_code() == ExitCode::kOk);
  CHECK(server.seen(path).size() == 2);
}

TEST_CASE("Every failure is reported and the rest is recorded", "[locker]") {
  const MisbehavingServer server;
  Bench bench;
  bench.want(server.url("/status/a?code=404"));
  bench.want(server.url("/status/b?code=500"));
  bench.want(server.url("/html/c.exe"));
  bench.want(server.url("/circle/a"));
  bench.want(server.url("/emptyfile/e"));
  bench.want(server.url("/nolength/f"));
  bench.want(server.url("/cut/fine"));
  const LockReport report = bench.run();
  CHECK(report.exit_code() == ExitCode::kIo);
  CHECK(report.count(Status::kFailed) == 6);
  CHECK(report.count(Status::kLocked) == 1);
  const std::string text = lock_report_text(report, false);
  for (const char* reason : {"the server answered 404", "the server answered 500 (attempt 2)", "an HTML page",
                             "redirected in a circle", "the file is empty", "the server gave no length"}) {
    CHECK_THAT(text, Contains(reason));
  }
  CHECK_THAT(text, Contains("7 files, 1 locked, 6 failed\n"));
  CHECK(bench.lock().entries.size() == 1);
}

TEST_CASE("A body without length is accepted when its size or hash is known", "[locker]") {
  const MisbehavingServer server;
  Bench bench;
  bench.want(server.url("/nolength/known")).size = 100000;
  CHECK(bench.run().exit_code() == ExitCode::kOk);
}

TEST_CASE("A damaged signature fails a file that nothing else pins down", "[locker]") {
  const Nginx nginx;
  std::string bytes = signed_program();
  bytes[0x50] = static_cast<char>(bytes[0x50] ^ 1);
  nginx.put("damaged.exe", bytes);
  Bench bench;
  LockTarget& target = bench.want(nginx.url("/damaged.exe"));
  CHECK_THAT(bench.run().files[0].reason,
             Contains("its Authenticode signature is damaged: its content is not the one that was signed"));
  target.sha256 = hashes_of(bytes).sha256;
  const LockReport pinned = bench.run();
  CHECK(pinned.files[0].status == Status::kLocked);
  CHECK_THAT(pinned.files[0].note, Contains("is damaged"));
  CHECK(bench.lock().find(nginx.url("/damaged.exe"))->signer.empty());
}

TEST_CASE("Entries that no manifest uses are pruned unless told otherwise", "[locker]") {
  const Nginx nginx;
  for (const char* name : {"a", "b", "c"}) nginx.put(name, name);
  Bench bench;
  for (const char* name : {"/a", "/b", "/c"}) bench.want(nginx.url(name));
  bench.run();
  bench.request.targets.resize(1);
  bench.request.used_urls = {nginx.url("/b")};
  bench.request.prune = false;
  CHECK(bench.run().pruned.empty());
  CHECK(bench.lock().entries.size() == 3);
  bench.request.prune = true;
  const LockReport report = bench.run();
  CHECK(report.pruned == std::vector<std::string>{nginx.url("/c")});
  CHECK(bench.lock().entries.size() == 2);
  CHECK_THAT(lock_report_text(report, false), Contains("dropped     " + nginx.url("/c")));
}

TEST_CASE("Products that share a URL are measured once and must agree", "[locker]") {
  const Nginx nginx;
  nginx.put("f", "x");
  Bench bench;
  bench.want(nginx.url("/f"), "B").size = 1;
  bench.want(nginx.url("/f"), "A");
  const LockReport agreed = bench.run();
  REQUIRE(agreed.files.size() == 1);
  CHECK(agreed.files[0].product_ids == std::vector<std::string>{"A", "B"});
  CHECK(nginx.log().size() == 1);
  bench.want(nginx.url("/f"), "C").size = 2;
  const LockReport disputed = bench.run();
  CHECK(disputed.files[0].reason == "manifests disagree about its size: 1 and 2");
  CHECK(disputed.exit_code() == ExitCode::kVerification);
}

TEST_CASE("A kept download is used by another lock after a conditional request", "[locker]") {
  const Nginx nginx;
  nginx.put("f", "content");
  Bench bench;
  bench.want(nginx.url("/f"));
  bench.run();
  const std::string before = bench.text();
  std::filesystem::remove(bench.request.lock_path);
  CHECK(bench.run().files[0].status == Status::kLocked);
  CHECK(bench.text() == before);
  CHECK_THAT(nginx.log().back(), Contains("304 "));
  // One that the manifest contradicts is not asked for, whatever its validator says.
  bench.request.targets[0].sha256 = hashes_of("CONTENT").sha256;
  CHECK(bench.run().files[0].status == Status::kFailed);
  CHECK_THAT(nginx.log().back(), Contains("200 7 "));
  bench.request.targets[0].sha256.clear();
  bench.run();
  // A kept file that was damaged is not used.
  for (const auto& file : std::filesystem::directory_iterator(bench.folder / "cache/downloads")) {
    if (file.path().extension() != ".txt") spill(file.path().string(), "CONTENT");
  }
  std::filesystem::remove(bench.request.lock_path);
  CHECK(bench.run().files[0].status == Status::kLocked);
  CHECK(bench.text() == before);
  CHECK_THAT(nginx.log().back(), Contains("200 7 "));
}

TEST_CASE("An interrupted run keeps what was completed, the next one continues", "[locker]") {
  const MisbehavingServer server;
  Bench bench;
  Cancellation cancellation;
  bench.request.fetch.cancellation = &cancellation;
  bench.want(server.url("/ok/quick?size=1000"));
  bench.want(server.url("/drip/slow?size=200000"));
  std::thread stopper([&] {
    const auto slow_part = [&] {
      std::error_code error;
      std::uintmax_t size = 0;
      for (const auto& file : std::filesystem::directory_iterator(bench.folder / "cache/downloads", error)) {
        if (file.path().extension() == ".part") size = std::max(size, file.file_size(error));
      }
      return size;
    };
    for (int i = 0; i < 6000 && slow_part() < 20000; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    cancellation.request();
  });
  const LockReport stopped = bench.run();
  stopper.join();
  CHECK(stopped.exit_code() == ExitCode::kInterrupted);
  CHECK(stopped.count(Status::kInterrupted) == 1);
  CHECK(bench.lock().entries.size() == 1);
  cancellation.clear();
  const LockReport resumed = bench.run();
  CHECK(resumed.exit_code() == ExitCode::kOk);
  CHECK(bench.lock().find(server.url("/drip/slow?size=200000"))->sha256 ==
        hashes_of(MisbehavingServer::content(200000)).sha256);
  CHECK_THAT(server.seen("/drip/slow?size=200000").at(1), Contains("range=bytes="));
}

TEST_CASE("A lock that cannot be written is an error", "[locker]") {
  const Nginx nginx;
  nginx.put("f", "x");
  Bench bench;
  bench.want(nginx.url("/f"));
  spill(bench.folder / "file", "");
  bench.request.lock_path = bench.folder / "file/lock.xml";
  const auto report = run_lock(bench.request);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ExitCode::kIo);
}

TEST_CASE("A lock without entries is not made", "[locker]") {
  Bench bench;
  CHECK_FALSE(bench.run().written);
  CHECK_FALSE(exists(bench.request.lock_path));
}

TEST_CASE("The report in JSON holds all of it", "[locker]") {
  const Nginx nginx;
  nginx.put("f", "x");
  Bench bench;
  bench.want(nginx.url("/f"), "A");
  bench.want(nginx.url("/missing"), "B");
  const auto json = nlohmann::json::parse(lock_report_json(bench.run()));
  CHECK(json["written"] == true);
  CHECK(json["files"][0]["url"] == nginx.url("/f"));
  CHECK(json["files"][0]["products"] == nlohmann::json{"A"});
  CHECK(json["files"][0]["status"] == "locked");
  CHECK(json["files"][0]["size"] == 1);
  CHECK(json["files"][0]["seen"] == kFirstSeen);
  CHECK(json["files"][1]["status"] == "failed");
  CHECK_THAT(json["files"][1]["reason"].get<std::string>(), Contains("the server answered 404"));
  CHECK_FALSE(json["files"][1].contains("size"));
}

TEST_CASE("The cache folder follows the XDG specification", "[locker]") {
  ::setenv("XDG_CACHE_HOME", "/var/somewhere", 1);
  CHECK(default_cache_folder() == "/var/somewhere/zoo");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  ::setenv("HOME", "/home/joe", 1);
  CHECK(default_cache_folder() == "/home/joe/.cache/zoo");
  ::unsetenv("XDG_CACHE_HOME");
  CHECK(default_cache_folder() == "/home/joe/.cache/zoo");
}
