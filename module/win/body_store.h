// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "module/core/exchange.h"

namespace zoo::module {

/// Receives a request's body: the beginning in memory, everything in a temporary file once it is larger. The file is
/// gone when its handle is closed, however this process ends. One thread at a time.
class BodyStore final : public BodySource {
 public:
  BodyStore();
  ~BodyStore() override;

  /// `folder`: where the file goes; empty: the system's folder for temporary files.
  void start(std::size_t memory_limit, std::string_view folder);
  /// False: the file cannot be written.
  bool append(std::string_view data);

  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t offset, std::span<char> out) override;

 private:
  class File;

  bool open_file();

  std::string memory_;
  std::string folder_;
  std::size_t memory_limit_ = 0;
  std::uint64_t size_ = 0;
  std::unique_ptr<File> file_;
};

}  // namespace zoo::module
