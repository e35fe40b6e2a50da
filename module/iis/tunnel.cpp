// SPDX-License-Identifier: Apache-2.0
#include "module/iis/tunnel.h"

#include <utility>

namespace zoo::module {

Tunnel::Tunnel(const Duplex& duplex, std::shared_ptr<TunnelEvents> events, Post post)
    : duplex_(duplex), events_(std::move(events)), post_(std::move(post)) {}

// The head counts as the first write: nothing else is begun before it has been sent.
bool Tunnel::start(std::string first) {
  queue_ = std::move(first);
  duplex_.context->EnableFullDuplex();
  duplex_.response->DisableBuffering();
  DWORD sent = 0;
  BOOL pending = FALSE;
  writing_ = true;
  writer_ = shared_from_this();
  const HRESULT status = duplex_.response->Flush(TRUE, TRUE, &Tunnel::write_done, this, &sent, &pending);
  if (FAILED(status)) {
    writer_.reset();
    events_.reset();
    return false;
  }
  if (!pending) post_write(status);
  return true;
}

// ---- On threads of IIS ----

// What cannot be queued for the loop (no memory) ends the connection; the request then ends with it at the latest when
// IIS stops.
REQUEST_NOTIFICATION_STATUS WINAPI Tunnel::read_done(IHttpContext3* context, IHttpCompletionInfo2* info, void* tunnel) {
  try {
    static_cast<Tunnel*>(tunnel)->post_read(info->GetCompletionBytes(), info->GetCompletionStatus());
  } catch (...) {
    context->GetResponse()->ResetConnection();
  }
  return RQ_NOTIFICATION_PENDING;
}

REQUEST_NOTIFICATION_STATUS WINAPI Tunnel::write_done(IHttpContext3* context, IHttpCompletionInfo2* info,
                                                      void* tunnel) {
  try {
    static_cast<Tunnel*>(tunnel)->post_write(info->GetCompletionStatus());
  } catch (...) {
    context->GetResponse()->ResetConnection();
  }
  return RQ_NOTIFICATION_PENDING;
}

void Tunnel::post_read(DWORD bytes, HRESULT status) {
  post_([self = reader_, bytes, status] { self->on_read(bytes, status); });
}

void Tunnel::post_write(HRESULT status) {
  post_([self = writer_, status] { self->on_written(status); });
}

// ---- On the thread of the loop ----

void Tunnel::read() {
  // Before the head has been sent there is nothing to be read.
  if (reading_ || closing_ || (writing_ && sending_.empty())) return;
  DWORD bytes = 0;
  BOOL pending = FALSE;
  reading_ = true;
  reader_ = shared_from_this();
  const HRESULT status = duplex_.request->ReadEntityBody(buffer_.data(), static_cast<DWORD>(buffer_.size()), TRUE,
                                                         &Tunnel::read_done, this, &bytes, &pending);
  if (FAILED(status) || !pending) post_read(bytes, status);
}

void Tunnel::on_read(DWORD bytes, HRESULT status) {
  reading_ = false;
  reader_.reset();
  if (closing_) {
    settle();
  } else if (FAILED(status) || bytes == 0) {
    lose();
  } else if (events_->on_tunnel_data({buffer_.data(), bytes})) {
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
  if (FAILED(status) || !pending) post_write(status);
}

void Tunnel::on_written(HRESULT status) {
  const bool was_head = std::exchange(writing_, false) && sending_.empty();
  writer_.reset();
  sending_.clear();
  if (FAILED(status)) {
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
  if (!reading_ && !writing_) {
    const std::shared_ptr<TunnelEvents> events = std::move(events_);
    events->on_tunnel_idle();
  } else if (!std::exchange(cancelled_, true) && FAILED(duplex_.context->CancelIo())) {
    duplex_.response->ResetConnection();
  }
}

}  // namespace zoo::module
