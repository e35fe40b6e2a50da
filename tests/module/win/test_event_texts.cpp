// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>

#include "module/core/event_reporter.h"

namespace zoo::module {
namespace {

using Library = std::unique_ptr<std::remove_pointer_t<HMODULE>, decltype(&::FreeLibrary)>;

/// As the event viewer opens the file that the registry names for a source.
Library open_texts() {
  std::array<wchar_t, MAX_PATH> program{};
  ::GetModuleFileNameW(nullptr, program.data(), MAX_PATH);
  const std::filesystem::path setup = std::filesystem::path(program.data()).parent_path() / "zoosetup.exe";
  return {::LoadLibraryExW(setup.c_str(), nullptr, LOAD_LIBRARY_AS_DATAFILE), &::FreeLibrary};
}

std::wstring text_of(HMODULE texts, DWORD id, const wchar_t* inserted) {
  std::array<wchar_t, 256> text{};
  auto arguments = reinterpret_cast<DWORD_PTR>(inserted);
  ::FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, texts, id, 0, text.data(),
                   static_cast<DWORD>(text.size()), reinterpret_cast<va_list*>(&arguments));
  return text.data();
}

TEST_CASE("zoosetup.exe holds a text for each event", "[event]") {
  const Library texts = open_texts();
  REQUIRE(texts != nullptr);
  for (const EventId event : {EventId::kConfiguration, EventId::kWorkerEnded, EventId::kWorkerNotStarted,
                              EventId::kWorkerHung, EventId::kDeployFailed, EventId::kInternal}) {
    INFO(static_cast<int>(event));
    CHECK(text_of(texts.get(), static_cast<DWORD>(event), L"what happened, 100%1") == L"what happened, 100%1\r\n");
  }
  CHECK(text_of(texts.get(), 1007, L"").empty());
}

}  // namespace
}  // namespace zoo::module
