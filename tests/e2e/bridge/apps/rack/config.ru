# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0

# Counts the bytes of a body in one buffer, so that all that grows is the worker's.
run(lambda do |env|
  count = 0
  buffer = +''
  count += buffer.bytesize while env['rack.input'].read(65_536, buffer)
  [200, { 'content-type' => 'text/plain' }, ["#{count} #{Process.pid}"]]
end)
