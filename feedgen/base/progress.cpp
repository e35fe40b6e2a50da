// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

namespace zoo {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

constexpr unsigned kDefaultColumns = 80;
constexpr std::size_t kBarCells = 20;
constexpr double kRateMemory = 3.0;  ///< Seconds after which an old rate weighs 1/e.

unsigned terminal_columns() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultColumns;
  return size.ws_col;
}

void write_stderr(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

bool in_environment(const char* name) {
  // Read before other threads start, and nothing here sets the environment.
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

/// Bytes per second, smoothed: short pauses should not make the remaining time jump.
class Rate {
 public:
  explicit Rate(TimePoint now) : last_(now) {}

  void add(TimePoint now, std::uint64_t bytes) {
    pending_ += bytes;
    const double passed = Seconds(now - last_).count();
    if (passed < Seconds(Progress::kRedrawInterval).count()) return;
    const double current = static_cast<double>(pending_) / passed;
    const double weight = started_ ? 1.0 - std::exp(-passed / kRateMemory) : 1.0;
    value_ += weight * (current - value_);
    started_ = true;
    pending_ = 0;
    last_ = now;
  }
  double value() const { return value_; }

 private:
  TimePoint last_;
  std::uint64_t pending_ = 0;
  double value_ = 0;
  bool started_ = false;
};

struct Piece {
  std::string name;
  std::uint64_t done = 0;
  std::optional<std::uint64_t> total;
  bool moved = false;
  TimePoint begun;
  Rate rate;
};

/// Cut to `width` columns (code points), the end marked; padded when shorter.
std::string fitted(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
    if (columns + 1 == width && next < text.size()) {
      out += '~';
      return out;
    }
    if (columns == width) return out;
    const bool control = static_cast<unsigned char>(text[i]) < ' ' || text[i] == 0x7F;
    out += control ? std::string("?") : std::string(text.substr(i, next - i));
    ++columns;
    i = next;
  }
  out.append(width - columns, ' ');
  return out;
}

std::string bar(double part) {
  const auto full = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(kBarCells));
  return "[" + std::string(full, '#') + std::string(kBarCells - full, '-') + "]";
}

std::string amount_text(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (!total || *total == 0) return fmt::format("{:>22} {:>19}", "", bytes_text(done));
  const double part = static_cast<double>(done) / static_cast<double>(*total);
  return fmt::format("{} {:>3.0f}% {:>7}/{:<7}", bar(part), std::floor(std::min(part, 1.0) * 100.0), bytes_text(done),
                     bytes_text(*total));
}

std::string pace_text(double rate, std::uint64_t done, std::optional<std::uint64_t> total) {
  const std::string speed = bytes_text(static_cast<std::uint64_t>(std::max(rate, 0.0))) + "/s";
  if (rate < 1.0 || !total || *total < done) return fmt::format("{:>10}", speed);
  const auto left = std::chrono::seconds(std::llround(static_cast<double>(*total - done) / rate));
  return fmt::format("{:>10} {:>7}", speed, duration_text(left));
}

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1000.0;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000.0;
    ++unit;
  }
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, digits, kUnits.at(unit));
}

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds >= 3600) return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

ProgressMode progress_mode(bool quiet, bool verbose, bool no_progress) {
  if (quiet) return ProgressMode::kNone;
  const bool bars = !no_progress && ::isatty(STDERR_FILENO) == 1 && !in_environment("CI");
  if (bars) return ProgressMode::kBars;
  return verbose ? ProgressMode::kLines : ProgressMode::kNone;
}

struct Progress::State {
  explicit State(Options given) : options(std::move(given)), total_rate(options.now()) {}

  std::mutex mutex;
  Options options;
  std::map<std::size_t, Piece> pieces;
  std::size_t next_id = 1;
  std::size_t expected = 0;
  std::size_t finished = 0;
  std::uint64_t finished_bytes = 0;
  Rate total_rate;
  std::size_t drawn_lines = 0;
  std::optional<TimePoint> drawn_at;

  void erase(std::string& out) {
    if (drawn_lines != 0) out += fmt::format("\x1b[{}A\r\x1b[J", drawn_lines);
    drawn_lines = 0;
  }

  void add_line(std::string& out, std::string_view name, const std::string& rest, std::size_t columns) {
    const std::size_t name_width = columns > rest.size() + 12 ? columns - rest.size() - 2 : 10;
    out += fitted(fitted(name, name_width) + " " + rest, columns - 1) + "\n";
    ++drawn_lines;
  }

