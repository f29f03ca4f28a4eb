#include "daemon/http/connection.h"

#include <algorithm>
#include <exception>
#include <span>
#include <utility>

#include "daemon/http/peer.h"
#include "daemon/http/response.h"

namespace jobsched::http {

namespace {

// Read ahead of the request being answered: enough for a client that pipelines small requests,
// little enough that one that floods waits in its own send buffer.
constexpr std::size_t kReadAhead = 16'384;

// Written at one go; a fast reader of a long answer must not keep the others waiting.
constexpr std::size_t kWriteBurst = 262'144;

// Kept from answer to answer.
constexpr std::size_t kKeepCapacity = 4'096;

// How long and how much is thrown away after the last answer. Some clients look for it only when
// they have sent all, so a body that is merely too long is let in; what is sent beyond this stays
// in the client's own buffers until the time is over.
constexpr std::chrono::milliseconds kLinger{2'000};
constexpr std::chrono::milliseconds kLingerStopping{200};
constexpr std::size_t kLingerBytes = 16'777'216;

constexpr std::string_view kNoTls = "this port speaks TLS; write https:// in place of http://";

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(std::uint64_t id,
                       std::unique_ptr<Transport> transport,
                       ConnectionContext& context,
                       SteadyTime now)
    : id_(id),
      transport_(std::move(transport)),
      context_(context),
      peer_(peer_address(transport_->fd())),
      framer_(context.settings.framer),
      due_(now + (transport_->established() ? context.settings.idle : context.settings.handshake)),
      shaking_hands_(!transport_->established()) {}

void Connection::on_ready(SteadyTime now) {
  if (wants_write()) flush(now);
  if (wants_read()) state_ == State::kLingering ? discard() : read(now);
}

void Connection::on_deadline(SteadyTime now) {
  if (state_ == State::kReading && began_) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(context_.settings.request);
    refuse(408, "the request did not arrive within " + std::to_string(seconds.count()) + " s",
           framer_.partial(), now);
  } else {
    close();
  }
}

void Connection::on_answer(std::uint64_t request,
                           std::optional<Response> response,
                           SteadyTime now) {
  if (state_ != State::kHandling || request != request_) return;
  if (!response) {
    response = make_refusal(500, "the request was dropped without an answer", nullptr);
  } else if (!is_sendable(*response)) {
    response = make_refusal(500, "the answer could not be written as HTTP", nullptr);
  }
  start_answer(std::move(*response), now);
}

void Connection::on_stop(SteadyTime now) {
  if (state_ == State::kLingering) due_ = std::min<SteadyTime>(due_, now + kLingerStopping);
  if (state_ != State::kReading) return;
  if (began_) {
    turn_away(503, "the server is stopping; send the request again", now);
  } else {
    close();
  }
}

void Connection::turn_away(int status, std::string_view detail, SteadyTime now) {
  refuse(status, detail, framer_.partial(), now);
}

bool Connection::wants_read() const {
  switch (state_) {
    case State::kReading: return !peer_done_;
    case State::kHandling:
    case State::kWriting: return !peer_done_ && framer_.buffered() < kReadAhead;
    case State::kLingering: return discarded_ < kLingerBytes;
    case State::kClosed: break;
  }
  return false;
}

bool Connection::wants_write() const {
  return state_ != State::kClosed && (sent_ < out_.size() || source_);
}

// The time for the handshake does not go on as that for a request.
void Connection::note_handshake(SteadyTime now) {
  if (!shaking_hands_ || !transport_->established()) return;
  shaking_hands_ = false;
  due_ = now + (state_ == State::kReading ? context_.settings.idle : context_.settings.response);
}

void Connection::read(SteadyTime now) {
  std::span<char> into = context_.scratch;
  if (state_ != State::kReading) into = into.first(kReadAhead - framer_.buffered());
  const Transfer got = transport_->read(into);
  note_handshake(now);
  switch (got.end) {
    case Transfer::End::kNone: framer_.feed({into.data(), got.bytes}); break;
    case Transfer::End::kWait: return;
    case Transfer::End::kClosed: peer_done_ = true; break;
    case Transfer::End::kBroken: return close();
    case Transfer::End::kPlain: return turn_away(400, kNoTls, now);
  }
  if (state_ == State::kReading) advance(now);
}

void Connection::discard() {
  const Transfer got = transport_->read(context_.scratch);
  discarded_ += got.bytes;
  if (got.end != Transfer::End::kNone && got.end != Transfer::End::kWait) close();
}

// Goes on with what the framer holds.
void Connection::advance(SteadyTime now) {
  if (!began_) framer_.set(context_.settings.framer);
  auto result = framer_.poll();
  if (auto* complete = std::get_if<Complete>(&result)) {
    hand_over(std::move(*complete));
  } else if (const auto* refused = std::get_if<Refused>(&result)) {
    refuse(refused->status, refused->detail, framer_.partial(), now);
  } else {
    await_request(std::get<NeedMore>(result).send_continue, now);
  }
}

void Connection::await_request(bool send_continue, SteadyTime now) {
  if (peer_done_) return close();  // nothing, or half a request: nobody waits for an answer
  if (framer_.mid_request() && !began_) began_ = now;
  due_ = began_ ? *began_ + context_.settings.request : now + context_.settings.idle;
  if (!send_continue) return;
  out_.append(kContinue);
  flush(now);
}

void Connection::hand_over(Complete complete) {
  state_ = State::kHandling;
  due_ = kNever;
  began_.reset();
  head_only_ = complete.request.method == "HEAD";
  keep_alive_ = complete.keep_alive;
  complete.request.peer = peer_;
  ++request_;
  std::string fault;
  try {
    context_.handler(std::move(complete.request),
                     make_responder(context_.mailbox, {id_, request_}));
    return;
  } catch (const std::exception& exception) {
    fault = exception.what();
  } catch (...) {
    fault = "unknown";
  }
  // By way of the mailbox, so that a row of pipelined requests does not become a recursion. A new
  // number, because the handler's responder may yet be used.
  ++request_;
  context_.mailbox->post(
      {{id_, request_}, make_refusal(500, "the request could not be handled: " + fault, nullptr)});
}

// Nothing that follows an unacceptable request can be understood, so this answer is the last.
void Connection::refuse(int status,
                        std::string_view detail,
                        const Request* partial,
                        SteadyTime now) {
  keep_alive_ = false;
  began_.reset();
  head_only_ = partial && partial->method == "HEAD";
  start_answer(make_refusal(status, detail, partial), now);
}

Response Connection::make_refusal(int status,
                                  std::string_view detail,
                                  const Request* partial) const {
  try {
    Response response = context_.refusal(status, std::string(detail), partial);
    if (is_sendable(response)) return response;
  } catch (...) {
    // What is left is to say it without the callback's help.
  }
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body.append(detail).append("\n");
  return response;
}

void Connection::start_answer(Response response, SteadyTime now) {
  state_ = State::kWriting;
  due_ = now + (shaking_hands_ ? context_.settings.handshake : context_.settings.response);
  keep_alive_ = keep_alive_ && !context_.stopping;
  out_.append(write_head(response, context_.date, keep_alive_));
  if (!head_only_ && has_body(response.status)) {
    source_ = std::move(response.source);
    source_left_ = response.content_length;
    if (!source_) out_.append(response.body);
  }
  flush(now);
}

void Connection::flush(SteadyTime now) {
  for (std::size_t burst = 0; burst < kWriteBurst;) {
    if (sent_ == out_.size()) {
      out_.clear();
      sent_ = 0;
      if (!source_) break;
      if (!refill()) return close();
      continue;
    }
    const Transfer put = transport_->write(std::string_view(out_).substr(sent_));
    note_handshake(now);
    if (put.end == Transfer::End::kWait) return;
    if (put.end != Transfer::End::kNone) return close();
    sent_ += put.bytes;
    burst += put.bytes;
    if (state_ == State::kWriting) due_ = now + context_.settings.response;
  }
  if (state_ == State::kWriting && !wants_write()) finish_answer(now);
}

// Gets the source's next piece; false if it cannot give what its length promised. The client then
// sees from the length that the answer was cut short.
bool Connection::refill() {
  try {
    auto piece = source_->next();
    if (!piece || piece->size() > source_left_ || (piece->empty() && source_left_ > 0)) {
      return false;
    }
    source_left_ -= piece->size();
    if (piece->empty()) source_.reset();
    out_ = std::move(*piece);
    return true;
  } catch (...) {
    return false;
  }
}

void Connection::finish_answer(SteadyTime now) {
  // The last burst may have ended with the last byte.
  out_.clear();
  sent_ = 0;
  if (out_.capacity() > kKeepCapacity) std::string().swap(out_);
  if (!keep_alive_ || context_.stopping) return linger(now);
  state_ = State::kReading;
  advance(now);
}

void Connection::linger(SteadyTime now) {
  if (peer_done_) return close();
  transport_->finish();
  state_ = State::kLingering;
  due_ = now + (context_.stopping ? kLingerStopping : kLinger);
}

void Connection::close() {
  state_ = State::kClosed;
  source_.reset();
}

}  // namespace jobsched::http
