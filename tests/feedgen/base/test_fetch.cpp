// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/fetch.h"

#include <sys/resource.h>

#include <csignal>

#include "tests/feedgen/base/loopback.h"

using namespace zoo;
using namespace zoo::test;
using Status = FetchOutcome::Status;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

/// One misbehaving server for all tests; its paths keep them apart.
const MisbehavingServer& server() {
  static const MisbehavingServer instance;
  return instance;
}

FetchOptions quick() {
  FetchOptions options;
  options.first_wait = std::chrono::milliseconds(5);
  options.longest_wait = std::chrono::milliseconds(50);
  options.user_agent = "zoo-feedgen/test";
  return options;
}

FetchRequest request(const std::string& url, const std::string& target) {
  FetchRequest out;
  out.url = url;
  out.target = target;
  return out;
}

FetchOutcome fetch_one(const FetchRequest& one, const FetchOptions& options = quick()) {
  return fetch_all({one}, options).front();
}

std::string part_of(const TemporaryFolder& folder) {
  return folder / "x.part";
}

/// What a path of the misbehaving server yields.
struct Fetched {
  TemporaryFolder folder;
  FetchOutcome outcome;
  std::string bytes() const { return slurp(folder / "x"); }
  bool nothing_left() const { return std::filesystem::is_empty(folder.path()); }

  explicit Fetched(const std::string& path, const FetchOptions& options = quick()) {
    outcome = fetch_one(request(server().url(path), folder / "x"), options);
  }
};

std::string sha256_of(const std::string& bytes) {
  Hasher hasher;
  hasher.update(bytes.data(), bytes.size());
  return hasher.finish().sha256;
}

/// Leaves `at` bytes of an interrupted download in the folder.
void leave_part(const std::string& url, const TemporaryFolder& folder) {
  FetchOptions once = quick();
  once.attempts = 1;
  REQUIRE(fetch_one(request(url, folder / "x"), once).status == Status::kFailed);
}

const std::string kContent = MisbehavingServer::content(100000);

}  // namespace

TEST_CASE("A file is downloaded with its hashes and validators", "[fetch]") {
  const Fetched got("/ok/plain");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(got.outcome.hashes.sha256 == sha256_of(kContent));
  CHECK(got.outcome.hashes.size == 100000);
  CHECK(got.outcome.validator.etag == "\"v1\"");
  CHECK(got.outcome.validator.modified == "Wed, 01 Jan 2025 00:00:00 GMT");
  CHECK(got.outcome.attempts == 1);
  CHECK_FALSE(got.outcome.end_unproven);
  CHECK_FALSE(exists(part_of(got.folder)));
  CHECK_FALSE(exists(part_of(got.folder) + ".txt"));
  CHECK(server().seen("/ok/plain") == std::vector<std::string>{"/ok/plain; user-agent=zoo-feedgen/test"});
}

TEST_CASE("A cut download continues where it ended", "[fetch]") {
  const Fetched got("/cut/in-run");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(got.outcome.hashes.sha256 == sha256_of(kContent));
  CHECK(got.outcome.resumed_at == 40000);
  CHECK(got.outcome.attempts == 2);
  const auto seen = server().seen("/cut/in-run");
  REQUIRE(seen.size() == 2);
  CHECK(seen[1] == "/cut/in-run; range=bytes=40000-; if-range=\"v1\"; user-agent=zoo-feedgen/test");
}

TEST_CASE("A cut download continues in the next run", "[fetch]") {
  const TemporaryFolder folder;
  const std::string url = server().url("/cut/next-run");
  leave_part(url, folder);
  CHECK(slurp(part_of(folder)).size() == 40000);
  const auto outcome = fetch_one(request(url, folder / "x"));
  REQUIRE(outcome.status == Status::kFetched);
  CHECK(outcome.resumed_at == 40000);
  CHECK(outcome.attempts == 1);
  CHECK(outcome.hashes.sha256 == sha256_of(kContent));
  CHECK(slurp(folder / "x") == kContent);
}

TEST_CASE("Last-Modified continues a download when it is old enough", "[fetch]") {
  const Fetched got("/cutdate/x?times=1");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.outcome.resumed_at == 40000);
  CHECK_THAT(server().seen("/cutdate/x?times=1").at(1), Contains("if-range=Wed, 01 Jan 2025"));
}

