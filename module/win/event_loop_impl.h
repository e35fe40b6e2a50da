// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "module/win/event_loop.h"

namespace zoo::module {

/// For the source files of this folder only: it shows Asio.
struct EventLoop::Impl {
  asio::io_context context{1};
  asio::steady_timer wake{context};
};

}  // namespace zoo::module
