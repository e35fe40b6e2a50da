# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

require_relative "boot"
require_relative "site_settings"

require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"
require "rails/test_unit/railtie"

Bundler.require(*Rails.groups)

module BlankRailsProject
  class Application < Rails::Application
    # The defaults of the version that is installed. Put a number here before you upgrade Rails, and raise it afterwards.
    config.load_defaults Rails::VERSION::STRING.to_f

    config.secret_key_base = SiteSettings.secret_key
    config.time_zone = SiteSettings.text("site", "time_zone", "UTC")

    # The web server serves the folder static itself. Other servers get it from here, and nothing else of this folder.
    config.middleware.insert_before 0, Rack::Static, urls: ["/static"], root: Rails.root.to_s
  end
end
