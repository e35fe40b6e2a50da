// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The configuration interfaces of IIS, as far as we call them (and all slots before). Source of the order: the opnums
/// of [MC-IISA] sections 3.1.4.2 to 3.1.4.22, which count from IUnknown's three methods on. There are no overloads, so
/// every compiler makes the same slots; all are __stdcall and count references as COM does.

#include <winsock2.h>
//
#include <ole2.h>

struct IAppHostChildElementCollection;
struct IAppHostCollectionSchema;
struct IAppHostConfigManager;
struct IAppHostElement;
struct IAppHostElementCollection;
struct IAppHostElementSchema;
struct IAppHostMethodCollection;
struct IAppHostProperty;
struct IAppHostPropertyCollection;
struct IAppHostPropertyException;
struct IAppHostPropertySchema;

// COM interfaces have no destructor in their tables; Release() ends an object.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

struct IAppHostProperty : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE get_Name(BSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Value(VARIANT*) = 0;
  virtual HRESULT STDMETHODCALLTYPE put_Value(VARIANT) = 0;
  virtual HRESULT STDMETHODCALLTYPE Clear() = 0;
  virtual HRESULT STDMETHODCALLTYPE get_StringValue(BSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Exception(IAppHostPropertyException**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Schema(IAppHostPropertySchema**) = 0;
};

struct IAppHostElement : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE get_Name(BSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Collection(IAppHostElementCollection**) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Properties(IAppHostPropertyCollection**) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_ChildElements(IAppHostChildElementCollection**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Schema(IAppHostElementSchema**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetElementByName(BSTR, IAppHostElement**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetPropertyByName(BSTR, IAppHostProperty**) = 0;
  virtual HRESULT STDMETHODCALLTYPE Clear() = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Methods(IAppHostMethodCollection**) = 0;
};

struct IAppHostElementCollection : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE get_Count(DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Item(VARIANT, IAppHostElement**) = 0;
  virtual HRESULT STDMETHODCALLTYPE AddElement(IAppHostElement*, INT) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteElement(VARIANT) = 0;
  virtual HRESULT STDMETHODCALLTYPE Clear() = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateNewElement(BSTR, IAppHostElement**) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Schema(IAppHostCollectionSchema**) = 0;
};

struct IAppHostChildElementCollection : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE get_Count(DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_Item(VARIANT, IAppHostElement**) = 0;
};

struct IAppHostAdminManager : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetAdminSection(BSTR section, BSTR path, IAppHostElement**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) = 0;
  virtual HRESULT STDMETHODCALLTYPE get_ConfigManager(IAppHostConfigManager**) = 0;
};

#pragma GCC diagnostic pop
