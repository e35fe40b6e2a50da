# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0
# What the worker uses of Rack, with the answers that Rack 3 gives; for machines whose packages stop at Rack 2.

module Rack
  def self.release
    '3.1.0'
  end
end
