#!/usr/bin/env ruby
# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0

# A FastCGI worker for Rack 2 and Rack 3 applications: one file, the standard library and rack, Ruby 2.7 and later.
#
# The front end gives the worker a listening or a connected stream socket as descriptor 0 (on Windows the server end of
# a named pipe as standard input) and the application's configuration as environment variables: see README.md beside
# this folder. One request at a time; requests that the front end sent ahead wait in this process's input buffer.
#
# Protocol: FastCGI specification 1.0; the sections named in comments are its sections.

require 'socket'
require 'stringio'

module Zoo
  # Record types, roles, flags and statuses: section 8.
  BEGIN_REQUEST = 1
  ABORT_REQUEST = 2
  END_REQUEST = 3
  PARAMS = 4
  STDIN_RECORD = 5
  STDOUT_RECORD = 6
  STDERR_RECORD = 7
  GET_VALUES = 9
  GET_VALUES_RESULT = 10
  UNKNOWN_TYPE = 11
  RESPONDER = 1
  KEEP_CONN = 1
  REQUEST_COMPLETE = 0
  CANT_MPX_CONN = 1
  OVERLOADED = 2
  UNKNOWN_ROLE = 3

  HEADER = 'CCnnCx'
  RECORD_MAX = 65_528          # the largest multiple of eight that a record can carry (section 3.3)
  PARAMS_MAX = 1 << 20         # no server sends this much; more is garbage or an attack
  RECV_SIZE = 65_536
  BODY_RECV_SIZE = 262_144
  CACHED_BLOCKS = 256          # whole parameter blocks kept decoded
  CACHED_BLOCK_MAX = 2048
  HOT_WAIT = 0.05              # seconds a connection may be silent before the others are looked at too
  TURN = 0.1                   # seconds one connection is served while others may wait
  SLOW_CALL = 0.002            # after requests that took longer, look for aborts before the next one: see README.md
  CHECK_EVERY = 0.005          # seconds between two looks for an abort while a long answer is sent
  HOP_BY_HOP = %w[connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer trailers
                  transfer-encoding upgrade].freeze
  GET_VALUES_ANSWERS = { 'FCGI_MAX_CONNS' => '1', 'FCGI_MAX_REQS' => '1', 'FCGI_MPXS_CONNS' => '0' }.freeze
  ABORT_START = "\x01\x02".b.freeze
  MAYBE_ABORT = /\x01\x02..\0\0/mn.freeze     # an abort's header with any id and no content
  REASONS = {
    200 => 'OK', 201 => 'Created', 202 => 'Accepted', 204 => 'No Content', 206 => 'Partial Content',
    301 => 'Moved Permanently', 302 => 'Found', 303 => 'See Other', 304 => 'Not Modified',
    307 => 'Temporary Redirect', 308 => 'Permanent Redirect', 400 => 'Bad Request', 401 => 'Unauthorized',
    403 => 'Forbidden', 404 => 'Not Found', 405 => 'Method Not Allowed', 406 => 'Not Acceptable', 409 => 'Conflict',
    410 => 'Gone', 413 => 'Content Too Large', 415 => 'Unsupported Media Type', 422 => 'Unprocessable Content',
    429 => 'Too Many Requests', 500 => 'Internal Server Error', 501 => 'Not Implemented', 502 => 'Bad Gateway',
    503 => 'Service Unavailable'
  }.freeze

  # The front end closed the connection; whatever ran for it is over.
  class Disconnected < IOError; end

  # The front end took the request back (FCGI_ABORT_REQUEST) while the application read or wrote.
  class Aborted < IOError; end

  # Bytes that are not FastCGI: the connection cannot be trusted any more.
  class ProtocolError < StandardError; end

  # The environment does not name an application that can be loaded.
  class ConfigError < StandardError; end

  # An answer that breaks Rack's rules in a way that must not reach the client.
  class BadAnswer < StandardError; end

  module_function

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # Writes to the process's own stderr, which the front end keeps for its error page.
  def log(text)
    $stderr.write(text.end_with?("\n") ? text : "#{text}\n")
    $stderr.flush
  rescue IOError, SystemCallError
    nil
  end

  def record(kind, rid, content = '')
    [1, kind, rid, content.bytesize, 0].pack(HEADER) << content
  end

  def end_record(rid, protocol_status, app_status)
    [1, END_REQUEST, rid, 8, 0, app_status, protocol_status].pack('CCnnCxNCx3')
  end

  # Calls the block with name and value of each pair (section 3.4).
  def each_pair(block)
    pos = 0
    size = block.bytesize
    while pos < size
      names = block.getbyte(pos)
      values = block.getbyte(pos + 1)
      if values && names < 128 && values < 128
        pos += 2
      else
        names, pos = long_length(block, pos)
        values, pos = long_length(block, pos)
      end
      stop = pos + names + values
      raise ProtocolError, 'a name-value pair is longer than its stream' if stop > size

      yield block.byteslice(pos, names), block.byteslice(pos + names, values)
      pos = stop
    end
  end

  def long_length(block, pos)
    first = block.getbyte(pos) or raise ProtocolError, 'a name-value pair is cut short'
    return [first, pos + 1] if first < 128

    four = block.byteslice(pos, 4)
    raise ProtocolError, 'a name-value pair is cut short' if four.bytesize < 4

    [four.unpack1('N') & 0x7fffffff, pos + 4]
  end

  def encode_pair(name, value)
    [name.bytesize, value.bytesize].pack('CC') << name << value
  end

  # A connected stream socket.
  class SocketTransport
    attr_reader :io

    def initialize(io)
      @io = io
      io.sync = true
      io.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1) if io.local_address.ip?
    end

    # Waits for as long as it takes; nil at the end.
    def recv(size, buffer)
      @io.readpartial(size, buffer)
    rescue EOFError, SystemCallError
      nil
    end

    # What has already arrived: :wait_readable when nothing has, nil at the end.
    def poll_recv(size, buffer)
      @io.read_nonblock(size, buffer, exception: false)
    rescue SystemCallError
      nil
    end

    # Whether input comes within `seconds`.
    def wait(seconds)
      !@io.wait_readable(seconds).nil?
    end

    # One system call for all parts (writev), so that large ones need not be joined.
    def send(*parts)
      @io.write(*parts)
    rescue SystemCallError, IOError => e
      raise Disconnected, e.message
    end

    def close
      @io.close
    end
  end

  # The only place that calls Windows; every method returns Windows' error code first, 0 for success.
  class WindowsPipeApi
    STD_INPUT_HANDLE = -10
    FILE_TYPE_PIPE = 3
    PIPE_SERVER_END = 1

    def initialize
      require 'fiddle'
      require 'fiddle/import'
      @kernel = Fiddle.dlopen('kernel32.dll')
      @functions = {}
    end

    def std_input
      handle = call('GetStdHandle', STD_INPUT_HANDLE)
      call('GetFileType', handle) == FILE_TYPE_PIPE ? handle : nil
    end

    def server_end?(pipe)
      flags = Fiddle::Pointer.malloc(4, Fiddle::RUBY_FREE)
      call('GetNamedPipeInfo', pipe, flags, 0, 0, 0) != 0 && flags[0, 4].unpack1('L') & PIPE_SERVER_END != 0
    end

    def connect(pipe)
      result(call('ConnectNamedPipe', pipe, 0))
    end

    def read(pipe, size)
      buffer = Fiddle::Pointer.malloc(size, Fiddle::RUBY_FREE)
      count = Fiddle::Pointer.malloc(4, Fiddle::RUBY_FREE)
      error = result(call('ReadFile', pipe, buffer, size, count, 0))
      [error, error.zero? || error == PipeTransport::MORE_DATA ? buffer[0, count[0, 4].unpack1('L')] : '']
    end

    def write(pipe, data)
      count = Fiddle::Pointer.malloc(4, Fiddle::RUBY_FREE)
      error = result(call('WriteFile', pipe, Fiddle::Pointer[data], data.bytesize, count, 0))
      [error, error.zero? ? count[0, 4].unpack1('L') : 0]
    end

    def available(pipe)
      count = Fiddle::Pointer.malloc(4, Fiddle::RUBY_FREE)
      error = result(call('PeekNamedPipe', pipe, 0, 0, 0, count, 0))
      [error, error.zero? ? count[0, 4].unpack1('L') : 0]
    end

    def flush(pipe)
      result(call('FlushFileBuffers', pipe))
    end

    def disconnect(pipe)
      result(call('DisconnectNamedPipe', pipe))
    end

    private

    def result(done)
      done.zero? ? Fiddle.win32_last_error : 0
    end

    def call(name, *args)
      function = @functions[name] ||= Fiddle::Function.new(@kernel[name], [Fiddle::TYPE_INTPTR_T] * args.size,
                                                           Fiddle::TYPE_INT)
      function.call(*args.map { |arg| arg.respond_to?(:to_int) ? arg : arg.to_i })
    end
  end

  # The server end of a named pipe, which serves one client after the other (FastCGI's convention on Windows).
  class PipeTransport
    PIPE_CONNECTED = 535
    NO_DATA = 232
    MORE_DATA = 234
    WRITE_MAX = 1 << 20

    def initialize(api, pipe)
      @api = api
      @pipe = pipe
      @server_end = api.server_end?(pipe)
      @used = false
    end

    # Waits for a client; false when there will be none.
    def accept
      unless @server_end                  # a client end is connected already, once
        first = !@used
        @used = true
        return first
      end
      loop do
        error = @api.connect(@pipe)
        return true if [0, PIPE_CONNECTED].include?(error)
        return false if error != NO_DATA  # that one: a client came and left before it was looked at

        @api.disconnect(@pipe)
      end
    end

    def recv(size, _buffer)
      error, data = @api.read(@pipe, size)
      [0, MORE_DATA].include?(error) && !data.empty? ? data : nil
    end

    def poll_recv(size, buffer)
      error, count = @api.available(@pipe)
      return nil unless error.zero?

      count.zero? ? :wait_readable : recv([size, count].min, buffer)
    end

    def wait(_seconds)
      true
    end

    def send(*parts)
      data = parts.join
      pos = 0
      while pos < data.bytesize
        error, count = @api.write(@pipe, data.byteslice(pos, WRITE_MAX))
        raise Disconnected, "the pipe is closed, error #{error}" unless error.zero?

        pos += count
      end
    end

    def close
      return unless @server_end

      @api.flush(@pipe)                   # else a client would lose what it has not read yet
      @api.disconnect(@pipe)
    end
  end

  # The bytes of one connection and the records in them: @data from @pos on is what has not been looked at.
  class Connection
    attr_reader :transport, :data, :rid
    attr_accessor :pos

    def initialize(transport)
      @transport = transport
      @data = String.new(capacity: RECV_SIZE)
      @spare = String.new(capacity: RECV_SIZE)
      @pos = 0
      @out = +''.b
      @rid = @left = @padding = 0
      @aborts = false
    end

    def waiting?
      @pos < @data.bytesize
    end

    def available
      @data.bytesize - @pos
    end

    # Waits for input; raises Disconnected at the end.
    def fill(size = RECV_SIZE)
      flush
      if waiting?
        add(@transport.recv(size, @spare))
      else
        @pos = 0
        @data = @transport.recv(size, @data) or raise Disconnected, 'end of input'
        @aborts = !@rid.zero? || (@data.include?(ABORT_START) && @data.match?(MAYBE_ABORT))
      end
    end

    # Takes in what has arrived, without waiting and without piling up.
    def poll
      return if available >= 2 * RECV_SIZE

      more = @transport.poll_recv(RECV_SIZE, @spare)
      add(more) unless more == :wait_readable
    end

    def add(more)
      raise Disconnected, 'end of input' if more.nil?

      @data = @data.byteslice(@pos, @data.bytesize - @pos) << more
      @pos = 0
      @aborts = !@rid.zero? || (@data.include?(ABORT_START) && @data.match?(MAYBE_ABORT))
    end

    def content(length, padding)
      total = length + padding
      fill while available < total
      start = @pos
      @pos += total
      @data.byteslice(start, length)
    end

    def header
      fill while available < 8
      version, kind, rid, length, padding = @data.byteslice(@pos, 8).unpack(HEADER)
      raise ProtocolError, 'not a FastCGI record of version 1' if version != 1

      @pos += 8
      [kind, rid, length, padding]
    end

    # The next record of request `rid`; answers or skips all others on the way.
    def record_of(rid)
      loop do
        kind, other, length, padding = header
        return [kind, length, padding] if other == rid

        body = content(length, padding)
        if other.zero?
          management(kind, body)
        elsif kind == BEGIN_REQUEST
          finish(other, CANT_MPX_CONN)
        end
      end
    end

    # Waits for a request and its parameters: [id, keep, PARAMS stream], or nil after one that came to nothing.
    def next_request
      kind, rid, length, padding = header
      body = content(length, padding)
      if rid.zero?
        management(kind, body)
      elsif kind == BEGIN_REQUEST
        return begin_request(rid, body)
      end
      nil                                 # a record of a request that is over: section 3.3 says to ignore it
    end

    def begin_request(rid, body)
      raise ProtocolError, "FCGI_BEGIN_REQUEST of #{body.bytesize} bytes" if body.bytesize != 8

      role, flags = body.unpack('nC')
      keep = (flags & KEEP_CONN) != 0
      return parameters(rid, keep) if role == RESPONDER

      finish(rid, UNKNOWN_ROLE)
      flush_and(keep)
      nil
    end

    def parameters(rid, keep)
      block = +''.b
      loop do
        kind, length, padding = record_of(rid)
        piece = content(length, padding)
        if kind == ABORT_REQUEST
          finish(rid)
          flush_and(keep)
          return nil
        end
        raise ProtocolError, "record type #{kind} among the parameters" if kind != PARAMS
        break if length.zero?

        block << piece
        raise ProtocolError, "more than #{PARAMS_MAX} bytes of parameters" if block.bytesize > PARAMS_MAX
      end
      @rid = rid
      @left = @padding = 0
      [rid, keep, block]
    end

    # The next piece of the request's body, nil at its end; pieces may be parts of records.
    def read_stdin
      return nil if @left.zero? && !next_stdin_record

      fill(BODY_RECV_SIZE) unless waiting?
      count = [@left, available].min
      start = @pos
      @pos += count
      @left -= count
      # A copy: a slice would share the input buffer, which would have to be allocated anew for each piece.
      @data.unpack1("@#{start}a#{count}")
    end

    def next_stdin_record
      return false if @rid.zero?

      content(0, @padding) unless @padding.zero?
      @padding = 0
      kind, length, padding = record_of(@rid)
      if kind == STDIN_RECORD && length.positive?
        @left = length
        @padding = padding
        return true
      end
      content(length, padding)
      @rid = 0
      raise Aborted, 'the request was aborted' if kind == ABORT_REQUEST
      raise ProtocolError, "record type #{kind} inside a body" if kind != STDIN_RECORD

      false
    end

    # The request's body if all of it is here already, else nil; moves only in the first case.
    def whole_body
      pos = @pos
      body = +''.b
      while @data.bytesize - pos >= 8
        version, kind, rid, length, padding = @data.byteslice(pos, 8).unpack(HEADER)
        stop = pos + 8 + length + padding
        return nil if version != 1 || kind != STDIN_RECORD || rid != @rid || stop > @data.bytesize

        if length.zero?
          @pos = stop
          @rid = 0
          return body
        end
        body << @data.byteslice(pos + 8, length)
        pos = stop
      end
      nil
    end

    # Reads what the application left of the body.
    def drain
      nil while read_stdin
    rescue Aborted
      nil
    end

    # Whether an abort of `rid` lies in the input, behind other requests or not.
    def aborted?(rid)
      return false unless @aborts

      pos = @pos + @left + @padding
      while @data.bytesize - pos >= 8
        _, kind, other, length, padding = @data.byteslice(pos, 8).unpack(HEADER)
        return kind == ABORT_REQUEST if other == rid && [ABORT_REQUEST, BEGIN_REQUEST].include?(kind)

        pos += 8 + length + padding
      end
      false
    end

    def management(kind, body)
      if kind == GET_VALUES
        answer = +''.b
        Zoo.each_pair(body) do |name, _|
          value = GET_VALUES_ANSWERS[name]
          answer << Zoo.encode_pair(name, value) if value
        end
        @out << Zoo.record(GET_VALUES_RESULT, 0, answer)
      else
        @out << Zoo.record(UNKNOWN_TYPE, 0, [kind].pack('Cx7'))
      end
      flush unless waiting?
    end

    def <<(data)
      @out << data
      self
    end

    def finish(rid, protocol_status = REQUEST_COMPLETE, app_status = 0)
      @out << Zoo.end_record(rid, protocol_status, app_status)
    end

    # After the answer to one request: FCGI_KEEP_CONN says whether another may follow (section 5.1).
    def flush_and(keep)
      flush
      raise Disconnected, 'one request was asked for' unless keep
    end

    # Sends behind what waits.
    def send_now(*parts)
      flush
      @transport.send(*parts)
    end

    def flush
      return if @out.empty?

      data = @out
      @out = +''.b
      @transport.send(data)
    end

    # Tells the front end which requests it sent ahead were not begun, so that it can give them to another worker.
    def refuse_queued
      pos = @pos
      while @data.bytesize - pos >= 8
        _, kind, rid, length, padding = @data.byteslice(pos, 8).unpack(HEADER)
        finish(rid, OVERLOADED) if kind == BEGIN_REQUEST
        pos += 8 + length + padding
      end
      flush
    end
  end

  # rack.input of a body that has not arrived completely: read from the connection as the application asks for it.
  class Input
    def initialize(conn)
      @conn = conn
      @rid = conn.rid
      @buffer = +''.b
      @pos = 0
    end

    def read(length = nil, outbuf = nil)
      result = outbuf ? outbuf.clear.force_encoding(Encoding::BINARY) : +''.b
      while length.nil? || result.bytesize < length
        break if @pos >= @buffer.bytesize && !more

        count = @buffer.bytesize - @pos
        count = [count, length - result.bytesize].min if length
        whole = count == @buffer.bytesize
        result << (whole ? @buffer : @buffer.unpack1("@#{@pos}a#{count}"))
        @pos += count
      end
      return nil if result.empty? && length&.positive?

      result
    end

    def gets(*_)
      line = +''.b
      until line.end_with?("\n")
        break if @pos >= @buffer.bytesize && !more

        stop = @buffer.index("\n", @pos) || (@buffer.bytesize - 1)
        line << @buffer.byteslice(@pos, stop + 1 - @pos)
        @pos = stop + 1
      end
      line.empty? ? nil : line
    end

    def each
      while (line = gets)
        yield line
      end
    end

    def close; end

    # Cuts the stream from the connection at the end of its request, for applications that hold on to it.
    def detach
      @conn = nil
      @buffer = +''.b
      @pos = 0
    end

    private

    def more
      return false if @conn.nil? || @conn.rid != @rid

      piece = @conn.read_stdin or return false
      @buffer.clear # gives its memory back now; the collector would come after many megabytes
      @buffer = piece
      @pos = 0
      true
    end
  end

  # rack.errors: FCGI_STDERR of the request that runs, the process's stderr outside of one.
  class Errors
    attr_accessor :conn, :rid

    def write(text)
      text = text.to_s
      if @conn
        bytes = text.b
        0.step(bytes.bytesize - 1, RECORD_MAX) do |at|
          @conn << Zoo.record(STDERR_RECORD, @rid, bytes.byteslice(at, RECORD_MAX))
        end
      else
        Zoo.log(text)
      end
      text.bytesize
    end

    def puts(*lines)
      lines = [''] if lines.empty?
      lines.flatten.each { |line| write(line.to_s.end_with?("\n") ? line : "#{line}\n") }
      nil
    end

    def <<(text)
      write(text)
      self
    end

    def flush
      @conn&.flush
      self
    end

    def sync
      true
    end
  end

  # Turns a PARAMS stream into a Rack environment. A block seen twice is kept decoded.
  class EnvDecoder
    def initialize(base)
      @base = base
      @blocks = {}
      @seen = {}
      @names = {}
    end

    def decode(block)
      known = @blocks[block]
      return known.dup if known

      env = decode_new(block)
      remember(block, env) if block.bytesize <= CACHED_BLOCK_MAX
      env
    end

    private

    def decode_new(block)
      env = @base.dup
      names = @names
      names.clear if names.size > 512
      Zoo.each_pair(block) { |name, value| env[names[name] ||= -name] = value }
      complete(env)
      env
    end

    def remember(block, env)
      unless @seen[block]
        @seen.clear if @seen.size >= 2 * CACHED_BLOCKS
        @seen[block] = true
        return
      end
      @blocks.clear if @blocks.size >= CACHED_BLOCKS
      # Frozen, so that an application that changes a value in place fails here and not in another request.
      env.each_value { |value| value.freeze if value.is_a?(String) }
      @blocks[block] = env.dup
    end

    # What Rack wants and a server's variables do not say.
    def complete(env)
      env.delete('HTTP_PROXY')            # CVE-2016-5385: it would become a library's proxy setting
      env.delete('HTTP_CONTENT_TYPE')
      env.delete('HTTP_CONTENT_LENGTH')
      env.delete('CONTENT_LENGTH') if env['CONTENT_LENGTH'] == ''
      env.delete('CONTENT_TYPE') if env['CONTENT_TYPE'] == ''
      script = env['SCRIPT_NAME'] = env['SCRIPT_NAME'].sub(%r{/+\z}, '')
      path, query = (env['REQUEST_URI'] || '').split('?', 2)
      env['QUERY_STRING'] ||= query || ''
      env['PATH_INFO'] ||= path_below(path || '', script)
      env['PATH_INFO'] = '/' if env['PATH_INFO'].empty? && script.empty?
      env['SERVER_PROTOCOL'] ||= 'HTTP/1.0'
      env['HTTP_VERSION'] ||= env['SERVER_PROTOCOL'] unless Zoo.rack3?
      env['rack.url_scheme'] = 'https' if %w[on 1 true yes].include?(env['HTTPS'].to_s.downcase)
    end

    def path_below(raw, script)
      path = raw.gsub(/%([0-9A-Fa-f]{2})/) { Regexp.last_match(1).hex.chr }
      !script.empty? && (path == script || path.start_with?("#{script}/")) ? path[script.size..-1] : path
    end
  end

  # Runs the application for one request and sends its answer; one object serves all requests in turn.
  class Exchange
    attr_reader :errors

    def initialize(app, debug)
      @app = app
      @debug = debug
      @errors = Errors.new
      @lines = {}                         # header lines checked and encoded, by name and value
      @lengths = {}                       # those of Content-Length, in whatever case the application writes it
      @statuses = {}
      @tails = {}
    end

    # Answers one request completely; raises Disconnected when the connection cannot be used afterwards.
    def run(conn, rid, env)
      @conn = @errors.conn = conn
      @rid = @errors.rid = rid
      @head_sent = @ended = @bodiless = false
      @head_request = env['REQUEST_METHOD'] == 'HEAD'
      @input = env['rack.input']
      call(env)
    rescue Disconnected, ProtocolError
      raise
    rescue Aborted
      end_with(0)
    rescue SystemExit, SignalException, NoMemoryError => e
      failed(e)
      raise
    rescue Exception => e # rubocop:disable Lint/RescueException -- LoadError and the like are the application's too
      failed(e)
    ensure
      @errors.conn = nil
    end

    # Sends one block; the stream of Rack 3 and #each both end here.
    def emit(chunk)
      return if @ended || @bodiless

      chunk = chunk.b unless chunk.encoding == Encoding::BINARY
      return if chunk.empty?

      if @declared && chunk.bytesize > @declared - @sent
        Zoo.log('zoorack: the body is longer than its Content-Length; the rest is dropped')
        chunk = chunk.byteslice(0, @declared - @sent)
      end
      head = @head
      @head = nil
      send_block(head, chunk)
    end

    def flush_head
      send_block(@head, ''.b) if @head
      @head = nil
    end

    private

    def call(env)
      status, headers, body = @app.call(env)
      begin
        send_answer(status.to_i, headers, body)
      ensure
        body.close if body.respond_to?(:close)
      end
    end

    def send_answer(status, headers, body)
      raise BadAnswer, "the status is #{status.inspect}" if status < 100
      raise BadAnswer, 'full and partial hijacking are not offered over FastCGI' if headers.key?('rack.hijack')

      @bodiless = @head_request || status == 204 || status == 304 || status < 200
      @head = head_of(status, headers)
      @next_check = Zoo.now + CHECK_EVERY
      array = body.to_ary if body.respond_to?(:to_ary)      # nil from some of Rails' bodies
      if array
        send_array(array)
      elsif body.respond_to?(:each)
        send_each(body)
      else
        stream(body)
      end
      finish
    end

    # A body that is all there: its length is known, and small ones are worth one record.
    def send_array(chunks)
      total = chunks.sum(&:bytesize)
      @head << "Content-Length: #{total}\r\n" unless @declared || @bodiless
      return if @bodiless

      if total <= RECORD_MAX - 4096 && (@declared.nil? || @declared == total)
        send_small(chunks)
      else
        chunks.each { |chunk| emit(chunk) }
      end
    end

    # The usual answer: head, body and the request's end in one write.
    def send_small(chunks)
      content = @head << "\r\n"
      chunks.each { |chunk| content << (chunk.encoding == Encoding::BINARY ? chunk : chunk.b) }
      return send_long(content) if content.bytesize > RECORD_MAX

      @head = nil
      @head_sent = @ended = true
      @conn.send_now([1, STDOUT_RECORD, @rid, content.bytesize, 0].pack(HEADER) << content << tail)
    end

    def send_long(content)
      @head = nil
      @head_sent = true
      put(content)
    end

    # A body of one block with its length announced, such as Rails sends, ends in the same write as it begins.
    def send_each(body)
      return emit_head_only(body) if @bodiless

      body.each { |chunk| emit(chunk) }
    end

    def emit_head_only(body)
      # Rack::Lint and others count on each being called; the first block is enough to know that none is wanted.
      body.each { break }
    end

    def stream(body)
      raise BadAnswer, 'the body answers neither to each nor to call' unless body.respond_to?(:call)

      out = StreamOut.new(self, @input)
      body.call(out)
      out.close
    end

    def send_block(head, chunk)
      @head_sent = true
      content = head ? (head << "\r\n" << chunk) : chunk
      @sent += chunk.bytesize
      put(content)
      if @declared && @sent >= @declared
        @ended = true
        @errors.conn = nil                # nothing may follow END_REQUEST
        @conn << tail
        @conn.flush
      else
        @conn.flush
        look_for_abort
      end
    end

    def put(content)
      at = 0
      while at < content.bytesize
        piece = content.bytesize <= RECORD_MAX ? content : content.byteslice(at, RECORD_MAX)
        at += RECORD_MAX
        @conn.send_now([1, STDOUT_RECORD, @rid, piece.bytesize, 0].pack(HEADER), piece)
      end
    end

    def look_for_abort
      time = Zoo.now
      return if time < @next_check

      @next_check = time + CHECK_EVERY
      @conn.poll
      raise Aborted, 'the request was aborted' if @conn.aborted?(@rid)
    end

    def finish
      return if @ended

      if @head
        head = @head << "\r\n"
        @head = nil
        @head_sent = true
        @conn << Zoo.record(STDOUT_RECORD, @rid, head)
      end
      if @declared && !@bodiless && @sent < @declared
        Zoo.log("zoorack: the body is shorter than its Content-Length by #{@declared - @sent} bytes")
        return end_with(1)
      end
      @ended = true
      @conn << tail
      @conn.flush
    end

    def end_with(app_status)
      return if @ended

      @ended = true
      @conn.finish(@rid, REQUEST_COMPLETE, app_status)
      @conn.flush
    end

    def tail
      @tails.clear if @tails.size > 4096
      @tails[@rid] ||= [1, STDOUT_RECORD, @rid, 0, 0, 1, END_REQUEST, @rid, 8, 0, 0, REQUEST_COMPLETE]
                       .pack('CCnnCxCCnnCxNCx3').freeze
    end

    # The application raised: its trace to the request's error stream, a 500 to the client where that is possible.
    def failed(error)
      text = error.full_message(highlight: false, order: :top)
      return Zoo.log(text) if @ended

      @errors.write(text.end_with?("\n") ? text : "#{text}\n")
      return end_with(1) if @head_sent

      body = (@debug ? text : "Internal Server Error\n").b
      @bodiless = @head_request
      @declared = nil
      head = "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n" \
             "Content-Length: #{body.bytesize}\r\n\r\n".b
      @conn << Zoo.record(STDOUT_RECORD, @rid, @bodiless ? head : head << body.byteslice(0, 60_000))
      @ended = true
      @conn << tail
      @conn.flush
    end

    def head_of(status, headers)
      @declared = nil
      @sent = 0
      head = (@statuses[status] ||= "Status: #{status} #{REASONS[status] || 'Unknown'}\r\n".b).dup
      headers.each do |name, value|
        if value.is_a?(String)
          # The fast way for the few lines that a site uses; the slow one checks.
          line = (lines = @lines[name]) && lines[value]
          line ? head << line : append_lines(head, name, value)
          @declared = value.to_i if lines.equal?(@lengths)
        else
          append_lines(head, name, value)
        end
      end
      head
    end

    # Rack 2 joins several values with line feeds, Rack 3 has them in an array.
    def append_lines(head, name, value)
      return if name.start_with?('rack.')

      values = value.is_a?(Array) ? value : value.to_s.split("\n", -1)
      values = [''] if values.empty?
      values.each { |one| head << line_of(name, one.to_s) }
    end

    def line_of(name, value)
      line = encode_line(name, value)
      length = line.start_with?('Content-Length: ')
      @declared = value.to_i if length
      keep_line(name, value, line, length) if line.bytesize < 128
      line
    end

    def keep_line(name, value, line, length)
      lines = @lines[name]
      if lines.nil?
        @lines.clear if @lines.size > 256
        lines = @lines[name.dup.freeze] = length ? @lengths : {}
      end
      lines.clear if lines.size > 256
      lines[value.dup.freeze] = line.freeze
    end

    def encode_line(name, value)
      lower = name.downcase
      raise BadAnswer, "not a header name: #{name.inspect}" if !name.match?(/\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\z/) || lower == 'status'
      raise BadAnswer, "hop-by-hop header #{name.inspect} belongs to the server" if HOP_BY_HOP.include?(lower)
      raise BadAnswer, "control character in the value of header #{name.inspect}" if value.b.match?(/[\x00-\x08\x0a-\x1f\x7f]/n)

      if lower == 'content-length'
        raise BadAnswer, "not a Content-Length: #{value.inspect}" unless value.match?(/\A\d+\z/)

        name = 'Content-Length'
      end
      "#{name}: #{value}\r\n".b
    end
  end

  # The stream that a Rack 3 body's #call gets: written pieces are sent at once, reads come from the request's body.
  class StreamOut
    def initialize(exchange, input)
      @exchange = exchange
      @input = input
      @closed = false
    end

    def write(*chunks)
      raise IOError, 'closed stream' if @closed

      chunks.sum do |chunk|
        chunk = chunk.to_s
        @exchange.emit(chunk)
        chunk.bytesize
      end
    end

    def <<(chunk)
      write(chunk)
      self
    end

    def read(*args)
      @input&.read(*args)
    end

    def flush
      @exchange.flush_head
      self
    end

    def close_read; end

    def close_write
      close
    end

    def close(_error = nil)
      @closed = true
      nil
    end

    def closed?
      @closed
    end
  end

  # Reads requests from connections and has them answered, one at a time and in order.
  class Worker
    attr_accessor :stopping

    def initialize(app, debug: false)
      @exchange = Exchange.new(app, debug)
      @decoder = EnvDecoder.new(Zoo.base_env(@exchange.errors))
      @openings = {}
      @stopping = false
      @before = @last = 0.0
    end

    # Runs what arrives; true when the connection only fell silent or its turn is over, false when it is over itself.
    def serve(conn, limit = nil)
      loop do
        run_ready(conn) if conn.waiting?
        if @stopping
          conn.poll
          conn.refuse_queued
          return false
        end
        if conn.waiting?
          run_next(conn)
        else
          conn.flush
          return true if limit && (Zoo.now > limit || !conn.transport.wait(HOT_WAIT))

          conn.fill
        end
      end
    rescue ProtocolError => e
      Zoo.log("zoorack: connection closed: #{e.message}")
      false
    rescue IOError, SystemCallError
      false
    end

    private

    # The usual case, fast: requests without a body that lie in the input completely, one after the other.
    def run_ready(conn)
      until @stopping
        data = conn.data
        pos = conn.pos
        size = data.bytesize
        return if size - pos < 40

        rid, keep, tail = @openings[data.byteslice(pos, 20)] || opening(data, pos)
        return if rid.nil?

        length = (data.getbyte(pos + 20) << 8) | data.getbyte(pos + 21)
        after = pos + 24 + length + data.getbyte(pos + 22)
        return if data.byteslice(after, 16) != tail

        conn.pos = after + 16
        answer(conn, rid, data.byteslice(pos + 24, length), nil)
        conn.flush_and(keep)
        between(conn)
      end
    end

    # Recognizes BEGIN_REQUEST followed by PARAMS of one id, and keeps it for the next time.
    def opening(data, pos)
      version, kind, rid, length, padding, role, flags, version2, kind2, rid2 =
        data.byteslice(pos, 20).unpack('CCnnCxnCx5CCn')
      return nil if [version, kind, length, padding, role] != [1, BEGIN_REQUEST, 8, 0, RESPONDER] || rid.zero? ||
                    [version2, kind2, rid2] != [1, PARAMS, rid]

      tail = Zoo.record(PARAMS, rid) << Zoo.record(STDIN_RECORD, rid)
      @openings.clear if @openings.size >= 4096
      @openings[data.byteslice(pos, 20).freeze] = [rid, (flags & KEEP_CONN) != 0, tail.freeze].freeze
    end

    # After requests that took long, what was taken back meanwhile must not be begun.
    def between(conn)
      time = Zoo.now
      conn.poll if time - @last > SLOW_CALL && conn.waiting?
      @last = @before
      @before = time
    end

    # Every other request: with a body, in several pieces, with records between that are not its own.
    def run_next(conn)
      rid, keep, block = conn.next_request
      return if rid.nil?

      body = conn.whole_body
      answer(conn, rid, block, body || Input.new(conn))
      conn.drain
      conn.flush_and(keep)
      @before = @last = 0.0               # time has passed: look for aborts before the next one
      conn.poll
    end

    def answer(conn, rid, block, body)
      return conn.finish(rid) if !body.is_a?(Input) && conn.aborted?(rid)

      env = @decoder.decode(block)
      env['rack.input'] = Zoo.input_of(body)
      @exchange.run(conn, rid, env)
    ensure
      body.detach if body.is_a?(Input)
    end
  end

  # Waits on the listener and the connections; gives each one that has input to the worker.
  class Server
    def initialize(worker, listener = nil)
      @worker = worker
      @listener = listener
      @conns = {}
      @wake, @waker = IO.pipe
    end

    def catch_signals
      %w[TERM INT].each do |name|
        Signal.trap(name) do
          @worker.stopping = true
          @waker.write_nonblock('x', exception: false)
        end
      end
    end

    def add(io)
      @conns[io] = Connection.new(SocketTransport.new(io))
    end

    # Until a signal says to stop or nothing can come any more.
    def run
      until @worker.stopping || (@listener.nil? && @conns.empty?)
        ready, = IO.select([@wake, @listener, *@conns.keys].compact)
        ready.each { |io| handle(io) unless @worker.stopping || io == @wake }
      end
      @conns.each_value { |conn| refuse(conn) }
    end

    private

    def handle(io)
      return accept if io == @listener
      return if @worker.serve(@conns[io], Zoo.now + TURN)

      @conns.delete(io)&.transport&.close
    end

    def accept
      add(@listener.accept_nonblock)
    rescue IO::WaitReadable, SystemCallError
      nil                                 # another worker of the same listener was quicker
    end

    def refuse(conn)
      conn.poll
      conn.refuse_queued
    rescue IOError, SystemCallError
      nil
    ensure
      conn.transport.close
    end
  end

  module_function

  def rack3?
    @rack3 = Gem::Version.new(Rack.release) >= Gem::Version.new('3') if @rack3.nil?
    @rack3
  end

  def base_env(errors)
    env = { 'REQUEST_METHOD' => 'GET', 'SCRIPT_NAME' => '', 'SERVER_NAME' => 'localhost', 'SERVER_PORT' => '80',
            'rack.url_scheme' => 'http', 'rack.errors' => errors, 'rack.multithread' => false,
            'rack.multiprocess' => true, 'rack.run_once' => false, 'rack.hijack?' => false }
    env['rack.version'] = [1, 6] unless rack3?
    env.transform_values { |value| value.is_a?(String) ? value.freeze : value }
  end

  # Rack 2 promises that the input can be rewound; Rack 3 does not, so that bodies need no second copy.
  def input_of(body)
    return StringIO.new(body || String.new(encoding: Encoding::BINARY)).binmode unless body.is_a?(Input)
    return body if rack3?

    require 'rack/rewindable_input'
    Rack::RewindableInput.new(body)
  end

  # Working directory, Bundler and RACK_ENV, in the order that a Gemfile needs.
  def prepare(env)
    base = env['APPL_PHYSICAL_PATH'].to_s
    raise ConfigError, "APPL_PHYSICAL_PATH is #{base.inspect}, which is not a folder" unless base.empty? || File.directory?(base)

    Dir.chdir(base) if !base.empty? && env['CURRENT_DIRECTORY'].to_s.empty?
    base = Dir.pwd if base.empty?
    env['RACK_ENV'] = 'production' if env['RACK_ENV'].to_s.empty?
    env['RAILS_ENV'] = env['RACK_ENV'] if env['RAILS_ENV'].to_s.empty?
    $LOAD_PATH.unshift(base) unless $LOAD_PATH.include?(base)
    gemfile = File.join(base, 'Gemfile')
    if File.exist?(gemfile)
      env['BUNDLE_GEMFILE'] ||= gemfile
      require 'bundler/setup'
    end
    require 'rack'
    require 'rack/builder'
    base
  end

  # The application of config.ru, or of the file that APP_WORKER or the first argument names.
  def load_application(env, argument)
    base = prepare(env)
    name = [argument, env['APP_WORKER'], 'config.ru'].find { |candidate| candidate && !candidate.empty? }
    file = File.expand_path(name, base)
    unless File.file?(file)
      raise ConfigError, "there is no #{file}; APPL_PHYSICAL_PATH says where the application is, APP_WORKER in " \
                         'web.config names a rack-up file other than config.ru'
    end
    app, = file.end_with?('.ru') ? Rack::Builder.parse_file(file) : Rack::Builder.new_from_string(File.read(file), file)
    mount(app)
  end

  # RAILS_RELATIVE_URL_ROOT: the server may leave SCRIPT_NAME empty and keep the whole path in PATH_INFO.
  def mount(app)
    root = "/#{ENV['RAILS_RELATIVE_URL_ROOT'].to_s.gsub(%r{\A/+|/+\z}, '')}"
    return app if root == '/'

    lambda do |env|
      path = env['PATH_INFO']
      if env['SCRIPT_NAME'].empty? && (path == root || path.start_with?("#{root}/"))
        env['SCRIPT_NAME'] = root
        env['PATH_INFO'] = path[root.size..-1]
      end
      app.call(env)
    end
  end

  # Moves descriptor 0 out of the application's (and its children's) reach; nil when it is not a socket.
  def take_descriptor_zero
    return nil unless IO.for_fd(0, autoclose: false).stat.socket?

    zero = Socket.for_fd(0)
    zero.autoclose = false
    io = zero.dup
    $stdin.reopen(File::NULL)
    io
  rescue Errno::EBADF
    nil
  end

  def listening?(io)
    io.getsockopt(Socket::SOL_SOCKET, Socket::SO_ACCEPTCONN).int != 0
  end

  # The listener of an engine with transport tcp, which tells the worker HOST and PORT; nil without them.
  def listen_on_port(env)
    return nil unless env['PORT'].to_s.match?(/\A\d+\z/)

    host = env['HOST'].to_s
    TCPServer.new(host.empty? ? '127.0.0.1' : host, env['PORT'].to_i)
  end

  def serve_sockets(worker, io)
    listening = io.is_a?(TCPServer) || listening?(io)
    server = Server.new(worker, listening ? (io.is_a?(TCPServer) ? io : Listener.new(io)) : nil)
    server.catch_signals
    server.add(io) unless listening
    server.run
  end

  # Socket#accept_nonblock also returns the address; a TCPServer's does not.
  class Listener
    def initialize(socket)
      @socket = socket
    end

    def to_io
      @socket
    end

    def accept_nonblock
      @socket.accept_nonblock.first
    end
  end

  def serve_pipe(worker, api, pipe)
    transport = PipeTransport.new(api, pipe)
    while !worker.stopping && transport.accept
      conn = Connection.new(transport)
      nil while worker.serve(conn)
      transport.close
    end
  end

  def enabled?(name)
    !['', '0', 'no', 'off', 'false'].include?(ENV[name].to_s.downcase)
  end

  def main
    windows = /mswin|mingw/.match?(RUBY_PLATFORM)
    api = WindowsPipeApi.new if windows
    pipe = api.std_input if windows
    io = take_descriptor_zero unless windows
    app = load_application(ENV, ARGV[0])
    io ||= listen_on_port(ENV) unless pipe
    raise ConfigError, 'standard input is no socket and no pipe, and PORT is not set: this program is started by a server' unless io || pipe

    RubyVM::YJIT.enable if defined?(RubyVM::YJIT) && RubyVM::YJIT.respond_to?(:enable) # Ruby 3.3 and later
    GC.start
    GC.compact if GC.respond_to?(:compact) && !windows
    worker = Worker.new(app, debug: enabled?('ZOOFCGI_DEBUG'))
    pipe ? serve_pipe(worker, api, pipe) : serve_sockets(worker, io)
    0
  rescue ConfigError => e
    Zoo.log("zoorack: #{e.message}")
    2
  end
end

exit(Zoo.main) if $PROGRAM_NAME == __FILE__
