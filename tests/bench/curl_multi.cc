// The limit that firing is compared with: a bare libcurl multi client that POSTs to one URL.
// Prints the seconds it took.
//
//   curl_multi URL COUNT CONCURRENCY

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <curl/curl.h>

namespace {

std::size_t drop(char* /*data*/, std::size_t size, std::size_t count, void* /*nowhere*/) {
  return size * count;
}

CURL* make_transfer(const std::string& url, const std::string& body, curl_slist* headers) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  return easy;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string url = argv[1];
  const long count = std::stol(argv[2]);
  const std::string body(250, 'd');
  curl_global_init(CURL_GLOBAL_ALL);
  // As many headers as a callback has.
  curl_slist* headers = nullptr;
  for (const char* text : {"Content-Type: text/plain", "webhook-id: 0192f0c1-2b3c-7d4e-8f5a-6b7c",
                           "webhook-timestamp: 1795513800", "Jobsched-Attempt: 1",
                           "Jobsched-Job-Id: 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a", "Expect:"}) {
    headers = curl_slist_append(headers, text);
  }
  CURLM* const multi = curl_multi_init();
  long started = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < std::stol(argv[3]) && started < count; ++i, ++started) {
    curl_multi_add_handle(multi, make_transfer(url, body, headers));
  }
  for (long done = 0; done < count;) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    while (CURLMsg* const message = curl_multi_info_read(multi, &left)) {
      if (message->data.result != CURLE_OK) {
        std::fprintf(stderr, "curl_multi: %s\n", curl_easy_strerror(message->data.result));
        return 1;
      }
      ++done;
      CURL* const easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      if (started++ < count) curl_multi_add_handle(multi, easy);
    }
    curl_multi_poll(multi, nullptr, 0, 1'000, nullptr);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%.3f\n", seconds.count());
}
