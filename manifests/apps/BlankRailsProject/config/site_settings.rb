# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

require "fileutils"
require "securerandom"

# What settings.ini says. Plain Ruby: the Gemfile reads it before there is a Rails.
module SiteSettings
  ROOT = File.expand_path("..", __dir__)
  FILE = File.join(ROOT, "settings.ini")
  SECRET_FILE = File.join(ROOT, "data", "secret_key")
  ENGINES = %w[sqlite mysql mariadb sqlserver].freeze

  class Invalid < StandardError; end

  class << self
    # The value of a key; default when it is missing or empty.
    def text(section, key, default = "")
      value = values.fetch(section, {}).fetch(key, "")
      value.empty? ? default : value
    end

    def boolean(section, key)
      value = text(section, key, "false").downcase
      return %w[true yes on 1].include?(value) if %w[true yes on 1 false no off 0].include?(value)

      raise Invalid, "#{FILE}: #{key} must be true or false, not #{value.inspect}"
    end

    def words(section, key)
      text(section, key).split(",").map(&:strip).reject(&:empty?)
    end

    # The key that signs sessions: from settings.ini, or made once and kept in data/secret_key.
    def secret_key
      given = text("site", "secret_key")
      return given unless given.empty?

      store_secret unless File.exist?(SECRET_FILE)
      File.read(SECRET_FILE).strip
    rescue SystemCallError => e
      raise Invalid, "secret_key in settings.ini is empty, and #{SECRET_FILE} cannot be written (#{e.message}): fill in the key, " \
                     "or give the account of the application pool the right to modify the folder data"
    end

    def engine
      name = text("database", "engine", "sqlite").downcase
      return name if ENGINES.include?(name)

      raise Invalid, "#{FILE}: engine must be one of #{ENGINES.join(', ')}, not #{name.inspect}"
    end

    def database_gem
      case engine
      when "sqlite" then "sqlite3"
      when "sqlserver" then "activerecord-sqlserver-adapter"
      else mysql_gem
      end
    end

    # What config/database.yml needs.
    def database
      return { adapter: "sqlite3", database: File.expand_path(text("database", "name", "data/production.sqlite3"), ROOT) } if engine == "sqlite"

      keys = { database: "name", username: "user", password: "password", host: "host", port: "port" }
      values = keys.transform_values { |key| text("database", key, nil) }
      # A host that is a path is the server's Unix socket.
      values.merge!(host: nil, socket: values[:host]) if values[:host]&.start_with?("/")
      values.merge(adapter: database_gem.delete_prefix("activerecord-").delete_suffix("-adapter"))
    end

    private

    def values
      @values ||= parse(File.read(FILE, encoding: "bom|utf-8"))
    rescue Errno::ENOENT
      raise Invalid, "#{FILE} is missing"
    end

    # "[section]", "key = value" taken as it stands, ";" begins a line that is not read.
    def parse(text)
      section = ""
      text.each_line.with_object({}) do |line, found|
        case line.strip
        when "", /\A;/ then next
        when /\A\[(.+)\]\z/ then section = Regexp.last_match(1)
        when /\A([^=]+?)\s*=\s*(.*)\z/ then (found[section] ||= {})[Regexp.last_match(1)] = Regexp.last_match(2)
        else raise Invalid, "#{FILE}: what is #{line.strip.inspect}?"
        end
      end
    end

    # mysql2 when it is installed, else trilogy, which needs no library of the server.
    def mysql_gem
      %w[mysql2 trilogy].find { |name| Gem::Specification.stubs_for(name).any? } || "mysql2"
    end

    # Written aside and linked into place: nobody ever reads half a key, and the first one to arrive wins.
    def store_secret
      aside = "#{SECRET_FILE}.#{Process.pid}"
      File.write(aside, SecureRandom.hex(64), perm: 0o600)
      File.link(aside, SECRET_FILE)
    rescue Errno::EEXIST
      nil
    ensure
      FileUtils.rm_f(aside)
    end
  end
end
