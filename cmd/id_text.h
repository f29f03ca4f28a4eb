#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobsched::cmd {

// Turns the API's text form of a list, ids with commas between them, into one id a line while it
// arrives in pieces. Holds back an id until it is complete, so that a list that breaks off never
// shows half of one.
class IdLines {
 public:
  // What can be printed after this piece.
  std::string feed(std::string_view piece);

  // What is left at the end of the list.
  std::string finish();

 private:
  std::string incomplete_;
};

}  // namespace jobsched::cmd
