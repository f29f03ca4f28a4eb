#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.h"
#include "core/error.h"
#include "daemon/store/transfer/table.h"

namespace jobsched::transfer {

// Both ends of a move from one store to another. Of one thread. Errors are those of the stores:
// kUnavailable, kForbidden, kStoreFull, kInternal.

// Told how many more rows are done.
using Progress = std::function<void(std::uint64_t rows)>;

// Takes rows of one table; its error ends the reading.
using Take = std::function<Result<void>(const std::vector<Row>&)>;

// The rows of a store, as they stand at one instant.
class Reader {
 public:
  virtual ~Reader() = default;

  // How many rows a table has.
  virtual Result<std::uint64_t> count(const Table& table) = 0;

  // Calls `take` with the rows of a table in its order, some at a time.
  virtual Result<void> read(const Table& table, const Take& take) = 0;
};

// A store that is to be given up. Nobody else uses it as long as this lives.
class Source : public Reader {
 public:
  // Which store this is, of all that there are now.
  virtual std::string place() const = 0;

  // Marks it as moved to `target`, so that no daemon fires what it still has. Returns what has
  // become of it, as a sentence. Nothing can be read after that.
  virtual Result<std::string> leave(const std::string& target) = 0;
};

// What is to take a store, as others see it.
struct Destination {
  std::string place;                   // as of Source
  std::optional<Digest> arrived = {};  // what it was completed with, if it came by a move
};

// A store that comes to be, whole or not at all: nothing of it is there until it is completed.
class Sink : public Reader {
 public:
  // Takes rows of a table; tables come in the order of kTables.
  virtual Result<void> write(const Table& table, const std::vector<Row>& rows) = 0;

  // Makes durable what was written, with what follows from it and the digest of what it came from,
  // by which another run knows it again. Nothing can be done after that.
  virtual Result<void> complete(const Digest& digest) = 0;
};

}  // namespace jobsched::transfer
