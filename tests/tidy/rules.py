"""The rules of CONTRIBUTING.md that a machine can check, as functions from text to faults."""

import re

# A layer may include itself and what stands here.
LAYERS = {"core": set(), "daemon": {"core"}, "cmd": {"core", "daemon"}}

# Commands that run daemon code, and what they share, as how the others speak HTTP.
CMD_WITH_DAEMON = {"awaiting", "client", "connection", "exchange", "server_address", "version",
                   "serve", "settings_file", "listen", "received", "next", "add", "update",
                   "local_time", "backup", "restore", "migrate", "store_options", "rehearsal",
                   "verdict",
                   "log", "wait", "list", "status", "complete"}

# Third-party headers and the only files that may include them.
OWNERS = {
    "CLI/": r"cmd/(command_line|completion_words|option|usage)",
    "curl/": r"daemon/engine/(curl_(deliverer|library)|transfer)",
    "expat.h": r"core/codec/|cmd/version",
    "nlohmann/": r"cmd/",
    "libpq-fe.h": r"daemon/store/postgres/libpq\.",
    "openssl/": r"core/delivery/signature\.|core/account/account\.|core/digest\.|daemon/http/tls_|cmd/version",
    "rapidjson/": r"core/codec/json_reader",
    "spdlog/": r"daemon/log",
    "sqlite3.h": r"daemon/store/|cmd/version",
    "SQLiteCpp/": r"daemon/store/",
    "sys/epoll.h": r"daemon/http/|daemon/engine/",
    "sys/timerfd.h": r"daemon/engine/",
    "yaml-cpp/": r"daemon/settings/|cmd/client_settings",
}

IMPURE_HEADERS = re.compile(
    r"^(thread|mutex|atomic|condition_variable|future|fstream|iostream|filesystem|random|"
    r"unistd\.h|fcntl\.h|pthread\.h|time\.h|ctime|sys/.*|netinet/.*|arpa/.*|sqlite3\.h|curl/.*)$")

# What is banned, what to use instead, and where it is allowed all the same.
BANNED = [
    (r"system_clock::now|\btime\(nullptr|clock_gettime", "Clock::now", r"daemon/clock\.cc"),
    (r"steady_clock::now", "Clock::steady_now", r"daemon/clock\.cc"),
    (r"sleep_for|sleep_until|\busleep\(|\bnanosleep\(", "an event with a deadline", r"$^"),
    (r"random_device|\brand\(", "a parameter", r"daemon/random\.(h|cc)"),
    (r"\bgetenv\(", "a parameter", r"cmd/environment\.cc"),
    (r"std::j?thread\b|std::async", "daemon/daemon.cc, where threads start", r"daemon/daemon\.cc"),
    (r"\b(stoi|stol|stoul|stoull|atoi|atol|strtol|strtoul|strtoull)\(", "std::from_chars", r"$^"),
    (r"\b(localtime|mktime|gmtime|strftime|setlocale)(_r)?\(", "core/time", r"$^"),
    (r"\bfriend\b", "two classes", r"$^"),
    (r"\busing namespace std;", "qualified names", r"$^"),
    (r"\b(TODO|FIXME|XXX)\b", "doing it", r"$^"),
    (r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b", "a Store method", r"daemon/store/"),
    (r"#\s*ifdef\s+\w*TEST", "a parameter", r"$^"),
]

CEILINGS = {".h": 250, ".cc": 600}


def includes(text):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', text, re.MULTILINE)


def include_faults(path, text):
    """Includes against the direction of the layers, and third-party headers out of their place."""
    layer = path.split("/")[0]
    faults = []
    for name in includes(text):
        target = name.split("/")[0]
        if target in LAYERS and target != layer and target not in LAYERS[layer]:
            faults.append(f"{path}: {layer} must not include {name}")
        stem = re.sub(r"\.\w+$", "", path.split("/")[-1])
        if layer == "cmd" and target == "daemon" and stem not in CMD_WITH_DAEMON:
            faults.append(f"{path}: only commands that run daemon code include {name}")
        if target == "tests":
            faults.append(f"{path}: the product must not include {name}")
        if layer == "core" and IMPURE_HEADERS.match(name):
            faults.append(f"{path}: core is pure and must not include <{name}>")
        for prefix, owners in OWNERS.items():
            if name.startswith(prefix) and not re.match(owners, path):
                faults.append(f"{path}: <{name}> belongs to {owners}")
    return faults


def without_comments_and_strings(text):
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def banned_faults(path, text):
    faults = []
    # SQL lives in strings, everything else in code.
    code = without_comments_and_strings(text)
    for pattern, instead, allowed in BANNED:
        searched = text if "SELECT" in pattern or "TODO" in pattern else code
        if re.search(pattern, searched) and not re.match(allowed, path):
            found = re.search(pattern, searched).group(0)
            faults.append(f"{path}: {found!r} is banned; use {instead}")
    return faults


def size_faults(path, text):
    lines = text.count("\n")
    for ending, ceiling in CEILINGS.items():
        if path.endswith(ending) and lines > ceiling:
            return [f"{path}: {lines} lines; split it, {ceiling} is the ceiling"]
    return []


def layout_faults(path, text):
    faults = []
    if text and not text.endswith("\n"):
        faults.append(f"{path}: no newline at the end")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            faults.append(f"{path}:{number}: trailing blank")
        if "\t" in line:
            faults.append(f"{path}:{number}: tab")
    if path.endswith(".h") and "#pragma once" not in text:
        faults.append(f"{path}: no #pragma once")
    return faults


def unbuilt_faults(path, lists):
    """A source that no build list names is a test nobody runs. `lists` is from the folder of each
    CMakeLists.txt to its text."""
    if not path.endswith(".cc"):
        return []
    for folder, text in lists.items():
        if path.startswith(folder + "/"):
            name = path[len(folder) + 1:]
            if re.search(rf"(^|[\s(/]){re.escape(name)}\b", text):
                return []
    return [f"{path}: not in any CMakeLists.txt"]
