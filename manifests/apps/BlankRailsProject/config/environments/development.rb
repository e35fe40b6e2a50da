# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

Rails.application.configure do
  config.cache_classes = false
  config.eager_load = false
  config.consider_all_requests_local = true
  config.action_controller.perform_caching = false
  config.cache_store = :null_store
  config.active_support.deprecation = :log
  config.active_record.migration_error = :page_load
  config.action_view.annotate_rendered_view_with_filenames = true
end
