// The limit that creates are compared with: a bare cpp-httplib server, a thread for each
// connection, that answers every POST with its body. Prints its address; ends when its input does.

#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdio>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  const std::size_t threads = argc > 1 ? std::stoul(argv[1]) : 64;
  httplib::Server server;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_tcp_nodelay(true);
  server.Post(".*", [](const httplib::Request& request, httplib::Response& response) {
    response.status = 201;
    response.set_content(request.body, "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread listener([&] { server.listen_after_bind(); });
  std::printf("127.0.0.1:%d\n", port);
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  std::_Exit(0);
}
