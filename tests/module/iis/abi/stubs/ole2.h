// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "winsock2.h"

using BSTR = wchar_t*;
struct VARIANT {
  USHORT vt, reserved1, reserved2, reserved3;
  union {
    BSTR bstrVal;
    LONG lVal;
    struct {
      PVOID first, second;
    } record;
  };
};
struct IUnknown {
  virtual HRESULT STDMETHODCALLTYPE QueryInterface(const GUID&, void**) = 0;
  virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
  virtual ULONG STDMETHODCALLTYPE Release() = 0;
};
