# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

ENV["RAILS_ENV"] = "test"
require_relative "../config/environment"
require "rails/test_help"
