#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/deadlines.h"
#include "daemon/http/framer.h"
#include "daemon/http/mailbox.h"
#include "daemon/http/message.h"
#include "daemon/http/server.h"
#include "daemon/http/transport.h"

namespace jobsched::http {

// What all connections of a server share; it outlives them.
struct ConnectionContext {
  ServerSettings settings;
  Handler handler;
  Refusal refusal;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  std::vector<char> scratch = std::vector<char>(65'536);  // what is read at one go
  std::string date = {};                                  // for answers, of this second
  bool stopping = false;                                  // no further requests
};

// One connection, from accept to close: reads a request, hands it over, writes its answer, and so
// on. A state machine that its server tells what happened and when; it never waits.
//
//                  ┌──────── keep-alive ────────┐
//                  ▼                            │
//               reading ──► handling ──► writing ──► lingering ──► closed
//                  └─────── refused ───────▲
//
// Lingering: after the last answer it is only half closed, and what still comes in is thrown away
// for a while; closing at once would reset the connection and could destroy the answer under way.
class Connection {
 public:
  Connection(std::uint64_t id,
             std::unique_ptr<Transport> transport,
             ConnectionContext& context,
             SteadyTime now);

  // Something that it awaits has come, or the transport holds bytes that it wants.
  void on_ready(SteadyTime now);

  // The peer has gone.
  void on_hang_up() { close(); }

  // `due` has come.
  void on_deadline(SteadyTime now);

  // The answer to the request with this number; without a response it was dropped. One that is not
  // for the request under way is ignored.
  void on_answer(std::uint64_t request, std::optional<Response> response, SteadyTime now);

  // The server is stopping: ends unless an answer is under way.
  void on_stop(SteadyTime now);

  // Answers with an error of the server's own and closes.
  void turn_away(int status, std::string_view detail, SteadyTime now);

  int fd() const { return transport_->fd(); }

  bool closed() const { return state_ == State::kClosed; }

  // What its descriptor is to be waited for.
  Readiness awaits() const { return transport_->awaits({wants_read(), wants_write()}); }

  // Whether it can go on without waiting.
  bool has_bytes() const { return wants_read() && transport_->holds_bytes(); }

  SteadyTime due() const { return due_; }

 private:
  enum class State { kReading, kHandling, kWriting, kLingering, kClosed };

  bool wants_read() const;
  bool wants_write() const;
  void note_handshake(SteadyTime now);
  void read(SteadyTime now);
  void discard();
  void advance(SteadyTime now);
  void await_request(bool send_continue, SteadyTime now);
  void hand_over(Complete complete);
  void refuse(int status, std::string_view detail, const Request* partial, SteadyTime now);
  Response make_refusal(int status, std::string_view detail, const Request* partial) const;
  void start_answer(Response response, SteadyTime now);
  void flush(SteadyTime now);
  bool refill();
  void finish_answer(SteadyTime now);
  void linger(SteadyTime now);
  void close();

  const std::uint64_t id_;
  std::unique_ptr<Transport> transport_;
  ConnectionContext& context_;
  const std::string peer_;  // as of Request
  Framer framer_;
  State state_ = State::kReading;
  SteadyTime due_;

  // Reading.
  bool shaking_hands_;               // the transport does
  bool peer_done_ = false;           // it sends no more
  std::optional<SteadyTime> began_;  // the request under way
  std::uint64_t request_ = 0;        // number of the request under way or last handed over
  std::size_t discarded_ = 0;        // while lingering

  // Writing.
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  std::unique_ptr<BodySource> source_;
  std::uint64_t source_left_ = 0;  // what it still has to give
  bool head_only_ = false;         // the answer to HEAD
  bool keep_alive_ = false;
};

}  // namespace jobsched::http
