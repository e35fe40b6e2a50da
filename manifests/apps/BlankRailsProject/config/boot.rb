# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

ENV["BUNDLE_GEMFILE"] ||= File.expand_path("../Gemfile", __dir__)
ENV["RAILS_ENV"] ||= ENV["RACK_ENV"] unless ENV["RACK_ENV"].to_s.empty?

require "bundler/setup"
require "logger" # Rails 6.1 and 7.0 forget to, and concurrent-ruby no longer does it for them
