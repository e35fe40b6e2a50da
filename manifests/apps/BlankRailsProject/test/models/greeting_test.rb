# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

require "test_helper"

class GreetingTest < ActiveSupport::TestCase
  test "forgets the oldest" do
    53.times { |number| Greeting.create!(name: "n", text: number.to_s) }
    Greeting.forget_old
    assert_equal Greeting::KEPT, Greeting.count
    assert_not Greeting.exists?(text: "0")
  end
end
