// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/base/result.h"

/// Authenticode signatures of Windows programs (PE: exe, dll) and installer packages (MSI).
namespace zoo {

/// What a file's signature says. Judged: that the file is the one that was signed (its digest is the signed one) and
/// that the signature was made with the key of the certificate named. NOT judged: whether Windows trusts that
/// certificate (chain, revocation, validity, purpose), because the Windows root store is not at hand; the client does
/// that.
struct Signature {
  enum class State {
    kNotApplicable,  ///< Neither PE nor MSI.
    kUnsigned,
    kSigned,
    kDamaged,      ///< There is a signature, but the content does not fit it, or the structure is broken.
    kUnverifiable  ///< There is a signature of a kind that is not known here, e.g. over MD5.
  };
  State state = State::kNotApplicable;
  std::string signer;  ///< For kSigned: common name of the signer's certificate, UTF-8 without control characters.
  std::string reason;  ///< For kDamaged and kUnverifiable: what is wrong.
};

std::string_view name(Signature::State state);  ///< "not applicable", "unsigned", "signed", "damaged", "unverifiable"

/// Reads the file once. An Error only when it cannot be read. Hostile content is safe: bounded time and memory.
Result<Signature> read_signature(const std::string& path);
/// The same of bytes in memory.
Signature read_signature_of(std::string_view bytes);

}  // namespace zoo
