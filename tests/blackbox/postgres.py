"""PostgreSQL servers of a test's own, which end with the test's process however that ends; and
instances of the daemon that share a database.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from support import Daemon, await_true

SKIPPED = 77  # exit code: see SKIP_RETURN_CODE in tests/CMakeLists.txt
USER = "postgres"  # whom root starts servers as: they refuse to run as root
TRUST = "local all all trust\nhost all all 127.0.0.1/32 trust\nlocal replication all trust\n"
PASSWORDS = TRUST.replace("127.0.0.1/32 trust", "127.0.0.1/32 scram-sha-256")


def programs():
    """The folder with the programs of the newest version that Debian has installed, or None."""
    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((path.parent for path in found), key=lambda path: int(path.parent.name), default=None)


def require():
    """Ends the test if there is no PostgreSQL."""
    if not programs():
        print("skipped: PostgreSQL is not installed; packaging/install-dependencies test installs it")
        sys.exit(SKIPPED)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def demoted(command):
    """A command as a server's user runs it; it is ended when the thread that starts it ends."""
    user = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=QUIT", *user, "--", *map(str, command)]


class Folder:
    """A folder that a server's user may write to."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="jobsched-test-"))
        if os.geteuid() == 0:
            shutil.chown(self.path, USER, USER)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """A cluster and its server, on a UNIX socket in its folder and a TCP port of this machine. It does
    not sync: what it keeps outlives its processes, but not the machine."""

    def __init__(self, access=TRUST, **settings):
        self.folder = Folder()
        self.cluster = self.folder.path / "cluster"
        self.log = self.folder.path / "log"
        self.port = free_port()
        self.access = access
        self.settings = {"fsync": "off", "max_connections": "200", "shared_buffers": "64MB",
                         **settings}
        self.process = None

    def start(self):
        if not self.cluster.exists():
            self._run("initdb", "-D", self.cluster, "--no-sync", "--auth=trust", "--encoding=UTF8",
                      "--locale=C", f"--username={USER}")
            (self.cluster / "pg_hba.conf").write_text(self.access)
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                demoted([programs() / "postgres", "-D", self.cluster, "-k", self.folder.path,
                         "--listen_addresses=127.0.0.1", f"--port={self.port}", *settings]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        await_true(self._ready, "PostgreSQL's start")
        return self

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"PostgreSQL ended: {self.log.read_text()[-4000:]}")
        return self._asked("pg_isready", "-q", *self._address()).returncode == 0

    def stop(self):
        """Ends it, and every connection to it, in order."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def kill(self):
        """Kills the server with every process that serves a connection, which end with nothing said."""
        os.kill(self.process.pid, signal.SIGSTOP)  # it starts no further ones
        family = [int(pid) for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
                  for pid in path.read_text().split()]
        for pid in (*family, self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(60)
        await_true(lambda: not any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in family),
                   "the end of PostgreSQL's processes")

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)
        self.folder.remove()

    def url(self, database="jobsched", user=USER, port=None):
        """Of a database, by TCP; `port` is that of a proxy before it."""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}"

    def execute(self, *statements, database="jobsched"):
        """Runs SQL, each statement in a transaction of its own; its rows as text, `|` between
        columns."""
        ran = self._asked("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", *self._address(), "-d", database,
                          *(f"-c{statement}" for statement in statements))
        if ran.returncode != 0:
            raise AssertionError(f"{statements}: {ran.stderr}")
        return ran.stdout.splitlines()

    def new_database(self, name="jobsched", options=""):
        """Makes a database anew, empty; who is connected to the one of that name is cut off. Its
        URL."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                     f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy {options}",
                     database="postgres")
        return self.url(name)

    def standby(self):
        """A standby of it, started, without which it commits nothing from now on."""
        standby = Server(self.access, **self.settings)
        self._run("pg_basebackup", "-D", standby.cluster, "-R", "-X", "stream", "-c", "fast",
                  "--no-sync", "-d", f"host={self.folder.path} port={self.port} user={USER}"
                                     " application_name=standby")
        standby.start()
        self.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'",
                     "SELECT pg_reload_conf()", database="postgres")
        await_true(lambda: self.execute("SELECT sync_state FROM pg_stat_replication",
                                        database="postgres") == ["sync"], "the standby")
        return standby

    def promote(self):
        """Makes a standby a primary, and waits until it is."""
        self.execute("SELECT pg_promote(true, 60)", database="postgres")

    def _address(self):
        return "-h", str(self.folder.path), "-p", str(self.port), "-U", USER

    def _asked(self, program, *arguments):
        return subprocess.run([programs() / program, *map(str, arguments)], capture_output=True,
                              text=True, timeout=60)

    def _run(self, program, *arguments):
        ran = subprocess.run(demoted([programs() / program, *arguments]), capture_output=True,
                             text=True, timeout=120)
        if ran.returncode != 0:
            raise AssertionError(f"{program}: {ran.stderr}")


class Instance(Daemon):
    """One of the daemons that share the database at `url`."""

    def __init__(self, folder, url, settings="", **environment):
        pathlib.Path(folder).mkdir(exist_ok=True)
        super().__init__(folder, settings, **environment)
        self.store = url


class PgBouncer:
    """A pooler before a server that gives each transaction another connection."""

    def __init__(self, server):
        self.folder = Folder()
        self.port = free_port()
        settings = self.folder.path / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = host={server.folder.path} port={server.port} user={USER}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 3\nserver_lifetime = 1\n")
        with open(self.folder.path / "log", "ab") as log:
            self.process = subprocess.Popen(demoted([self.program(), settings]),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        await_true(self._listens, "PgBouncer's start")

    @staticmethod
    def program():
        return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")

    @classmethod
    def installed(cls):
        return cls.program() is not None

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"PgBouncer ended: {(self.folder.path / 'log').read_text()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def close(self):
        self.process.kill()
        self.process.wait(60)
        self.folder.remove()


class OldServer:
    """What calls itself PostgreSQL of an old version, lets everybody in, and answers every statement
    with nothing."""

    def __init__(self, version):
        self.version = version
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://user@127.0.0.1:{self.listener.getsockname()[1]}/jobsched"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._greet, args=(connection,), daemon=True).start()

    def _greet(self, connection):
        with connection, contextlib.suppress(OSError, struct.error):
            stream = connection.makefile("rb")
            length, code = struct.unpack(">II", stream.read(8))
            while code in (80877103, 80877104):  # asks for encryption
                connection.sendall(b"N")
                length, code = struct.unpack(">II", stream.read(8))
            stream.read(length - 8)
            connection.sendall(
                self._message(b"R", struct.pack(">I", 0)) + self._parameter("server_version",
                                                                           self.version)
                + self._parameter("server_encoding", "UTF8") + self._parameter("client_encoding", "UTF8")
                + self._message(b"Z", b"I"))
            while kind := stream.read(1):
                (length,) = struct.unpack(">I", stream.read(4))
                stream.read(length - 4)
                if kind == b"Q":  # SHOW transaction_read_only, by which libpq looks for a primary
                    connection.sendall(self._row("off") + self._message(b"C", b"SHOW\0")
                                       + self._message(b"Z", b"I"))

    @staticmethod
    def _message(kind, body):
        return kind + struct.pack(">I", len(body) + 4) + body

    def _parameter(self, name, value):
        return self._message(b"S", f"{name}\0{value}\0".encode())

    def _row(self, value):
        column = b"value\0" + struct.pack(">IhIhih", 0, 0, 25, -1, -1, 0)
        return (self._message(b"T", struct.pack(">h", 1) + column)
                + self._message(b"D", struct.pack(">hI", 1, len(value)) + value.encode()))

    def close(self):
        self.listener.close()
