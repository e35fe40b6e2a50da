// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the core needs of the operating system to run workers; module/posix and module/win implement it, tests fake it.
namespace zoo::module {

/// How the worker is reached.
enum class WorkerTransport {
  kConnected,  ///< Its descriptor 0 is one end of a connected socket (or pipe): our own workers.
  kListening,  ///< Its descriptor 0 is a listening socket (FastCGI 1.0 section 2.2): libfcgi, php-cgi.
  kTcp,        ///< It listens on the port that PORT and HOST tell it.
};

struct LaunchSpec {
  std::string program;                                           ///< Full path, or a name to be looked up in PATH.
  std::string arguments;                                         ///< One command line, quoted as on Windows.
  std::string directory;                                         ///< Working directory; empty: that of this process.
  std::vector<std::pair<std::string, std::string>> environment;  ///< All of the worker's variables.
  WorkerTransport transport = WorkerTransport::kConnected;
  std::string host = "127.0.0.1";  ///< The three of them with kTcp only.
  std::uint16_t port_lower = 49152;
  std::uint16_t port_upper = 65535;
};

/// Views end with the call. A callback may destroy the channel.
class ChannelEvents {
 public:
  ChannelEvents() = default;
  ChannelEvents(const ChannelEvents&) = delete;
  ChannelEvents& operator=(const ChannelEvents&) = delete;
  virtual ~ChannelEvents() = default;

  virtual void on_channel_open() = 0;
  virtual void on_channel_data(std::string_view data) = 0;
  /// The output buffer has been written out.
  virtual void on_channel_drained() = 0;
  /// Closed by the peer or failed; the last event. `reason` is for a log.
  virtual void on_channel_closed(std::string_view reason) = 0;
};

/// A byte stream to a worker. Closed by its destructor.
class WorkerChannel {
 public:
  WorkerChannel() = default;
  WorkerChannel(const WorkerChannel&) = delete;
  WorkerChannel& operator=(const WorkerChannel&) = delete;
  virtual ~WorkerChannel() = default;

  /// Bytes appended here are written when the current batch of events is done. Call written_to() after appending.
  virtual std::string& output() = 0;
  virtual void written_to() = 0;
  /// How much is not written yet.
  virtual std::size_t pending() const = 0;
  virtual void set_reading(bool reading) = 0;
};

/// A process that was launched. Its destructor kills it (and what it has started).
class WorkerProcess {
 public:
  WorkerProcess() = default;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  virtual ~WorkerProcess() = default;

  virtual int id() const = 0;
  /// Opens a connection; `events` must outlive it. With kConnected there is one, which exists already.
  virtual std::unique_ptr<WorkerChannel> open_channel(ChannelEvents& events) = 0;
  /// Asks it to end in its own time.
  virtual void request_stop() = 0;
  /// Resident memory in bytes; 0 if it cannot be told.
  virtual std::uint64_t memory() const = 0;
  /// The end of what it has written to its standard error and output; at most 64 KiB.
  virtual std::string recent_errors() const = 0;
};

class ProcessEvents {
 public:
  ProcessEvents() = default;
  ProcessEvents(const ProcessEvents&) = delete;
  ProcessEvents& operator=(const ProcessEvents&) = delete;
  virtual ~ProcessEvents() = default;

  /// The process is gone. `how` is e.g. "exit code 3" or "signal 9". It may destroy the WorkerProcess.
  virtual void on_process_exit(std::string_view how) = 0;
};

class WorkerLauncher {
 public:
  WorkerLauncher() = default;
  WorkerLauncher(const WorkerLauncher&) = delete;
  WorkerLauncher& operator=(const WorkerLauncher&) = delete;
  virtual ~WorkerLauncher() = default;

  /// Null, with the reason in `error`, if the process cannot be started.
  virtual std::unique_ptr<WorkerProcess> launch(const LaunchSpec& spec, ProcessEvents& events, std::string& error) = 0;
};

}  // namespace zoo::module
