#include "daemon/store/transfer/table.h"

namespace jobsched::transfer {

// One of them is called "when".
std::string column_list(std::span<const Column> columns, std::string_view before) {
  std::string list;
  for (const Column& column : columns) {
    if (!list.empty()) list += ", ";
    list.append(before).append("\"").append(column.name).append("\"");
  }
  return list;
}

}  // namespace jobsched::transfer
