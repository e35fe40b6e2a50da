# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0
# Rails in one file.

require 'action_controller/railtie'

class Site < Rails::Application
  config.root = __dir__
  config.eager_load = true
  config.consider_all_requests_local = false
  config.secret_key_base = 'x' * 64
  config.logger = Logger.new($stderr, level: Logger::FATAL)
  config.hosts.clear
  routes.append do
    get '/', to: 'pages#index'
    get '/hello', to: 'pages#hello', as: :hello
    post '/upload', to: 'pages#upload'
    get '/live', to: 'pages#live'
    get '/file', to: 'pages#file'
    get '/count', to: 'pages#count'
    get '/fail', to: 'pages#failure'
  end
end

Site.initialize!

class PagesController < ActionController::Base
  def index
    render inline: '<p>Hello <%= params[:name] %> at <%= hello_path %></p>'
  end

  def hello
    render plain: request.original_url
  end

  def upload
    file = params[:file]
    render plain: "#{file.original_filename} #{file.size} #{Digest::SHA1.hexdigest(file.read)} #{params[:text]}"
  end

  def live
    self.response_body = Enumerator.new { |out| %w[one two three].each { |word| out << word } }
  end

  def file
    send_file __FILE__
  end

  def count
    session[:count] = session[:count].to_i + 1
    render plain: session[:count].to_s
  end

  def failure
    raise 'rails trouble'
  end
end

run Site
