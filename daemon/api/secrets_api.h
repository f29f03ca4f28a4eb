#pragma once

#include <cstdint>
#include <functional>

#include "daemon/api/call.h"
#include "daemon/clock.h"
#include "daemon/store/store.h"

namespace jobsched {

// The calls of the API on the secrets that callbacks are signed with. Called as `Api` is; a refused
// request changes nothing.
class SecretsApi {
 public:
  // `random` makes secrets of its numbers; called by `answer` only.
  SecretsApi(Store& store, const Clock& clock, std::function<std::uint64_t()> random);

  // Answers a call of /1/secrets; its method is not checked yet.
  void answer(Call call) const;

 private:
  void list(Call call) const;
  void rotate(Call call) const;
  void remove(Call call) const;

  Store& store_;
  const Clock& clock_;
  std::function<std::uint64_t()> random_;
};

}  // namespace jobsched
