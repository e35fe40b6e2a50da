// SPDX-License-Identifier: Apache-2.0
#include "module/iis/duplex.h"

namespace zoo::module {
namespace {

template <typename Extended>
Extended* extend(IHttpServer2& server, void* object, const GUID& is, const GUID& wanted) {
  void* extended = nullptr;
  if (object == nullptr || FAILED(server.GetExtendedInterface(is, object, wanted, &extended))) return nullptr;
  return static_cast<Extended*>(extended);
}

}  // namespace

IHttpServer2* extended_server(IHttpServer& server) {
  void* extended = nullptr;
  if (FAILED(server.GetExtendedInterface(HTTP_SERVER_INTERFACE_V2, &extended))) return nullptr;
  return static_cast<IHttpServer2*>(extended);
}

std::optional<Duplex> query_duplex(IHttpServer2& server, IHttpContext& context) {
  const Duplex duplex{extend<IHttpContext3>(server, &context, kIidHttpContext, kIidHttpContext3),
                      extend<IHttpRequest3>(server, context.GetRequest(), kIidHttpRequest, kIidHttpRequest3),
                      extend<IHttpResponse2>(server, context.GetResponse(), kIidHttpResponse, kIidHttpResponse2)};
  if (duplex.context == nullptr || duplex.request == nullptr || duplex.response == nullptr) return std::nullopt;
  return duplex;
}

}  // namespace zoo::module
