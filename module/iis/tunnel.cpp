// SPDX-License-Identifier: Apache-2.0
#include "module/iis/tunnel.h"

#include <utility>

namespace zoo::module {

Tunnel::Tunnel(const Duplex& duplex, std::shared_ptr<TunnelEvents> events, EventLoop& loop)
    : duplex_(duplex),
      events_(std::move(events)),
      opened_(loop, [this] { on_open(); }),
      read_(loop, [this] { on_read(); }),
      written_(loop, [this] { on_written(); }) {}

// The head counts as the first write: nothing else is begun before it has been sent.
bool Tunnel::start(std::string first) noexcept {
  queue_ = std::move(first);
  duplex_.context->EnableFullDuplex();
  duplex_.response->DisableBuffering();
  DWORD sent = 0;
  BOOL pending = FALSE;
  opening_ = writing_ = true;
  opener_ = writer_ = shared_from_this();
  const HRESULT status = duplex_.response->Flush(TRUE, TRUE, &Tunnel::write_done, this, &sent, &pending);
  if (FAILED(status)) {
    opener_.reset();
    writer_.reset();
    events_.reset();
    return false;
  }
  opened_.wake();
  if (!pending) complete_write(status);
  return true;
}

// ---- On threads of IIS, or where an operation has ended at once ----

REQUEST_NOTIFICATION_STATUS WINAPI Tunnel::read_done(IHttpContext3*, IHttpCompletionInfo2* info, void* tunnel) {
  static_cast<Tunnel*>(tunnel)->complete_read(info->GetCompletionBytes(), info->GetCompletionStatus());
  return RQ_NOTIFICATION_PENDING;
}

REQUEST_NOTIFICATION_STATUS WINAPI Tunnel::write_done(IHttpContext3*, IHttpCompletionInfo2* info, void* tunnel) {
  static_cast<Tunnel*>(tunnel)->complete_write(info->GetCompletionStatus());
  return RQ_NOTIFICATION_PENDING;
}

void Tunnel::complete_read(DWORD bytes, HRESULT status) noexcept {
  read_bytes_ = bytes;
  read_status_ = status;
  read_.wake();
}

void Tunnel::complete_write(HRESULT status) noexcept {
  write_status_ = status;
  written_.wake();
}

// ---- On the thread of the loop ----

void Tunnel::on_open() {
  const std::shared_ptr<Tunnel> self = std::move(opener_);
  opening_ = false;
  if (!closing_) events_->on_tunnel_open();
  settle();
}

void Tunnel::read() {
  // Before the head has been sent there is nothing to be read.
  if (reading_ || closing_ || (writing_ && sending_.empty())) return;
  DWORD bytes = 0;
  BOOL pending = FALSE;
  reading_ = true;
  reader_ = shared_from_this();
  const HRESULT status = duplex_.request->ReadEntityBody(buffer_.data(), static_cast<DWORD>(buffer_.size()), TRUE,
                                                         &Tunnel::read_done, this, &bytes, &pending);
  if (FAILED(status) || !pending) complete_read(bytes, status);
}

void Tunnel::on_read() {
  const std::shared_ptr<Tunnel> self = std::move(reader_);
  reading_ = false;
  if (closing_) {
    settle();
  } else if (FAILED(read_status_) || read_bytes_ == 0) {
    lose();
  } else if (events_->on_tunnel_data({buffer_.data(), read_bytes_})) {
    read();
  }
}

void Tunnel::write(std::string_view data) {
  if (closing_) return;
  queue_.append(data);
  begin_write();
}

void Tunnel::begin_write() {
  if (writing_ || queue_.empty()) return;
  sending_.swap(queue_);
  chunk_ = {};
  chunk_.DataChunkType = HttpDataChunkFromMemory;
  chunk_.FromMemory.pBuffer = sending_.data();
  chunk_.FromMemory.BufferLength = static_cast<ULONG>(sending_.size());
  DWORD sent = 0;
  BOOL pending = FALSE;
  writing_ = true;
  writer_ = shared_from_this();
  const HRESULT status =
      duplex_.response->WriteEntityChunks(&chunk_, 1, TRUE, TRUE, &Tunnel::write_done, this, &sent, &pending);
  if (FAILED(status) || !pending) complete_write(status);
}

void Tunnel::on_written() {
  const std::shared_ptr<Tunnel> self = std::move(writer_);
  const bool was_head = std::exchange(writing_, false) && sending_.empty();
  sending_.clear();
  if (FAILED(write_status_)) {
    lose();
    return;
  }
  if (was_head) read();
  begin_write();
  if (!closing_) events_->on_tunnel_sent();
  settle();
}

void Tunnel::close() {
  closing_ = true;
  settle();
}

void Tunnel::lose() {
  queue_.clear();
  lost_ = true;
  if (!std::exchange(closing_, true)) events_->on_tunnel_lost();
  settle();
}

// A read that waits for a client with nothing to say ends only when it is cancelled; so does a write that waits for a
// client that takes nothing, when what it writes is of no use any more.
void Tunnel::settle() {
  if (!closing_ || events_ == nullptr) return;
  if (!lost_ && (writing_ || !queue_.empty())) return;  // what was written goes out first
  if (!opening_ && !reading_ && !writing_) {
    const std::shared_ptr<TunnelEvents> events = std::move(events_);
    events->on_tunnel_idle();
  } else if ((reading_ || writing_) && !std::exchange(cancelled_, true) && FAILED(duplex_.context->CancelIo())) {
    duplex_.response->ResetConnection();
  }
}

}  // namespace zoo::module
