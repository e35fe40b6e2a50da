# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# Gets the application ready to serve: the web server runs this before it starts the application.
# Safe to run again at any time: it does only what is left to do. A failure ends it with exit code 1.

Dir.chdir(__dir__)
$stdout.sync = true
ENV["RACK_ENV"] = "production" if ENV["RACK_ENV"].to_s.empty?
ENV["RAILS_ENV"] ||= ENV["RACK_ENV"]

def step(text)
  puts "-- #{text}"
end

# Gems may have been updated since the last time: have data/Gemfile.lock written anew. One that you keep is left alone.
def forget_gem_versions
  gemfile = File.join(__dir__, "data", "Gemfile")
  File.delete("#{gemfile}.lock") if File.expand_path(ENV["BUNDLE_GEMFILE"].to_s) == gemfile && File.exist?("#{gemfile}.lock")
end

def database_version
  ActiveRecord::Base.connection_pool.with_connection do |connection|
    connection.select_value("SELECT MAX(version) FROM schema_migrations") if connection.table_exists?("schema_migrations")
  end
end

def deploy
  forget_gem_versions
  require_relative "config/environment"
  step "Ruby #{RUBY_VERSION}, Rails #{Rails.version}, #{Rails.env}"

  step "Bringing the database up to date"
  before = database_version
  Rails.application.load_tasks
  Rake::Task["db:migrate"].invoke
  puts before == database_version ? "The database was up to date." : "The database is at version #{database_version} now."

  step "Ready"
end

begin
  deploy
rescue StandardError, LoadError, SystemExit => e
  raise if ENV["DEPLOY_DEBUG"]

  warn "DEPLOY FAILED: #{e.class}: #{e.message}"
  exit 1
end
