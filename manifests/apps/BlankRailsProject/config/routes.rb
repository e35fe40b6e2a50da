# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# Which address goes where: https://guides.rubyonrails.org/routing.html
Rails.application.routes.draw do
  root "hello#index"
  post "/", to: "hello#create", as: :greetings
end
