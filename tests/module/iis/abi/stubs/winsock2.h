// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The few types of Windows that module/iis/httpserv.h uses, so that clang can compile it in Microsoft mode on a
/// machine without Microsoft's headers. Sizes are those of Windows (LLP64).

using BOOL = int;
using BYTE = unsigned char;
using PBYTE = BYTE*;
using UCHAR = unsigned char;
using USHORT = unsigned short;
using INT = int;
using LONG = long;
using HRESULT = long;
using ULONG = unsigned long;
using DWORD = unsigned long;
using ULONGLONG = unsigned long long;
using PVOID = void*;
using HANDLE = void*;
using PSID = void*;
using PSTR = char*;
using PCSTR = const char*;
using PWSTR = wchar_t*;
using PCWSTR = const wchar_t*;
using SIZE_T = decltype(sizeof(0));

struct GUID {
  ULONG data1;
  USHORT data2, data3;
  UCHAR data4[8];
};
struct sockaddr;
using PSOCKADDR = sockaddr*;
struct OVERLAPPED;
#define WINAPI __stdcall
#define STDMETHODCALLTYPE __stdcall
using LPOVERLAPPED_COMPLETION_ROUTINE = void(WINAPI*)(DWORD, DWORD, OVERLAPPED*);

constexpr BOOL FALSE = 0;
constexpr BOOL TRUE = 1;
constexpr HRESULT S_OK = 0;
