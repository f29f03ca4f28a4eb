#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/codec/codec.h"
#include "daemon/http/message.h"
#include "daemon/store/store.h"

namespace jobsched {

// A list of ids as a body that is made while it is sent: memory does not grow with the list.
class IdListSource final : public http::BodySource {
 public:
  IdListSource(Format format, std::unique_ptr<JobIdCursor> cursor);

  // The size of the whole body, known from the count alone. Before the first `next` only.
  std::uint64_t size() const;

  std::optional<std::string> next() override;

 private:
  ListFrame frame_;
  std::unique_ptr<JobIdCursor> cursor_;  // none after the end
  bool begun_ = false;
};

}  // namespace jobsched
