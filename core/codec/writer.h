#pragma once

#include <string>
#include <string_view>

namespace jobsched {

constexpr std::string_view kXmlDeclaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

// Appends a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Whether XML 1.0 can carry the text at all: UTF-8, and no control characters but white space.
bool is_xml_text(std::string_view text);

// Appends the text of an element, escaped so that every parser gives it back as it is, white space
// and carriage returns included. What XML cannot carry becomes U+FFFD.
void append_xml_text(std::string& out, std::string_view text);

// Appends the value of an attribute, escaped in the same way, without its quotes.
void append_xml_attribute(std::string& out, std::string_view text);

// Appends <name>text</name>.
void append_xml_element(std::string& out, std::string_view name, std::string_view text);

}  // namespace jobsched
