# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

module ApplicationHelper
  # The address of a file in the folder static, also below another site.
  def static_path(name)
    "#{request.script_name}/static/#{name}"
  end
end
