// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "module/iis/httpserv.h"

namespace zoo::module {

/// A request whose connection can be read and written at once: the same objects as IHttpContext gives, by what IIS 8
/// has added to them.
struct Duplex {
  IHttpContext3* context = nullptr;
  IHttpRequest3* request = nullptr;
  IHttpResponse2* response = nullptr;
};

/// Null: IIS 7.0, which has no extended interfaces.
IHttpServer2* extended_server(IHttpServer& server);

/// Nothing where this IIS cannot do that (7.5 and earlier). In a notification of the request.
std::optional<Duplex> query_duplex(IHttpServer2& server, IHttpContext& context);

}  // namespace zoo::module
