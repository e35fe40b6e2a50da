// SPDX-License-Identifier: Apache-2.0
#include "module/core/flush_queue.h"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace zoo::module {
namespace {

class Note final : public Flushable {
 public:
  Note(FlushQueue& queue, std::string& told, char name) : queue_(queue), told_(told), name_(name) {}

  void flush() override {
    told_ += name_;
    if (then) then();
  }
  void later() { flush_later(queue_); }

  std::function<void()> then;

 private:
  FlushQueue& queue_;
  std::string& told_;
  char name_;
};

TEST_CASE("what waits is flushed once, in order", "[flush_queue]") {
  FlushQueue queue;
  std::string told;
  Note a(queue, told, 'a');
  Note b(queue, told, 'b');
  b.later();
  a.later();
  b.later();
  queue.flush_all();
  CHECK(told == "ba");
  queue.flush_all();
  CHECK(told == "ba");
  a.later();
  queue.flush_all();
  CHECK(told == "baa");
}

TEST_CASE("a flush may make others wait, itself too, or destroy them", "[flush_queue]") {
  FlushQueue queue;
  std::string told;
  Note a(queue, told, 'a');
  auto b = std::make_unique<Note>(queue, told, 'b');
  auto c = std::make_unique<Note>(queue, told, 'c');
  a.then = [&] {
    a.then = nullptr;
    a.later();
    c.reset();
  };
  a.later();
  b->later();
  c->later();
  b->then = [&] { b.reset(); };
  queue.flush_all();
  CHECK(told == "aba");
  CHECK(b == nullptr);
}

TEST_CASE("what throws holds up nobody but until the next call", "[flush_queue]") {
  FlushQueue queue;
  std::string told;
  Note a(queue, told, 'a');
  Note b(queue, told, 'b');
  a.then = [] { throw std::runtime_error("no memory"); };
  a.later();
  b.later();
  CHECK_THROWS_AS(queue.flush_all(), std::runtime_error);
  queue.flush_all();
  CHECK(told == "ab");
}

}  // namespace
}  // namespace zoo::module
