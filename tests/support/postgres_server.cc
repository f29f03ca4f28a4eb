#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <libpq-fe.h>

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "postgres";  // whom root starts it as: it refuses to run as root
constexpr std::chrono::seconds kPatience{60};

bool is_root() {
  return ::geteuid() == 0;
}

// The folder with the programs of the newest version that Debian has installed.
std::optional<std::string> find_programs() {
  std::optional<int> newest;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (!fs::exists(version.path() / "bin/postgres")) continue;
    newest = std::max(newest.value_or(0), std::stoi(version.path().filename()));
  }
  if (!newest) return std::nullopt;
  return "/usr/lib/postgresql/" + std::to_string(*newest) + "/bin";
}

pid_t spawn(std::vector<std::string> command, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : command)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot run " + command.front());
  return pid;
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::start() {
  std::optional<std::string> programs = find_programs();
  if (!programs) return nullptr;
  std::unique_ptr<PostgresServer> server(new PostgresServer(*std::move(programs)));
  server->make_cluster();
  server->resume();
  return server;
}

PostgresServer::PostgresServer(std::string programs) : programs_(std::move(programs)) {}

PostgresServer::~PostgresServer() {
  stop();
}

std::string PostgresServer::new_database(const std::string& name) {
  execute("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  // To copy the files is the fastest where nothing is synced.
  execute("postgres", "CREATE DATABASE " + name + " TEMPLATE template0 STRATEGY file_copy");
  return url(name);
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + directory_.path() + "&user=" + kUser;
}

void PostgresServer::execute(const std::string& database, const std::string& statements) const {
  const std::unique_ptr<PGconn, decltype(&::PQfinish)> connection(
      ::PQconnectdb(url(database).c_str()), &::PQfinish);
  if (::PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error(::PQerrorMessage(connection.get()));
  ::PQsetNoticeProcessor(
      connection.get(), [](void* /*unused*/, const char* /*message*/) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&::PQclear)> result(
      ::PQexec(connection.get(), statements.c_str()), &::PQclear);
  const ExecStatusType status = ::PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(::PQerrorMessage(connection.get()));
}

void PostgresServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGQUIT);  // it ends the processes that it has started, which SIGKILL would not
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::resume() {
  pid_ = spawn(command("postgres", {"-D", cluster(), "-k", directory_.path(),
                                    "--listen_addresses=", "--fsync=off", "--max_connections=200",
                                    "--shared_buffers=32MB", "--autovacuum=off"}),
               directory_ / "log");
  await_start();
}

std::vector<std::string> PostgresServer::command(const std::string& program,
                                                 const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"setpriv", "--pdeathsig=QUIT"};
  if (is_root())
    all.insert(all.end(), {std::string("--reuid=") + kUser, std::string("--regid=") + kUser,
                           "--clear-groups"});
  all.insert(all.end(), {"--", programs_ + "/" + program});
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

void PostgresServer::make_cluster() {
  if (is_root()) {
    const passwd* user = ::getpwnam(kUser);
    if (user == nullptr || ::chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot give the directory to the user postgres");
  }
  const pid_t pid =
      spawn(command("initdb", {"-D", cluster(), "--no-sync", "--auth=trust", "--encoding=UTF8",
                               "--locale=C", std::string("--username=") + kUser}),
            directory_ / "log");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + log());
}

void PostgresServer::await_start() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (::PQping(url("postgres").c_str()) != PQPING_OK) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("PostgreSQL does not start: " + log());
    }
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("PostgreSQL does not answer: " + log());
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

std::string PostgresServer::log() const {
  std::ifstream file(directory_ / "log");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace jobsched::testing
