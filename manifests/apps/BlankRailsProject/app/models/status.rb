# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# What the start page tells about the machine it runs on.
class Status
  NAMES = { "sqlite" => "SQLite", "mysql2" => "MySQL", "trilogy" => "MySQL", "sqlserver" => "SQL Server" }.freeze

  def initialize(request)
    @request = request
    @state = look
  end

  # Whether the database answers and is up to date.
  def usable?
    @usable
  end

  # [label, value, remark] of everything the page shows.
  def facts
    debug = Rails.application.config.consider_all_requests_local ? "debug is on" : "debug is off"
    [["Framework", "Rails #{Rails.version}", "#{Rails.env}, #{debug}"],
     ["Language", "Ruby #{RUBY_VERSION}", "#{RUBY_ENGINE}, #{RUBY_PLATFORM}"],
     ["Engine", ENV.fetch("ZOO_ENGINE", "none"), @request.env["SERVER_SOFTWARE"].presence || "unknown server"],
     ["Database", @usable ? database_name : "Not ready", @state]]
  end

  private

  def look
    waiting = migrations.count { |migration| !applied.include?(migration.version) }
    @usable = waiting.zero?
    @usable ? "connected, up to date" : "#{waiting} migrations wait: run deploy.rb"
  rescue ActiveRecord::ActiveRecordError => e
    @usable = false
    Rails.application.config.consider_all_requests_local ? e.message : "It does not answer: see settings.ini"
  end

  def migrations
    ActiveRecord::MigrationContext.new(ActiveRecord::Migrator.migrations_paths, *schema_migration).migrations
  end

  # Rails 7.1 and later find it themselves.
  def schema_migration
    Rails.gem_version < Gem::Version.new("7.1") ? [ActiveRecord::SchemaMigration] : []
  end

  def applied
    @applied ||= with_connection { |connection| connection.select_values("SELECT version FROM schema_migrations").map(&:to_i) }
  end

  def database_name
    with_connection do |connection|
      name = connection.try(:mariadb?) ? "MariaDB" : NAMES.fetch(connection.adapter_name.downcase, connection.adapter_name)
      "#{name} #{connection.database_version}"
    end
  end

  def with_connection(&block)
    ActiveRecord::Base.connection_pool.with_connection(&block)
  end
end
