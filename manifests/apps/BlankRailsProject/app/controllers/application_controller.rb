# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

class ApplicationController < ActionController::Base
end
