# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# What a visitor left on the start page: an example to change or delete.
class Greeting < ApplicationRecord
  KEPT = 50

  validates :name, presence: true, length: { maximum: 40 }
  validates :text, presence: true, length: { maximum: 120 }

  scope :newest, -> { order(created_at: :desc, id: :desc) }

  # Keeps the table small, because anybody may write into it.
  def self.forget_old
    where.not(id: newest.limit(KEPT).pluck(:id)).delete_all
  end
end
