// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The client can check a download by SHA-1 or by its Authenticode signature only (webpi-feed 4). For a file of which
/// the maker published the SHA-256 alone, the install command itself downloads, compares and runs it, with Windows
/// PowerShell 2.0 or later (part of Windows 7 and every later one).
namespace zoo::feed {

/// What cmdLine/exe must be.
inline constexpr std::string_view kPowerShell = "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

struct VerifiedDownload {
  std::string_view url;        ///< http or https
  std::string_view sha256;     ///< 64 hexadecimal digits
  std::string_view file_name;  ///< kept as the name of the temporary file
  std::string_view exe;        ///< program to run; may hold %InstallerFile%
  std::string_view arguments;  ///< its command line; may hold %InstallerFile%
};

/// cmdLine/commandLineArguments. The exit code is that of the program run, or 1 when the download or the digest failed.
/// Windows' variables (%SystemDrive%) stay for the client to expand.
std::string verified_download(const VerifiedDownload& download);

}  // namespace zoo::feed
