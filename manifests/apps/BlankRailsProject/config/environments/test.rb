# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

Rails.application.configure do
  config.cache_classes = true
  config.eager_load = true
  config.consider_all_requests_local = true
  config.action_controller.perform_caching = false
  config.cache_store = :null_store
  config.action_controller.allow_forgery_protection = false
  config.active_support.deprecation = :raise
end
