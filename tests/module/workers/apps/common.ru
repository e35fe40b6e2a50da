# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0
# The application that every worker's protocol tests run, in Ruby.

require 'digest'

TEXT = { 'content-type' => 'text/plain' }.freeze

note = ->(text) { File.open(ENV['COUNT_FILE'], 'a') { |file| file.puts(text) } }
pieces = lambda do |env|
  Enumerator.new do |out|
    while (piece = env['rack.input'].read(65_536))
      out << piece
    end
  end
end
big = lambda do |count|
  block = ((0..255).to_a.pack('C*') * 256).freeze
  Enumerator.new do |out|
    while count.positive?
      out << block.byteslice(0, count)
      count -= block.bytesize
    end
  end
end
words = ->(list, pause) { Enumerator.new { |out| list.each { |word| out << word; sleep(pause) } } }
late = Enumerator.new do |out|
  out << 'begun'
  raise 'late trouble'
end

run(lambda do |env|
  query = env['QUERY_STRING']
  body = ['Hello, World!']
  case env['PATH_INFO']
  when '/die' then raise 'early trouble'
  when '/none' then next [204, {}, []]
  when '/evil' then next [200, TEXT.merge('x-evil' => "a\r\nSet-Cookie: b"), ['x']]
  when '/headers'
    next [201, TEXT.merge('set-cookie' => Rack.release < '3' ? "a=1\nb=2" : %w[a=1 b=2]), ['made']]
  when '/echo' then body = [env['rack.input'].read]
  when '/sha' then body = [pieces.call(env).inject(Digest::SHA1.new) { |digest, piece| digest << piece }.hexdigest]
  when '/count' then note.call(query)
  when '/sleep'
    note.call('begun')
    sleep(query.to_f)
  when '/errors' then env['rack.errors'].puts('a line for the log')
  when '/env'
    body = [env.select { |_, value| value.is_a?(String) }.sort.map { |name, value| "#{name}=#{value}\n".b }.join]
  when '/big' then body = big.call(query.to_i)
  when '/slow' then body = words.call(%w[one two three], 0.15)
  when '/late' then body = late
  when '/through' then body = pieces.call(env)
  when '/hijack' then body = [env['rack.hijack?'].to_s, env.key?('rack.hijack').to_s].join(',').then { |text| [text] }
  when '/partial' then next [200, TEXT.merge('rack.hijack' => ->(io) { io.close }), []]
  when '/stream'
    body = lambda do |stream|
      stream.write('one')
      stream << 'two'
      stream.flush
      stream.close
    end
  end
  [200, TEXT.dup, body]
end)
