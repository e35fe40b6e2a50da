// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

/// Servers on the loopback for tests of downloads, and temporary folders to put things in. Header only, because the
/// test programs of several folders use it.
namespace zoo::test {

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

inline void spill(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline bool exists(const std::string& path) {
  return std::filesystem::exists(path);
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Its exit code; output goes to `log`.
inline int run(const std::string& command, const std::string& log = "/dev/null") {
  const int status = std::system(fmt::format("{{ {} ; }} >>'{}' 2>&1", command, log).c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A new folder, removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "zoo-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A child process that ends, at the latest, with the object. Its input stays open as long.
class Child {
 public:
  /// `arguments[0]` is searched in PATH.
  explicit Child(std::vector<std::string> arguments) {
    int in[2] = {};
    int out[2] = {};
    REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
  }
  ~Child() {
    ::close(input_);
    ::close(output_);
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string read_line() const {
    std::string line;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

 private:
  int pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

/// misbehaving_server.py: its modes are described there.
class MisbehavingServer {
 public:
  /// With `certificate` and `key` (PEM files) it speaks TLS on a second port.
  explicit MisbehavingServer(const std::string& certificate = "", const std::string& key = "")
      : child_(command(certificate, key)) {
    std::istringstream ports(child_.read_line());
    ports >> port_ >> secure_port_;
    REQUIRE_FALSE(port_.empty());
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + port_ + path; }
  std::string secure_url(const std::string& path) const { return "https://127.0.0.1:" + secure_port_ + path; }

  /// One line for each request seen for this path and query.
  std::vector<std::string> seen(const std::string& path) const {
    const TemporaryFolder folder;
    REQUIRE(run(fmt::format("curl -s --noproxy '*' -o '{}' '{}'", folder / "log", url("/log" + path))) == 0);
    return lines_of(slurp(folder / "log"));
  }

  /// The bytes that it serves.
  static std::string content(std::size_t size, unsigned seed = 0) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>((i * 31 + i / 251 * 7 + seed) & 255U);
    return out;
  }

 private:
  static std::vector<std::string> command(const std::string& certificate, const std::string& key) {
    std::vector<std::string> arguments{"python3",
                                       std::string(ZOO_SOURCE_DIR) + "/tests/feedgen/base/misbehaving_server.py"};
    if (!certificate.empty()) arguments.insert(arguments.end(), {certificate, key});
    return arguments;
  }
  Child child_;
  std::string port_;
  std::string secure_port_;
};

/// A self-signed certificate for 127.0.0.1: `cert.pem` and `key.pem` in the folder.
inline void make_certificate(const TemporaryFolder& folder) {
  REQUIRE(
      run(fmt::format("openssl req -x509 -newkey rsa:2048 -nodes -keyout '{}' -out '{}' -days 2 -subj /CN=127.0.0.1 "
                      "-addext subjectAltName=IP:127.0.0.1",
                      folder / "key.pem", folder / "cert.pem")) == 0);
}

/// A port that was free a moment ago.
inline std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

/// A real nginx that serves the folder `www` of its own temporary folder.
class Nginx {
 public:
  /// `extra` goes into the server block.
  explicit Nginx(const std::string& extra = "") : port_(free_port()) {
    std::filesystem::create_directories(root());
    spill(
        folder_ / "nginx.conf",
        fmt::format("daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;\n"
                    "events {{ worker_connections 256; }}\n"
                    "http {{ log_format t '$status $body_bytes_sent \"$http_range\" \"$http_if_range\" "
                    "\"$http_if_none_match\" \"$http_accept_encoding\" $request_uri'; access_log {0}/access.log t;\n"
                    "  gzip on; gzip_types *; gzip_min_length 1; client_body_temp_path {0}/b; proxy_temp_path {0}/p;\n"
                    "  fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n"
                    "  server {{ listen 127.0.0.1:{1}; root {0}/www; {2} }} }}\n",
                    folder_.path(), port_, extra));
    child_ = std::make_unique<Child>(
        std::vector<std::string>{"/usr/sbin/nginx", "-p", folder_.path(), "-c", folder_ / "nginx.conf"});
    wait_until_ready();
  }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  std::string root() const { return folder_ / "www"; }
  void put(const std::string& name, const std::string& content) const { spill(root() + "/" + name, content); }
  /// `status bytes "range" "if-range" "if-none-match" "accept-encoding" uri` of each request so far.
  std::vector<std::string> log() const {
    auto lines = lines_of(slurp(folder_ / "access.log"));
    std::erase_if(lines, [](const std::string& line) { return line.ends_with(" /ready"); });
    return lines;
  }

 private:
  void wait_until_ready() const {
    for (int i = 0; i < 100; ++i) {
      if (run(fmt::format("curl -s --noproxy '*' -o /dev/null '{}'", url("/ready"))) == 0) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL("nginx did not start: " << slurp(folder_ / "error.log"));
  }

  TemporaryFolder folder_;
  std::uint16_t port_;
  std::unique_ptr<Child> child_;
};

}  // namespace zoo::test
