// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/hash.h"
#include "feedgen/base/result.h"

namespace zoo::bundle {

/// A file that something holds.
struct HeldFile {
  std::string name;  ///< With forward slashes; of an MSI: the file's key, which wixl takes from the Id.
  FileHashes hashes;
  std::string machine;  ///< "x64", "x86" or "other" for a Windows program, "" for everything else.
};

/// "x64", "x86", "other" for a PE file by its header ("PE Format", COFF File Header: Machine), "" for other bytes.
std::string machine_of(std::string_view bytes);

/// The files in the embedded cabinets of an MSI, in the order of names. kVerification when it is damaged or larger than
/// what an installer of ours can be (1 GiB unpacked): hostile files cost bounded time and memory.
Result<std::vector<HeldFile>> files_of_msi(std::string_view bytes);

}  // namespace zoo::bundle
