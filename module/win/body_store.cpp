// SPDX-License-Identifier: Apache-2.0
#include "module/win/body_store.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "module/win/handle.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kMostAtOnce = 64U << 20U;

std::wstring default_folder() {
  std::array<wchar_t, MAX_PATH + 1> folder{};
  const DWORD size = ::GetTempPathW(static_cast<DWORD>(folder.size()), folder.data());
  return {folder.data(), size};
}

std::wstring file_name(std::string_view folder) {
  std::random_device random;
  std::array<wchar_t, 64> name{};
  std::swprintf(name.data(), name.size(), L"\\zoo-body-%lu-%08x%08x.tmp", ::GetCurrentProcessId(), random(), random());
  return (folder.empty() ? default_folder() : to_wide(folder)) + name.data();
}

OVERLAPPED at_offset(std::uint64_t offset) {
  OVERLAPPED position{};
  position.Offset = static_cast<DWORD>(offset & 0xFFFFFFFF);
  position.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return position;
}

}  // namespace

class BodyStore::File {
 public:
  explicit File(std::string_view folder)
      : handle_(::CreateFileW(file_name(folder).c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                              FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr)) {}

  bool is_open() const { return static_cast<bool>(handle_); }

  bool write(std::uint64_t offset, std::string_view data) {
    while (!data.empty()) {
      OVERLAPPED position = at_offset(offset);
      DWORD count = 0;
      const auto size = static_cast<DWORD>(std::min(data.size(), kMostAtOnce));
      if (!::WriteFile(handle_.get(), data.data(), size, &count, &position) || count == 0) return false;
      data.remove_prefix(count);
      offset += count;
    }
    return true;
  }

  std::size_t read(std::uint64_t offset, std::span<char> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      OVERLAPPED position = at_offset(offset + done);
      DWORD count = 0;
      const auto size = static_cast<DWORD>(std::min(out.size() - done, kMostAtOnce));
      if (!::ReadFile(handle_.get(), out.data() + done, size, &count, &position) || count == 0) break;
      done += count;
    }
    return done;
  }

 private:
  Handle handle_;
};

BodyStore::BodyStore() = default;
BodyStore::~BodyStore() = default;

void BodyStore::start(std::size_t memory_limit, std::string_view folder) {
  memory_limit_ = memory_limit;
  folder_ = folder;
}

bool BodyStore::append(std::string_view data) {
  if (file_ == nullptr && size_ + data.size() <= memory_limit_) {
    memory_.append(data);
  } else if ((file_ == nullptr && !open_file()) || !file_->write(size_, data)) {
    return false;
  }
  size_ += data.size();
  return true;
}

bool BodyStore::open_file() {
  auto file = std::make_unique<File>(folder_);
  if (!file->is_open() || !file->write(0, memory_)) return false;
  file_ = std::move(file);
  std::string().swap(memory_);
  return true;
}

std::size_t BodyStore::read(std::uint64_t offset, std::span<char> out) {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  if (file_ != nullptr) return file_->read(offset, out.first(wanted));
  memory_.copy(out.data(), wanted, static_cast<std::size_t>(offset));
  return wanted;
}

}  // namespace zoo::module
