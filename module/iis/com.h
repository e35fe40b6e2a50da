// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "module/iis/ahadmin.h"

namespace zoo::module {

/// Holds one reference to a COM object.
template <typename T>
class ComPtr {
 public:
  ComPtr() = default;
  ComPtr(ComPtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ComPtr& operator=(ComPtr&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~ComPtr() {
    if (object_ != nullptr) object_->Release();
  }

  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  /// For a call that returns an object; there must be none yet.
  T** out() noexcept { return &object_; }

 private:
  T* object_ = nullptr;
};

/// Owns a BSTR.
class ComString {
 public:
  ComString() = default;
  explicit ComString(const std::wstring& text) : text_(::SysAllocString(text.c_str())) {}
  ComString(const ComString&) = delete;
  ComString& operator=(const ComString&) = delete;
  ~ComString() { ::SysFreeString(text_); }

  BSTR get() const noexcept { return text_; }
  BSTR* out() noexcept { return &text_; }
  std::wstring_view view() const noexcept {
    return text_ == nullptr ? std::wstring_view() : std::wstring_view(text_, ::SysStringLen(text_));
  }

 private:
  BSTR text_ = nullptr;
};

}  // namespace zoo::module
