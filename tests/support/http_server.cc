#include "tests/support/http_server.h"

#include <stdexcept>
#include <utility>

namespace jobsched::http {

Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = std::move(body);
  return response;
}

void echo(Request request, std::unique_ptr<Responder> responder) {
  responder->respond(
      text_response(200, request.method + " " + request.target + " " + request.body));
}

TestServer::TestServer(Handler handler,
                       ServerSettings settings,
                       const std::vector<std::string>& listen,
                       const TlsIdentity* identity)
    : server_(
          clock_, settings, std::move(handler), [](int status, std::string detail, const Request*) {
            return text_response(status, std::move(detail));
          }) {
  server_.secure(identity);
  for (const std::string& address : listen) {
    const auto listening = server_.listen(parse_address(address).value());
    if (!listening) throw std::runtime_error(listening.error().detail);
  }
  addresses_ = server_.addresses();
  serving_ = std::async(std::launch::async, [this] { server_.run(); });
}

TestServer::~TestServer() {
  server_.stop(std::chrono::milliseconds{0});
}

void TestServer::change(const std::function<void(Server&)>& change) {
  std::promise<void> changed;
  server_.post([&] {
    change(server_);
    changed.set_value();
  });
  changed.get_future().get();
}

bool TestServer::ended() {
  return serving_.wait_for(std::chrono::seconds{60}) == std::future_status::ready;
}

}  // namespace jobsched::http
