# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

require "test_helper"

class HelloControllerTest < ActionDispatch::IntegrationTest
  test "says hello" do
    get root_path
    assert_response :success
    assert_select "h1", "Hello, World!"
  end

  test "keeps a greeting and remembers the name" do
    post greetings_path, params: { greeting: { name: "Ada", text: "Good <morning>" } }
    follow_redirect!
    assert_includes response.body, "Good &lt;morning&gt;"
    assert_select "input[value=Ada]"
  end

  test "refuses an empty greeting" do
    assert_no_difference("Greeting.count") { post greetings_path, params: { greeting: { name: "Ada", text: "" } } }
    assert_response 422
    assert_select "[role=alert]"
  end
end
