# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

class CreateGreetings < ActiveRecord::Migration[6.1]
  def change
    create_table :greetings do |table|
      table.string :name, null: false, limit: 40
      table.string :text, null: false, limit: 120
      table.timestamps
    end
  end
end
