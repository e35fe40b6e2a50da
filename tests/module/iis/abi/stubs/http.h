// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "winsock2.h"

/// Of the HTTP Server API only what is named in the interfaces; HTTP_DATA_CHUNK as a module fills it.

enum HTTP_HEADER_ID { HttpHeaderContentType = 12, HttpHeaderUserAgent = 40, HttpHeaderServer = 26 };
struct HTTP_REQUEST;
struct HTTP_RESPONSE;
struct HTTP_LOG_DATA;
struct HTTP_CACHE_POLICY;
struct HTTP_SSL_CLIENT_CERT_INFO;

enum HTTP_DATA_CHUNK_TYPE { HttpDataChunkFromMemory };
struct HTTP_DATA_CHUNK {
  HTTP_DATA_CHUNK_TYPE DataChunkType;
  union {
    struct {
      PVOID pBuffer;
      ULONG BufferLength;
    } FromMemory;
    struct {
      ULONGLONG StartingOffset;
      ULONGLONG Length;
      HANDLE FileHandle;
    } FromFileHandle;
  };
};
