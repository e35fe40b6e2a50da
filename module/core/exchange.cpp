// SPDX-License-Identifier: Apache-2.0
#include "module/core/exchange.h"

namespace zoo::module {

unsigned failure_status(ExchangeFailure kind) noexcept {
  switch (kind) {
    case ExchangeFailure::kQueueFull:
    case ExchangeFailure::kQueueTimeout:
    case ExchangeFailure::kBackOff:
    case ExchangeFailure::kStopping:
    case ExchangeFailure::kDeployFailed:
      return 503;
    case ExchangeFailure::kLaunchFailed:
    case ExchangeFailure::kWorkerEnded:
    case ExchangeFailure::kBadResponse:
      return 502;
    case ExchangeFailure::kWorkerTimeout:
      return 504;
    case ExchangeFailure::kBadRequest:
      return 400;
    case ExchangeFailure::kBodyLost:
    case ExchangeFailure::kConfiguration:
      break;
  }
  return 500;
}

}  // namespace zoo::module