  /// The sum over all pieces, known only when every running piece knows its own.
  std::optional<std::uint64_t> known_total(std::uint64_t& done) const {
    std::optional<std::uint64_t> total = finished_bytes;
    done = finished_bytes;
    for (const auto& [id, piece] : pieces) {
      done += piece.done;
      if (total && piece.total) {
        *total += *piece.total;
      } else {
        total.reset();
      }
    }
    return finished + pieces.size() < expected ? std::nullopt : total;
  }

  void draw(std::string out) {
    erase(out);
    const std::size_t columns = std::max(20U, options.columns());
    for (const auto& [id, piece] : pieces) {
      add_line(out, piece.name,
               amount_text(piece.done, piece.total) + pace_text(piece.rate.value(), piece.done, piece.total), columns);
    }
    if (!pieces.empty()) {
      std::uint64_t done = 0;
      const auto total = known_total(done);
      const std::string name = fmt::format("total {}/{}", finished, std::max(expected, finished + pieces.size()));
      add_line(out, name, amount_text(done, total) + pace_text(total_rate.value(), done, total), columns);
    }
    if (!out.empty()) options.write(out);
    drawn_at = options.now();
  }

  void draw_if_due() {
    if (options.mode != ProgressMode::kBars) return;
    if (drawn_at && options.now() - *drawn_at < kRedrawInterval) return;
    const TimePoint now = options.now();
    for (auto& [id, piece] : pieces) piece.rate.add(now, 0);
    total_rate.add(now, 0);
    draw({});
  }

  void set(std::size_t id, std::uint64_t done, std::optional<std::uint64_t> total) {
    const std::scoped_lock lock(mutex);
    Piece& piece = pieces.at(id);
    // The first value is where kept bytes end: they were not received now. A restart goes back.
    if (piece.moved && done > piece.done) {
      piece.rate.add(options.now(), done - piece.done);
      total_rate.add(options.now(), done - piece.done);
    }
    piece.moved = true;
    piece.done = done;
    piece.total = total;
    draw_if_due();
  }

  void finish(std::size_t id, std::string_view note) {
    const std::scoped_lock lock(mutex);
    const auto found = pieces.find(id);
    if (options.mode == ProgressMode::kLines) {
      const auto took = std::chrono::duration_cast<std::chrono::seconds>(options.now() - found->second.begun);
      options.write(fmt::format("end   {}: {} ({})\n", found->second.name, note, duration_text(took)));
    }
    finished_bytes += found->second.done;
    ++finished;
    pieces.erase(found);
    if (pieces.empty() && options.mode == ProgressMode::kBars) {
      draw({});
    } else {
      draw_if_due();
    }
  }
};

Progress::Progress(Options options) {
  if (!options.write) options.write = write_stderr;
  if (!options.now) options.now = std::chrono::steady_clock::now;
  if (!options.columns) options.columns = terminal_columns;
  state_ = std::make_unique<State>(std::move(options));
}

Progress::~Progress() = default;

void Progress::expect(std::size_t items) {
  const std::scoped_lock lock(state_->mutex);
  state_->expected = items;
}

Progress::Item Progress::begin(std::string name) {
  const std::scoped_lock lock(state_->mutex);
  const std::size_t id = state_->next_id++;
  const TimePoint now = state_->options.now();
  if (state_->options.mode == ProgressMode::kLines) state_->options.write(fmt::format("begin {}\n", name));
  state_->pieces.emplace(id, Piece{std::move(name), 0, std::nullopt, false, now, Rate(now)});
  state_->draw_if_due();
  return {state_.get(), id};
}

void Progress::message(std::string_view text) {
  const std::scoped_lock lock(state_->mutex);
  std::string out;
  state_->erase(out);
  out += fmt::format("{}\n", text);
  if (state_->options.mode == ProgressMode::kBars) {
    state_->draw(std::move(out));
  } else {
    state_->options.write(out);
  }
}

void Progress::tick() {
  const std::scoped_lock lock(state_->mutex);
  state_->draw_if_due();
}

Progress::Item::~Item() {
  if (state_ != nullptr) finish("stopped");
}

Progress::Item::Item(Item&& other) noexcept : state_(std::exchange(other.state_, nullptr)), id_(other.id_) {}

Progress::Item& Progress::Item::operator=(Item&& other) noexcept {
  if (this == &other) return *this;
  if (state_ != nullptr) finish("stopped");
  state_ = std::exchange(other.state_, nullptr);
  id_ = other.id_;
  return *this;
}

void Progress::Item::set(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (state_ != nullptr) state_->set(id_, done, total);
}

void Progress::Item::finish(std::string_view note) {
  if (State* state = std::exchange(state_, nullptr); state != nullptr) state->finish(id_, note);
}

}  // namespace zoo
