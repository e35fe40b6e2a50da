# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0

module Rack
  # Rack 3's parse_file returns the application alone.
  class Builder
    def self.parse_file(file)
      builder = new
      builder.instance_eval(File.read(file), file)
      builder.app
    end

    attr_reader :app

    def run(app)
      @app = app
    end
  end
end
