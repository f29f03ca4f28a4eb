#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/codec/format.h"
#include "core/error.h"
#include "daemon/api/query.h"
#include "daemon/http/message.h"
#include "daemon/store/store.h"

namespace jobsched {

// What calls answer with, best-liked first: those with an id to give also in text.
inline constexpr std::array kEveryType{kTextPlain, kApplicationJson, kTextXml, kApplicationXml};
inline constexpr std::array kDocumentTypes{kApplicationJson, kTextXml, kApplicationXml};

// Changes a response, made before the store had answered, as its answer asks for.
template <class T>
using Mend = std::function<void(const T& answer, http::Response& response)>;

// A request on its way to its answer, which is given once: by one of the methods that say so, or
// through `responder`.
struct Call {
  http::Request request;
  std::unique_ptr<http::Responder> responder;
  MediaType type = kTextPlain;  // of the answer
  MediaType problem = kTextPlain;
  std::string account = {};  // whose request it is
  Query query = {};          // once it is read

  // A call whose answer's type is not chosen yet: problems are in what the client would have.
  static Call begin(http::Request request, std::unique_ptr<http::Responder> responder);

  // Chooses the answer's type. Without an acceptable one the call is answered here; says whether
  // there is one.
  bool accept(std::span<const MediaType> offered);

  // Reads the query, in which there may be parameters of these names. With any other, or one of
  // them twice, the call is answered here; says whether it is not.
  bool take_query(std::span<const std::string_view> parameters);

  bool take_no_query() { return take_query({}); }

  // Answers with the error, and with further headers.
  void refuse(const Error& error, http::Headers headers = {}) const;

  // Whether the method is one of `methods`, written as in the header Allow. With any other the call
  // is answered here.
  bool allow(std::string_view methods) const;

  bool is(std::string_view method) const { return request.method == method; }

  bool reads() const { return is("GET") || is("HEAD"); }

  // What a write's commit releases: `response`, or the problem if it failed. `committed` is called
  // before it leaves.
  Done<void> release(http::Response response, std::function<void()> committed = {}) &&;

  // The same where the store's answer may change the response.
  template <class T>
  Done<T> release_mended(http::Response response,
                         std::function<void()> committed,
                         Mend<T> mend) && {
    auto call = std::move(*this).wait();
    auto prepared = std::make_shared<http::Response>(std::move(response));
    return [call, prepared, committed = std::move(committed),
            mend = std::move(mend)](const Result<T>& result) {
      if (!result) {
        call->refuse(result.error());
        return;
      }
      if (committed) committed();
      mend(*result, *prepared);
      call->responder->respond(std::move(*prepared));
    };
  }

  // The same for a response that `make` makes of what the write gives and of the answer's type.
  template <class T>
  Done<T> release_made(std::function<http::Response(const T&, MediaType)> make) && {
    auto call = std::move(*this).wait();
    return [call, make = std::move(make)](const Result<T>& result) {
      if (result) {
        call->responder->respond(make(*result, call->type));
      } else {
        call->refuse(result.error());
      }
    };
  }

 private:
  // The call without its request, which nobody asks for any more: shared, because a std::function
  // must be copyable, and answered once.
  std::shared_ptr<Call> wait() &&;
};

}  // namespace jobsched
