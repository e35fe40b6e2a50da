// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace zoo {

enum class ProgressMode {
  kNone,
  kLines,  ///< A plain line when a piece of work begins and ends.
  kBars    ///< A bar for each running piece and one for the total, redrawn in place.
};

/// Bars when stderr is a terminal, the environment has no CI and the user did not refuse them; else lines with -v.
ProgressMode progress_mode(bool quiet, bool verbose, bool no_progress);

/// Shows the advance of long work with several pieces that run at the same time (downloads, compression). Thread-safe.
class Progress {
  struct State;

 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  using Writer = std::function<void(std::string_view)>;

  struct Options {
    ProgressMode mode = ProgressMode::kNone;
    Writer write;                       ///< Default: stderr.
    Clock now;                          ///< Default: the steady clock.
    std::function<unsigned()> columns;  ///< Width of the terminal; default: asked of stderr.
  };

  /// One piece of work. Ends with its destruction, which removes its bar. Must not outlive its Progress.
  class Item {
   public:
    Item() = default;
    ~Item();
    Item(Item&& other) noexcept;
    Item& operator=(Item&& other) noexcept;
    /// `done` bytes out of `total`; `total` may become known later.
    void set(std::uint64_t done, std::optional<std::uint64_t> total);
    /// Ends it; `note` says how in the plain form, e.g. "28.8 MB".
    void finish(std::string_view note);

   private:
    friend class Progress;
    Item(State* state, std::size_t id) : state_(state), id_(id) {}
    State* state_ = nullptr;
    std::size_t id_ = 0;
  };

  /// Bars are redrawn at most once in this time.
  static constexpr std::chrono::milliseconds kRedrawInterval{100};

  explicit Progress(Options options);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// How many pieces there will be in all.
  void expect(std::size_t items);
  [[nodiscard]] Item begin(std::string name);
  /// Prints a line above the bars, in every mode: what a user must see while work goes on. A line end is added.
  void message(std::string_view text);
  /// Redraws if it is time to; for work that has nothing new to tell but goes on (rate and remaining time age).
  void tick();

 private:
  std::unique_ptr<State> state_;
};

/// "512 B", "28.8 MB", "1.20 GB": decimal units, three digits.
std::string bytes_text(std::uint64_t bytes);
/// "0:07", "12:30", "1:02:03".
std::string duration_text(std::chrono::seconds duration);

}  // namespace zoo
