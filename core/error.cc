#include "core/error.h"

#include <array>

namespace jobsched {

namespace {

struct Row {
  ErrorKind kind;
  int status;
};

constexpr std::array kStatuses{
    Row{ErrorKind::kMalformed, 400},        Row{ErrorKind::kUnauthorized, 401},
    Row{ErrorKind::kForbidden, 403},        Row{ErrorKind::kNotFound, 404},
    Row{ErrorKind::kMethodNotAllowed, 405}, Row{ErrorKind::kNotAcceptable, 406},
    Row{ErrorKind::kConflict, 409},         Row{ErrorKind::kPreconditionFailed, 412},
    Row{ErrorKind::kTooLarge, 413},         Row{ErrorKind::kUnsupportedMedia, 415},
    Row{ErrorKind::kInvalid, 422},          Row{ErrorKind::kTooManyRequests, 429},
    Row{ErrorKind::kInternal, 500},         Row{ErrorKind::kUnavailable, 503},
    Row{ErrorKind::kStoreFull, 507},
};

}  // namespace

int http_status(ErrorKind kind) {
  for (const Row& row : kStatuses) {
    if (row.kind == kind) return row.status;
  }
  return 500;
}

ErrorKind error_kind(int http_status) {
  for (const Row& row : kStatuses) {
    if (row.status == http_status) return row.kind;
  }
  return ErrorKind::kInternal;
}

std::string_view status_phrase(int http_status) {
  switch (http_status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

}  // namespace jobsched
