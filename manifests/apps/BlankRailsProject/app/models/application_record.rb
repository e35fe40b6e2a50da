# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

class ApplicationRecord < ActiveRecord::Base
  self.abstract_class = true
end
