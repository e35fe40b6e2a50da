# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

Rails.application.configure do
  config.cache_classes = true
  config.eager_load = true
  config.cache_store = :memory_store

  # debug = true shows errors in full to every visitor.
  config.consider_all_requests_local = SiteSettings.boolean("site", "debug")
  config.action_controller.perform_caching = true
  config.public_file_server.enabled = false

  # allowed_hosts = * leaves the choice to the web server's bindings.
  hosts = SiteSettings.words("site", "allowed_hosts")
  config.hosts = hosts unless hosts.include?("*")

  # Strict transport security is a promise that cannot be taken back: switch hsts on when the site is settled.
  config.force_ssl = SiteSettings.boolean("site", "https")
  config.ssl_options = { hsts: false }

  # Warnings and errors go to standard error, which the web server keeps in the folder log.
  config.log_level = :warn
  config.log_tags = [:request_id]
  config.logger = ActiveSupport::TaggedLogging.new(ActiveSupport::Logger.new($stderr))

  config.i18n.fallbacks = true
  config.active_support.deprecation = :notify

  # Migrations run on servers where this folder cannot be written.
  config.active_record.dump_schema_after_migration = false
end
