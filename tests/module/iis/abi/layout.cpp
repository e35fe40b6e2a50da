// SPDX-License-Identifier: Apache-2.0
// Sizes and offsets of the structures that IIS shares with a module, as Microsoft's compiler lays them out. Compiling
// this is the test.
#include <cstddef>

#include "module/iis/httpserv.h"

namespace {

constexpr bool k64 = sizeof(void*) == 8;

static_assert(sizeof(HTTP_REQUEST) == (k64 ? 864 : 472));
static_assert(offsetof(HTTP_REQUEST_V1, pRawUrl) == (k64 ? 56 : 48));
static_assert(offsetof(HTTP_REQUEST_V1, RawUrlLength) == 42);
static_assert(offsetof(HTTP_REQUEST_V1, CookedUrl) == (k64 ? 64 : 52));
static_assert(offsetof(HTTP_REQUEST_V1, Address) == (k64 ? 104 : 76));
static_assert(offsetof(HTTP_REQUEST_V1, Headers) == (k64 ? 120 : 84));
static_assert(sizeof(HTTP_RESPONSE) == (k64 ? 568 : 288));
static_assert(sizeof(HTTP_DATA_CHUNK) == 32);
static_assert(offsetof(HTTP_DATA_CHUNK, FromMemory) == 8);
static_assert(sizeof(HTTP_KNOWN_HEADER) == (k64 ? 16 : 8));
static_assert(sizeof(HTTP_UNKNOWN_HEADER) == (k64 ? 24 : 12));
static_assert(HttpHeaderRequestMaximum == 41 && HttpHeaderResponseMaximum == 30);

}  // namespace
