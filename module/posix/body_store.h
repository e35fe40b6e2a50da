// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "module/core/exchange.h"

namespace zoo::module {

/// Receives a request's body: the beginning in memory, everything in a nameless temporary file once it is larger.
class BodyStore final : public BodySource {
 public:
  BodyStore() = default;
  ~BodyStore() override;

  /// `folder`: where the file goes; empty: /var/tmp or what TMPDIR says.
  void start(std::size_t memory_limit, std::string_view folder);
  /// False: the file cannot be written.
  bool append(std::string_view data);
  void clear() noexcept;

  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t offset, std::span<char> out) override;

 private:
  bool open_file();
  bool write_all(std::string_view data);

  std::string memory_;
  std::string folder_;
  std::size_t memory_limit_ = 0;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

}  // namespace zoo::module
