// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "feedgen/base/authenticode.h"

// Programs and packages come from the network: no bytes may crash the reader of their signatures, keep it busy, or make
// it contradict itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const zoo::Signature signature = zoo::read_signature_of({reinterpret_cast<const char*>(data), size});
  const bool has_reason =
      signature.state == zoo::Signature::State::kDamaged || signature.state == zoo::Signature::State::kUnverifiable;
  if (has_reason == signature.reason.empty()) std::abort();
  if ((signature.state == zoo::Signature::State::kSigned) == signature.signer.empty()) std::abort();
  return 0;
}