TEST_CASE("A file that changed after the cut is taken from its beginning", "[fetch]") {
  const Fetched got("/cutchanged/x");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == MisbehavingServer::content(100000, 99));
  CHECK(got.outcome.hashes.sha256 == sha256_of(MisbehavingServer::content(100000, 99)));
  CHECK(got.outcome.resumed_at == 0);
  CHECK(got.outcome.validator.etag == "\"v2\"");
}

TEST_CASE("Without range support the download begins again", "[fetch]") {
  const Fetched got("/cutnorange/x");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(got.outcome.resumed_at == 0);
}

TEST_CASE("Without a strong validator nothing is continued", "[fetch]") {
  const Fetched got("/cutweak/x");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(server().seen("/cutweak/x").at(1) == "/cutweak/x; user-agent=zoo-feedgen/test");
}

TEST_CASE("A part of another URL is not continued", "[fetch]") {
  const TemporaryFolder folder;
  leave_part(server().url("/cut/first-url"), folder);
  const auto outcome = fetch_one(request(server().url("/ok/second-url?seed=3"), folder / "x"));
  REQUIRE(outcome.status == Status::kFetched);
  CHECK(slurp(folder / "x") == MisbehavingServer::content(100000, 3));
}

TEST_CASE("Wrong answers to a range are not joined to what is there", "[fetch]") {
  const std::string mode = GENERATE("wrongrange", "liedrange", "unsatisfied");
  CAPTURE(mode);
  const Fetched got("/" + mode + "/x");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(got.outcome.hashes.sha256 == sha256_of(kContent));
  CHECK(got.outcome.resumed_at == 0);
  CHECK(server().seen("/" + mode + "/x").size() == 3);
}

TEST_CASE("Kept bytes that do not fit the known hash are taken again", "[fetch]") {
  const TemporaryFolder folder;
  FetchRequest one = request(server().url("/badrange/x"), folder / "x");
  one.sha256 = sha256_of(kContent);
  const auto outcome = fetch_one(one);
  REQUIRE(outcome.status == Status::kFetched);
  CHECK(slurp(folder / "x") == kContent);
  CHECK(server().seen("/badrange/x").size() == 3);
}

TEST_CASE("A 206 that was not asked for is refused", "[fetch]") {
  const Fetched got("/unasked206/x");
  CHECK(got.outcome.status == Status::kFailed);
  CHECK_THAT(got.outcome.error.message, EndsWith("/unasked206/x: the server answers ranges wrongly"));
  CHECK(got.nothing_left());
}

TEST_CASE("A length that is too long is reported with what arrived", "[fetch]") {
  FetchOptions options = quick();
  options.attempts = 3;
  const Fetched got("/toolong/x", options);
  REQUIRE(got.outcome.status == Status::kFailed);
  CHECK(got.outcome.error.code == ExitCode::kIo);
  CHECK_THAT(got.outcome.error.message, Contains("1000 bytes remaining to read (attempt 3)"));
  CHECK(server().seen("/toolong/x").size() == 3);
  CHECK(got.nothing_left());
}

