// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/admin.h"

#include <atomic>
#include <string>
#include <string_view>

#include "module/win/text.h"

namespace iishost {
namespace {

using zoo::module::to_utf8;
using zoo::module::to_wide;

std::atomic<long> live_objects{0};

/// Reference counting for the objects that are given out.
template <typename Interface>
class Counted : public Interface {
 public:
  Counted() { ++live_objects; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  virtual ~Counted() { --live_objects; }

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void** object) override {
    *object = nullptr;
    return E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }

 private:
  std::atomic<ULONG> references_{1};
};

HRESULT give_text(const std::string& text, BSTR* out) {
  *out = ::SysAllocString(to_wide(text).c_str());
  return *out == nullptr ? E_OUTOFMEMORY : S_OK;
}

class Property final : public Counted<IAppHostProperty> {
 public:
  Property(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}

  HRESULT STDMETHODCALLTYPE get_Name(BSTR* name) override { return give_text(name_, name); }
  HRESULT STDMETHODCALLTYPE get_Value(VARIANT* value) override {
    value->vt = VT_BSTR;
    return give_text(value_, &value->bstrVal);
  }
  HRESULT STDMETHODCALLTYPE put_Value(VARIANT) override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE Clear() override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE get_StringValue(BSTR* value) override { return give_text(value_, value); }
  HRESULT STDMETHODCALLTYPE get_Exception(IAppHostPropertyException**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE get_Schema(IAppHostPropertySchema**) override { return E_NOTIMPL; }

 private:
  std::string name_;
  std::string value_;
};

class Element;

/// The index of an item, in the types that callers use.
bool index_of(const VARIANT& index, std::size_t& out) {
  switch (index.vt) {
    case VT_UI4:
      out = index.ulVal;
      return true;
    case VT_I4:
      out = static_cast<std::size_t>(index.lVal);
      return index.lVal >= 0;
    case VT_UI2:
      out = index.uiVal;
      return true;
    case VT_I2:
      out = static_cast<std::size_t>(index.iVal);
      return index.iVal >= 0;
    default:
      return false;
  }
}

class Items final : public Counted<IAppHostElementCollection> {
 public:
  explicit Items(std::shared_ptr<ConfigNode> node) : node_(std::move(node)) {}

  HRESULT STDMETHODCALLTYPE get_Count(DWORD* count) override {
    *count = static_cast<DWORD>(node_->items.size());
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE get_Item(VARIANT index, IAppHostElement** element) override;
  HRESULT STDMETHODCALLTYPE AddElement(IAppHostElement*, INT) override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE DeleteElement(VARIANT) override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE Clear() override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE CreateNewElement(BSTR, IAppHostElement**) override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE get_Schema(IAppHostCollectionSchema**) override { return E_NOTIMPL; }

 private:
  std::shared_ptr<ConfigNode> node_;
};

class Children final : public Counted<IAppHostChildElementCollection> {
 public:
  explicit Children(std::shared_ptr<ConfigNode> node) : node_(std::move(node)) {}

  HRESULT STDMETHODCALLTYPE get_Count(DWORD* count) override {
    *count = static_cast<DWORD>(node_->children.size());
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE get_Item(VARIANT index, IAppHostElement** element) override;

 private:
  std::shared_ptr<ConfigNode> node_;
};

class Element final : public Counted<IAppHostElement> {
 public:
  explicit Element(std::shared_ptr<ConfigNode> node) : node_(std::move(node)) {}

  HRESULT STDMETHODCALLTYPE get_Name(BSTR* name) override { return give_text(node_->name, name); }
  HRESULT STDMETHODCALLTYPE get_Collection(IAppHostElementCollection** collection) override {
    *collection = new Items(node_);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE get_Properties(IAppHostPropertyCollection**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE get_ChildElements(IAppHostChildElementCollection** collection) override {
    *collection = new Children(node_);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE get_Schema(IAppHostElementSchema**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetElementByName(BSTR name, IAppHostElement** element) override {
    const auto found = node_->children.find(to_utf8(name));
    if (found == node_->children.end()) return HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);
    *element = new Element(found->second);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE GetPropertyByName(BSTR name, IAppHostProperty** property) override {
    const auto found = node_->attributes.find(to_utf8(name));
    if (found == node_->attributes.end()) return HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);
    *property = new Property(found->first, found->second);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE Clear() override { return E_ACCESSDENIED; }
  HRESULT STDMETHODCALLTYPE get_Methods(IAppHostMethodCollection**) override { return E_NOTIMPL; }

 private:
  std::shared_ptr<ConfigNode> node_;
};

HRESULT Items::get_Item(VARIANT index, IAppHostElement** element) {
  std::size_t number = 0;
  if (!index_of(index, number) || number >= node_->items.size()) return HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);
  *element = new Element(node_->items[number]);
  return S_OK;
}

HRESULT Children::get_Item(VARIANT index, IAppHostElement** element) {
  if (index.vt == VT_BSTR) {
    const auto found = node_->children.find(to_utf8(index.bstrVal));
    if (found == node_->children.end()) return HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);
    *element = new Element(found->second);
    return S_OK;
  }
  std::size_t number = 0;
  if (!index_of(index, number) || number >= node_->children.size()) return HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);
  *element = new Element(std::next(node_->children.begin(), static_cast<std::ptrdiff_t>(number))->second);
  return S_OK;
}

}  // namespace

HRESULT AdminManager::QueryInterface(REFIID, void** object) {
  *object = nullptr;
  return E_NOINTERFACE;
}

HRESULT AdminManager::GetAdminSection(BSTR section, BSTR path, IAppHostElement** element) {
  long error = 0;
  std::shared_ptr<ConfigNode> node = configuration_.section(to_utf8(section), to_utf8(path), error);
  if (node == nullptr) return error;
  *element = new Element(std::move(node));
  return S_OK;
}

long admin_objects() {
  return live_objects;
}

}  // namespace iishost
