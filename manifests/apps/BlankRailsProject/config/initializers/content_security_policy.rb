# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# The pages of this project load nothing from elsewhere and run no script. Widen this as yours do.
Rails.application.config.content_security_policy do |policy|
  policy.default_src :self
  policy.object_src :none
  policy.base_uri :self
  policy.form_action :self
  policy.frame_ancestors :self
end
