#include "tests/support/tsv.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace jobsched::test {

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> values(1);
  for (const char c : line) {
    if (c == '\t') {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

std::string unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    switch (text[++i]) {
      case 't': plain += '\t'; break;
      case 'n': plain += '\n'; break;
      case 'r': plain += '\r'; break;
      default: plain += text[i];
    }
  }
  return plain;
}

}  // namespace

TsvRow::TsvRow(const std::vector<std::string>& names, std::vector<std::string> values)
    : names_(&names), values_(std::move(values)) {
  if (values_.size() != names.size()) throw std::runtime_error("a row has the wrong width");
}

const std::string& TsvRow::operator[](std::string_view name) const {
  const auto found = std::ranges::find(*names_, name);
  if (found == names_->end()) throw std::runtime_error("no column " + std::string(name));
  return values_[static_cast<std::size_t>(found - names_->begin())];
}

Tsv::Tsv(std::string_view name) {
  std::ifstream file(std::string(JOBSCHED_TEST_DATA "/").append(name));
  std::string line;
  if (!std::getline(file, line) || !line.starts_with('#')) {
    throw std::runtime_error("cannot read the table " + std::string(name));
  }
  names_ = split(line.substr(1));
  while (std::getline(file, line)) {
    std::vector<std::string> values = split(line);
    std::ranges::transform(values, values.begin(), unescape);
    rows_.emplace_back(names_, std::move(values));
  }
  if (rows_.empty()) throw std::runtime_error("the table " + std::string(name) + " is empty");
}

}  // namespace jobsched::test
