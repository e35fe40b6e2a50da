# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# The start page. Change app/views/hello/index.html.erb, or write another controller.
class HelloController < ApplicationController
  before_action :look_at_database

  def index
    @greeting = Greeting.new(name: session[:name]) if @usable
    render status: @usable ? :ok : :service_unavailable
  end

  def create
    return render(:index, status: :service_unavailable) unless @usable

    @greeting = Greeting.new(params.require(:greeting).permit(:name, :text))
    return render(:index, status: 422) unless @greeting.save

    Greeting.forget_old
    session[:name] = @greeting.name
    redirect_to root_path(anchor: "greet")
  end

  private

  def look_at_database
    @status = Status.new(request)
    @usable = @status.usable?
  end
end
