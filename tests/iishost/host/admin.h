// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "module/iis/ahadmin.h"
#include "tests/iishost/host/config.h"

namespace iishost {

/// IAppHostAdminManager over `configuration`, which must outlive all objects that it gives out. It is never destroyed
/// by Release(): the host owns it.
class AdminManager final : public IAppHostAdminManager {
 public:
  explicit AdminManager(Configuration& configuration) : configuration_(configuration) {}

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void** object) override;
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE GetAdminSection(BSTR section, BSTR path, IAppHostElement** element) override;
  HRESULT STDMETHODCALLTYPE GetMetadata(BSTR, VARIANT*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE SetMetadata(BSTR, VARIANT) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE get_ConfigManager(IAppHostConfigManager**) override { return E_NOTIMPL; }

 private:
  Configuration& configuration_;
};

/// How many objects of the configuration modules still hold: leaks are found with it.
long admin_objects();

}  // namespace iishost