TEST_CASE("A length that is too short is found by the known size and hash", "[fetch]") {
  const TemporaryFolder folder;
  FetchRequest sized = request(server().url("/tooshort/size"), folder / "x");
  sized.size = 100000;
  const auto by_size = fetch_one(sized);
  REQUIRE(by_size.status == Status::kFailed);
  CHECK(by_size.error.code == ExitCode::kVerification);
  CHECK_THAT(by_size.error.message, EndsWith(": the server announces 99000 bytes, 100000 are expected"));
  FetchRequest hashed = request(server().url("/tooshort/hash"), folder / "x");
  hashed.sha256 = sha256_of(kContent);
  const auto by_hash = fetch_one(hashed);
  REQUIRE(by_hash.status == Status::kFailed);
  CHECK(by_hash.error.code == ExitCode::kVerification);
  CHECK_THAT(by_hash.error.message, Contains(": its SHA-256 is "));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("Known size, SHA-1 and SHA-256 are compared", "[fetch]") {
  const TemporaryFolder folder;
  FetchRequest good = request(server().url("/ok/known"), folder / "x");
  good.size = 100000;
  Hasher hasher;
  hasher.update(kContent.data(), kContent.size());
  const FileHashes hashes = hasher.finish();
  good.sha1 = hashes.sha1;
  good.sha256 = hashes.sha256;
  for (char& c : good.sha256) c = static_cast<char>(std::toupper(c));
  CHECK(fetch_one(good).status == Status::kFetched);
  std::filesystem::remove(folder / "x");
  FetchRequest bad = good;
  bad.sha1 = std::string(40, '0');
  const auto outcome = fetch_one(bad);
  REQUIRE(outcome.status == Status::kFailed);
  CHECK(outcome.error.code == ExitCode::kVerification);
  CHECK_THAT(outcome.error.message, EndsWith("is expected") && Contains("its SHA-1 is " + hashes.sha1));
  FetchRequest chunked = request(server().url("/chunked/known"), folder / "x");
  chunked.size = 99999;
  CHECK_THAT(fetch_one(chunked).error.message, EndsWith(": it has more than the 99999 expected bytes"));
  chunked.size = 100001;
  CHECK_THAT(fetch_one(chunked).error.message, EndsWith(": it has 100000 bytes, 100001 are expected"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("A stalled server is given up after the stall time", "[fetch]") {
  const std::string mode = GENERATE("stall", "mute");
  FetchOptions options = quick();
  options.attempts = 2;
  options.stall_time = std::chrono::seconds(1);
  options.stall_rate = 5000;
  // Were it not given up, the server would close after 30 s, with another message.
  const Fetched got("/" + mode + "/x", options);
  REQUIRE(got.outcome.status == Status::kFailed);
  CHECK_THAT(got.outcome.error.message, Contains("Operation too slow") && Contains("(attempt 2"));
}

TEST_CASE("Redirects are followed, with a bound and without circles", "[fetch]") {
  const Fetched ten("/chain/ten?left=10");
  CHECK(ten.outcome.status == Status::kFetched);
  CHECK(ten.outcome.final_url == server().url("/chain/ten?left=0"));
  const Fetched eleven("/chain/eleven?left=11");
  CHECK_THAT(eleven.outcome.error.message, EndsWith(": more than 10 redirects"));
  const Fetched circle("/circle/a");
  CHECK_THAT(circle.outcome.error.message, EndsWith(": redirected in a circle, to " + server().url("/circle/a")));
  const Fetched to_file("/to/x?url=file:///etc/passwd");
  CHECK_THAT(to_file.outcome.error.message,
             EndsWith(": redirected to file:///etc/passwd, which is no http or https URL"));
  CHECK(to_file.nothing_left());
}

TEST_CASE("A redirected download continues after a cut", "[fetch]") {
  const Fetched got("/to/cut?url=/cut/behind-redirect");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.bytes() == kContent);
  CHECK(got.outcome.resumed_at == 40000);
}

TEST_CASE("TLS is verified and never left", "[fetch]") {
  const TemporaryFolder folder;
  make_certificate(folder);
  const MisbehavingServer secure(folder / "cert.pem", folder / "key.pem");
  const auto untrusted = fetch_one(request(secure.secure_url("/ok/x"), folder / "x"));
  REQUIRE(untrusted.status == Status::kFailed);
  CHECK_THAT(untrusted.error.message, Contains("certificate"));
  CHECK(untrusted.attempts == 1);
  FetchOptions trusting = quick();
  trusting.ca_file = folder / "cert.pem";
  CHECK(fetch_one(request(secure.secure_url("/ok/x"), folder / "x"), trusting).status == Status::kFetched);
  const auto left = fetch_one(request(secure.secure_url("/to/x?url=" + secure.url("/ok/y")), folder / "y"), trusting);
  CHECK_THAT(left.error.message,
             EndsWith(": redirected from https to " + secure.url("/ok/y") + ", which is not protected"));
  CHECK(secure.seen("/ok/y").empty());
}

TEST_CASE("4xx is final, 5xx is tried again", "[fetch]") {
  const Fetched missing("/status/missing?code=404&page=1000000");
  CHECK_THAT(missing.outcome.error.message, EndsWith(": the server answered 404"));
  CHECK(missing.outcome.attempts == 1);
  const Fetched broken("/status/broken?code=500");
  CHECK_THAT(broken.outcome.error.message, EndsWith(": the server answered 500 (attempt 5)"));
  const Fetched repaired("/status/repaired?code=500&times=2");
  REQUIRE(repaired.outcome.status == Status::kFetched);
  CHECK(repaired.outcome.attempts == 3);
  CHECK(repaired.bytes() == kContent);
}

TEST_CASE("Retry-After is followed within the longest wait", "[fetch]") {
  FetchOptions options = quick();
  options.longest_wait = std::chrono::milliseconds(1100);
  const auto begun = std::chrono::steady_clock::now();
  const Fetched got("/status/later?code=503&times=1&after=3000", options);
  const auto took = std::chrono::steady_clock::now() - begun;
  CHECK(got.outcome.status == Status::kFetched);
  CHECK(took >= std::chrono::milliseconds(1100));
  CHECK(took < std::chrono::seconds(60));
}

TEST_CASE("A page instead of a file is an error that says so", "[fetch]") {
  const Fetched got("/html/setup.exe");
  CHECK_THAT(got.outcome.error.message, EndsWith("/html/setup.exe: the server sent an HTML page instead of the file"));
  CHECK(got.nothing_left());
  FetchRequest page = request(server().url("/html/page"), got.folder / "page");
  page.refuse_html = false;
  CHECK(fetch_one(page).status == Status::kFetched);
}

TEST_CASE("A coding that was not asked for is refused", "[fetch]") {
  const Fetched got("/coded/x.zip");
  CHECK_THAT(got.outcome.error.message, EndsWith(": the server encoded the file (gzip), which was not asked for"));
  const Fetched stored("/coded/x.tar.gz?coding=x-gzip");
  CHECK(stored.outcome.status == Status::kFetched);
}

TEST_CASE("The size limit is kept by announcement and by count", "[fetch]") {
  FetchOptions options = quick();
  options.max_bytes = 50000;
  const Fetched announced("/ok/limit", options);
  CHECK_THAT(announced.outcome.error.message, EndsWith(": it has 100000 bytes, the limit is 50000"));
  const Fetched counted("/endless/limit", options);
  CHECK_THAT(counted.outcome.error.message, EndsWith(": it has more than 50000 bytes, the limit"));
  CHECK(counted.nothing_left());
  options.max_bytes = 100000;
  CHECK(Fetched("/chunked/limit", options).outcome.status == Status::kFetched);
}

TEST_CASE("Chunked bodies are proven, closed ones are not", "[fetch]") {
  const Fetched chunked("/chunked/x");
  REQUIRE(chunked.outcome.status == Status::kFetched);
  CHECK(chunked.bytes() == kContent);
  CHECK_FALSE(chunked.outcome.end_unproven);
  CHECK(chunked.outcome.validator.etag == "\"v1\"");
  const Fetched closed("/nolength/x");
  REQUIRE(closed.outcome.status == Status::kFetched);
  CHECK(closed.outcome.end_unproven);
  FetchOptions options = quick();
  options.attempts = 2;
  CHECK(Fetched("/chunkedcut/x", options).outcome.status == Status::kFailed);
}

TEST_CASE("An empty file is a file", "[fetch]") {
  const Fetched got("/emptyfile/x");
  REQUIRE(got.outcome.status == Status::kFetched);
  CHECK(got.outcome.hashes.size == 0);
  CHECK(exists(got.folder / "x"));
}

TEST_CASE("Known content is asked for on condition", "[fetch]") {
  const TemporaryFolder folder;
  FetchRequest one = request(server().url("/ok/etag"), folder / "x");
  one.known = {"\"v1\"", "Mon, 01 Jan 2024 00:00:00 GMT"};
  CHECK(fetch_one(one).status == Status::kNotModified);
  CHECK(std::filesystem::is_empty(folder.path()));
  CHECK(server().seen("/ok/etag").at(0) == "/ok/etag; if-none-match=\"v1\"; user-agent=zoo-feedgen/test");
  one.known.etag = "\"old\"";
  CHECK(fetch_one(one).status == Status::kFetched);
  one.known = {"W/\"v1\"", "Wed, 01 Jan 2025 00:00:00 GMT"};
  CHECK(fetch_one(one).status == Status::kNotModified);
  CHECK_THAT(server().seen("/ok/etag").at(2), Contains("; if-modified-since=Wed, 01 Jan 2025 00:00:00 GMT;"));
}

TEST_CASE("Validators with line ends are not sent", "[fetch]") {
  const TemporaryFolder folder;
  FetchRequest one = request(server().url("/ok/injected"), folder / "x");
  one.known = {"\"a\r\nAuthorization: b\"", ""};
  CHECK(fetch_one(one).status == Status::kFetched);
  CHECK(server().seen("/ok/injected").at(0) == "/ok/injected; user-agent=zoo-feedgen/test");
}

TEST_CASE("A 304 that cannot be right is not believed", "[fetch]") {
  CHECK_THAT(Fetched("/unasked304/x").outcome.error.message, EndsWith(": the server answered 304 without being asked"));
  const TemporaryFolder folder;
  FetchRequest one = request(server().url("/wrong304/x"), folder / "x");
  one.known.etag = "\"v1\"";
  CHECK(fetch_one(one).status == Status::kFetched);
}

TEST_CASE("User name and password stay out of messages", "[fetch]") {
  const TemporaryFolder folder;
  std::string url = server().url("/status/secret?code=404");
  url.insert(7, "joe:pass@");
  const auto outcome = fetch_one(request(url, folder / "x"));
  CHECK(outcome.error.message ==
        "cannot download " + server().url("/status/secret?code=404") + ": the server answered 404");
}

TEST_CASE("What is no HTTP, no server and no URL is reported", "[fetch]") {
  FetchOptions options = quick();
  options.attempts = 2;
  CHECK(Fetched("/garbage/x", options).outcome.status == Status::kFailed);
  const TemporaryFolder folder;
  const auto refused = fetch_one(request(fmt::format("http://127.0.0.1:{}/x", free_port()), folder / "x"), options);
  CHECK(refused.attempts == 2);
  CHECK_THAT(refused.error.message, Contains("connect"));
  CHECK_THAT(fetch_one(request("ftp://127.0.0.1/x", folder / "x")).error.message,
             EndsWith(": only http, https and file URLs can be downloaded"));
  CHECK(fetch_one(request("http://", folder / "x")).status == Status::kFailed);
  CHECK(fetch_one(request("", folder / "x")).status == Status::kFailed);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("file URLs are copied", "[fetch]") {
  const TemporaryFolder folder;
  spill(folder / "a b", "content");
  const auto outcome = fetch_one(request("file://" + folder.path() + "/a%20b", folder / "x"));
  REQUIRE(outcome.status == Status::kFetched);
  CHECK(slurp(folder / "x") == "content");
  spill(folder / "empty", "");
  CHECK(fetch_one(request("file://" + folder.path() + "/empty", folder / "y")).status == Status::kFetched);
  CHECK_THAT(fetch_one(request("file:///dev/zero", folder / "z")).error.message,
             EndsWith(": no such file, or not a regular one"));
  CHECK_THAT(fetch_one(request("file:///no/such", folder / "z")).error.message,
             EndsWith(": no such file, or not a regular one"));
}

TEST_CASE("A full disk is reported and keeps what was there", "[fetch]") {
  const TemporaryFolder folder;
  spill(folder / "x", "old");
  const std::string url = server().url("/ok/full");
  (void)server();
  rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {50000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto outcome = fetch_one(request(url, folder / "x"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)std::signal(SIGXFSZ, old_handler);
  REQUIRE(outcome.status == Status::kFailed);
  CHECK_THAT(outcome.error.message, EndsWith(": cannot write " + part_of(folder) + ": File too large"));
  CHECK(slurp(folder / "x") == "old");
}

TEST_CASE("A target that cannot be written is reported before asking", "[fetch]") {
  const TemporaryFolder folder;
  spill(folder / "file", "");
  const auto outcome = fetch_one(request(server().url("/ok/no-target"), folder / "file/x"));
  CHECK(outcome.status == Status::kFailed);
  CHECK_THAT(outcome.error.message, Contains("Not a directory"));
  CHECK(server().seen("/ok/no-target").empty());
}

TEST_CASE("Two runs do not write the same part", "[fetch]") {
  const TemporaryFolder folder;
  const auto outcomes = fetch_all(
      {request(server().url("/drip/a?size=20000"), folder / "x"), request(server().url("/ok/b"), folder / "x")},
      quick());
  CHECK(outcomes[0].status == Status::kFetched);
  CHECK_THAT(outcomes[1].error.message, EndsWith("another process is downloading it"));
}

TEST_CASE("A cancellation keeps the parts and ends the rest", "[fetch]") {
  const TemporaryFolder folder;
  Cancellation cancellation;
  FetchOptions options = quick();
  options.parallel = 2;
  options.cancellation = &cancellation;
  const auto done = [&](std::size_t index, const FetchOutcome&) {
    if (index == 0) cancellation.request();
  };
  const auto outcomes = fetch_all(
      {request(server().url("/drip/short?size=20000"), folder / "a"),
       request(server().url("/drip/long?size=200000"), folder / "x"), request(server().url("/ok/never"), folder / "b")},
      options, done);
  CHECK(outcomes[0].status == Status::kFetched);
  CHECK(outcomes[1].status == Status::kInterrupted);
  CHECK(outcomes[2].status == Status::kInterrupted);
  CHECK(server().seen("/ok/never").empty());
  const auto kept = slurp(part_of(folder)).size();
  CHECK(kept > 0);
  CHECK(kept < 200000);
  CHECK(slurp(part_of(folder)) == MisbehavingServer::content(kept));
}

TEST_CASE("A signal asks to stop, the former handler comes back", "[fetch]") {
  Cancellation cancellation;
  const auto before = std::signal(SIGTERM, SIG_IGN);
  {
    const InterruptScope scope(cancellation);
    REQUIRE(std::raise(SIGTERM) == 0);
  }
  CHECK(cancellation.requested());
  CHECK(std::signal(SIGTERM, before) == SIG_IGN);
}

TEST_CASE("Twelve files from nginx arrive side by side", "[fetch]") {
  const Nginx nginx;
  const TemporaryFolder folder;
  std::vector<FetchRequest> requests;
  for (unsigned i = 0; i < 12; ++i) {
    const std::string name = fmt::format("f{}.bin", i);
    nginx.put(name, MisbehavingServer::content(300000 + i, i));
    requests.push_back(request(nginx.url("/" + name), folder / name));
  }
  std::size_t calls = 0;
  const auto outcomes = fetch_all(requests, quick(), [&](std::size_t, const FetchOutcome&) { ++calls; });
  CHECK(calls == 12);
  for (unsigned i = 0; i < 12; ++i) {
    REQUIRE(outcomes[i].status == Status::kFetched);
    CHECK(outcomes[i].hashes.sha256 == sha256_of(MisbehavingServer::content(300000 + i, i)));
    CHECK(outcomes[i].validator.strong_etag());
  }
  for (const std::string& line : nginx.log()) CHECK_THAT(line, Contains("\"-\" \"-\" \"-\" \"-\" /f"));
}

TEST_CASE("nginx continues by range and confirms by 304", "[fetch]") {
  const Nginx nginx("location /slow/ { set $limit_rate 100k; if (-f $document_root/fast) { set $limit_rate 0; } }");
  std::filesystem::create_directories(nginx.root() + "/slow");
  const std::string content = MisbehavingServer::content(3000000);
  nginx.put("slow/f.bin", content);
  const TemporaryFolder folder;
  Cancellation cancellation;
  FetchOptions options = quick();
  options.cancellation = &cancellation;
  std::thread stopper([&] {
    while (!exists(part_of(folder)) || std::filesystem::file_size(part_of(folder)) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    cancellation.request();
  });
  const FetchRequest one = request(nginx.url("/slow/f.bin"), folder / "x");
  const auto stopped = fetch_one(one, options);
  stopper.join();
  REQUIRE(stopped.status == Status::kInterrupted);
  const auto kept = std::filesystem::file_size(part_of(folder));
  nginx.put("fast", "");
  const auto outcome = fetch_one(one);
  REQUIRE(outcome.status == Status::kFetched);
  CHECK(outcome.resumed_at == kept);
  CHECK(outcome.hashes.sha256 == sha256_of(content));
  CHECK_THAT(nginx.log().back(), Contains(fmt::format("206 {} \"bytes={}-\"", 3000000 - kept, kept)));
  FetchRequest again = one;
  again.known = outcome.validator;
  CHECK(fetch_one(again).status == Status::kNotModified);
}

TEST_CASE("nginx serves the new file whole when it changed under a part", "[fetch]") {
  const Nginx nginx;
  const TemporaryFolder folder;
  nginx.put("f.bin", MisbehavingServer::content(5000, 1));
  const FetchRequest one = request(nginx.url("/f.bin"), folder / "x");
  const auto first = fetch_one(one);
  // The state that a cut after 1000 bytes of the old file leaves.
  spill(part_of(folder), MisbehavingServer::content(5000, 1).substr(0, 1000));
  spill(part_of(folder) + ".txt", fmt::format("zoo-part 1\nurl {}\netag {}\nmodified {}\nif-range {}\n", one.url,
                                              first.validator.etag, first.validator.modified, first.validator.etag));
  nginx.put("f.bin", MisbehavingServer::content(6000, 2));
  const auto second = fetch_one(one);
  REQUIRE(second.status == Status::kFetched);
  CHECK(slurp(folder / "x") == MisbehavingServer::content(6000, 2));
  CHECK_THAT(nginx.log().back(), Contains("200 6000 \"bytes=1000-\""));
}
