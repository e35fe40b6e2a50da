// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace zoo::module {

/// What is wrong with the bytes of a peer, or (kBadRequest) with a request that was to be encoded.
enum class CodecFault {
  kBadVersion,
  kBadRecordType,
  kBadRequestId,
  kBadRecordLength,
  kBadProtocolStatus,
  kBadNameValuePair,
  kDataAfterEnd,
  kHeadTooLarge,
  kTooManyFields,
  kBadFieldName,
  kBadFieldValue,
  kFoldedLine,
  kBadLineEnding,
  kBadStatus,
  kEmptyHead,
  kDuplicateField,
  kBadContentLength,
  kConflictingLength,
  kBadTransferEncoding,
  kBadChunk,
  kTooManyInterims,
  kUnexpectedUpgrade,
  kUnexpectedData,
  kClosedBeforeResponse,  ///< Nothing of the response had arrived: the request may be sent again elsewhere.
  kTruncated,
  kBadRequest,
};

/// A protocol error. The text is one line of English for a log; it never contains header values or body bytes.
struct CodecError {
  CodecFault fault;
  std::string text;
};

using MaybeError = std::optional<CodecError>;

}  // namespace zoo::module
