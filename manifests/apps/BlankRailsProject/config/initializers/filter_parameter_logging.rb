# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# Parts of parameter names whose values stay out of the log.
Rails.application.config.filter_parameters += %i[passw email secret token _key crypt salt certificate otp ssn]
