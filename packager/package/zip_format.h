// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The numbers of the zip format that packages use (PKWARE APPNOTE 6.3.10, the section is named with each).
namespace zoo::package::zip {

inline constexpr std::uint32_t kLocalHeader = 0x04034b50;     ///< 4.3.7
inline constexpr std::uint32_t kCentralHeader = 0x02014b50;   ///< 4.3.12
inline constexpr std::uint32_t kEndOfDirectory = 0x06054b50;  ///< 4.3.16
inline constexpr std::uint32_t kZip64Locator = 0x07064b50;    ///< 4.3.15
inline constexpr std::size_t kLocalHeaderBytes = 30;          ///< without name and extra field
inline constexpr std::size_t kCentralHeaderBytes = 46;        ///< without name, extra field and comment
inline constexpr std::size_t kEndOfDirectoryBytes = 22;       ///< without comment
inline constexpr std::size_t kMaxComment = 0xFFFF;            ///< 4.4.12
inline constexpr std::uint16_t kVersionNeeded = 20;           ///< 4.4.3.2: 2.0, deflate and folders
inline constexpr std::uint16_t kStored = 0, kDeflated = 8;    ///< 4.4.5
inline constexpr std::uint16_t kFlagEncrypted = 1U << 0U;     ///< 4.4.4
inline constexpr std::uint16_t kFlagDescriptor = 1U << 3U;    ///< 4.4.4
inline constexpr std::uint16_t kFlagUtf8 = 1U << 11U;         ///< 4.4.4, appendix D
inline constexpr std::uint16_t kExtraZip64 = 0x0001;          ///< 4.5.3
inline constexpr std::uint32_t kMarker32 = 0xFFFFFFFF;        ///< 4.4.1.4: the value is in a zip64 record
inline constexpr std::uint16_t kMarker16 = 0xFFFF;            ///< 4.4.1.4
inline constexpr std::uint32_t kAttributeFolder = 0x10;       ///< 4.4.15, MS-DOS
inline constexpr std::uint32_t kAttributeReadOnly = 1, kAttributeHidden = 2;

}  // namespace zoo::package::zip
