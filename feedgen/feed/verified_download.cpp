// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/verified_download.h"

#include <fmt/format.h>

#include "feedgen/catalog/product.h"

namespace zoo::feed {
namespace {

constexpr std::string_view kVariable = "%InstallerFile%";

/// A PowerShell single-quoted literal inside a double-quoted Windows argument: ' doubled, %InstallerFile% taken from
/// $f, and for the C runtime's argument parser " escaped with the backslashes before it doubled.
std::string literal(std::string_view text) {
  std::string out = "'";
  std::size_t backslashes = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (catalog::same_id(text.substr(i, kVariable.size()), kVariable)) {
      out += "'+$f+'";
      i += kVariable.size();
      backslashes = 0;
      continue;
    }
    if (text[i] == '"') out.append(backslashes + 1, '\\');
    if (text[i] == '\'') out += '\'';
    backslashes = text[i] == '\\' ? backslashes + 1 : 0;
    out += text[i++];
  }
  return out + "'";
}

}  // namespace

std::string verified_download(const VerifiedDownload& d) {
  const std::string start = d.arguments.empty() ? "" : fmt::format(" -ArgumentList ({})", literal(d.arguments));
  return fmt::format(
      "-NoProfile -NonInteractive -ExecutionPolicy Bypass -Command \""
      "$ErrorActionPreference='Stop'; $c=1; $d=Join-Path $env:TEMP ('zoo-'+[guid]::NewGuid()); "
      "[void](New-Item -ItemType Directory $d); $f=Join-Path $d {0}; "
      "try {{ try {{ [Net.ServicePointManager]::SecurityProtocol=3072 }} catch {{ }}; "
      "(New-Object Net.WebClient).DownloadFile({1},$f); $s=[IO.File]::OpenRead($f); "
      "$h=[BitConverter]::ToString((New-Object Security.Cryptography.SHA256Managed).ComputeHash($s)).Replace('-',''); "
      "$s.Close(); if ($h -ne {2}) {{ throw ('SHA-256 of {3} is '+$h) }}; "
      "$p=Start-Process -Wait -PassThru -FilePath ({4}){5}; $c=$p.ExitCode }} "
      "catch {{ [Console]::Error.WriteLine($_) }} finally {{ Remove-Item -Recurse -Force $d }}; exit $c\"",
      literal(d.file_name), literal(d.url), literal(d.sha256), d.file_name, literal(d.exe), start);
}

}  // namespace zoo::feed
