# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0
# Rack applications for the tests of zoorack.rb alone.

require 'rack/lint'
require 'uri'

CLOSED = [] # rubocop:disable Style/MutableConstant

class Body
  def each
    yield 'a'
    yield ''
    yield 'b'
  end

  def close
    CLOSED << 'closed'
  end
end

plain = { 'content-type' => 'text/plain' }
lint = Rack::Lint.new(lambda do |env|
  input = env['rack.input']
  parts = [input.gets, input.read(3), input.read]
  [200, plain.dup, [parts.map(&:to_s).join('|')]]
end)

run(lambda do |env|
  case env['PATH_INFO']
  when '/lint' then lint.call(env)
  when '/rewind'
    first = env['rack.input'].read
    env['rack.input'].rewind
    [200, plain.dup, [(first == env['rack.input'].read).to_s, first.bytesize.to_s]]
  when '/body' then [200, plain.dup, Body.new]
  when '/closed' then [200, plain.dup, [CLOSED.join(',').tap { CLOSED.clear }]]
  when '/hijack' then [200, plain.dup, [env['rack.hijack?'].inspect, env.key?('rack.hijack').inspect]]
  when '/partial' then [200, plain.merge('rack.hijack' => ->(io) { io.close }), []]
  when '/stream'
    [200, plain.dup, lambda do |stream|
      stream.write('got ')
      stream << stream.read.to_s.upcase
      stream.flush
      stream.close
    end]
  when '/arrays' then [200, plain.merge('x-list' => %w[one two]), ['x']]
  when '/lines' then [200, plain.merge('x-list' => "one\ntwo"), ['x']]
  when '/endless' then [200, plain.merge('content-length' => '5'), Enumerator.new { |out| 9.times { out << 'abc' } }]
  when '/short' then [200, plain.merge('content-length' => '10'), ['123']]
  when '/hop' then [200, plain.merge('connection' => 'close'), ['x']]
  when '/change'
    env['PATH_INFO'] = +'changed'
    env.delete('HTTP_HOST')
    [200, plain.dup, ['x']]
  when '/exit' then exit(4)
  when '/where' then [200, plain.dup, [Dir.pwd, ' ', ENV['RACK_ENV'], ' ', $stdin.read.inspect]]
  else [200, plain.dup, [env.values_at('SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING', 'rack.url_scheme').join('|')]]
  end
end)
