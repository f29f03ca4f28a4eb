"""TLS as clients meet it: what is spoken, what is refused, and that HTTP over it is the same."""

import contextlib
import json
import pathlib
import shutil
import signal
import socket
import ssl
import tempfile
import unittest
import warnings

import support
from certificates import Certificates, openssl
from support import DEADLINE, Daemon, await_true, clean_environment, run

CONFIG = 78
GET = b"GET /1/jobs HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n"


class Tls:
    """A client's side of TLS over a plain socket, so that what goes over the wire can be shaped."""

    def __init__(self, port, context):
        self.wire = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def send(self, piece=None):
        """Sends what there is to send, in pieces of this many bytes."""
        records = self.outgoing.read()
        for start in range(0, len(records), piece or len(records) or 1):
            self.wire.sendall(records[start:start + (piece or len(records))])

    def do(self, action, piece=None):
        """Does something, sending and receiving as it needs."""
        while True:
            try:
                done = action()
                self.send(piece)
                return done
            except ssl.SSLWantReadError:
                self.send(piece)
                received = self.wire.recv(65536)
                self.incoming.write(received) if received else self.incoming.write_eof()

    def read_to_end(self):
        received = b""
        while piece := self.do(lambda: self.tls.read(65536)):
            received += piece
        return received


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shared = pathlib.Path(folder.name)
        cls.certificates = Certificates(cls.shared)
        cls.pairs = {name: cls.certificates.pair(name) for name in ("first", "second")}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.cert, self.key = self.folder / "cert.pem", self.folder / "key.pem"
        self.install("first")
        self.daemon = None

    def install(self, name):
        for source, target in zip(self.pairs[name], (self.cert, self.key)):
            shutil.copyfile(source, target)

    def settings(self, cert=None, key=None):
        return f"tls: {{cert: {cert or self.cert}, key: {key or self.key}}}\n"

    def start(self, more=""):
        self.daemon = Daemon(self.folder, self.settings() + more).start()
        self.addCleanup(self.daemon.kill)
        return self.daemon

    def context(self):
        return ssl.create_default_context(cafile=self.certificates.root)

    @contextlib.contextmanager
    def connection(self, context=None):
        plain = socket.create_connection(("127.0.0.1", self.daemon.port), DEADLINE)
        with plain, (context or self.context()).wrap_socket(
                plain, server_hostname="localhost") as connection:
            yield connection

    def ask(self, connection, request=GET):
        """Sends a request; the status and the body of its answer."""
        connection.sendall(request)
        return self.read(connection.makefile("rb"))

    @staticmethod
    def read(stream):
        status = int(stream.readline().split()[1])
        length = 0
        while (line := stream.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return status, stream.read(length)

    def fill(self, count):
        """Stores so many jobs."""
        jobs = json.dumps([{"url": "http://a.test/", "when": "2094-05-11T15:30:00Z"}] * count)
        head = (f"POST /1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(jobs)}\r\n\r\n").encode()
        with self.connection() as connection:
            self.assertEqual(self.ask(connection, head + jobs.encode())[0], 201)

    def hup(self, word):
        start = len(self.daemon.log.read_text())
        self.daemon.process.send_signal(signal.SIGHUP)
        await_true(lambda: word in self.daemon.log.read_text()[start:], word)

    def certificate(self):
        """What a new connection is shown."""
        with self.connection() as connection:
            return dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]


class Spoken(TlsTest):
    def test_versions_from_1_2_on(self):
        self.start()
        for version, good in [(ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
                              (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)]:
            with self.subTest(version):
                context = self.context()
                context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else the client itself refuses
                with warnings.catch_warnings(action="ignore"):
                    context.minimum_version = context.maximum_version = version
                if good:
                    with self.connection(context) as connection:
                        self.assertEqual(self.ask(connection)[0], 200)
                        self.assertIsNone(connection.compression())
                else:
                    with self.assertRaises(ssl.SSLError), self.connection(context):
                        pass

    def test_the_protocol_is_http_1_1(self):
        self.start()
        for offered, selected in [((), None), (("http/1.1",), "http/1.1"),
                                  (("h2", "http/1.1"), "http/1.1")]:
            with self.subTest(offered):
                context = self.context()
                context.set_alpn_protocols(list(offered))
                with self.connection(context) as connection:
                    self.assertEqual(connection.selected_alpn_protocol(), selected)
                    self.assertEqual(self.ask(connection)[0], 200)
        context = self.context()
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError), self.connection(context):
            pass

    def test_plain_http_is_told_so(self):
        self.start()
        with socket.create_connection(("127.0.0.1", self.daemon.port), DEADLINE) as plain:
            plain.sendall(GET)
            status, body = self.read(plain.makefile("rb"))
            self.assertEqual(status, 400)
            self.assertIn(b"https://", body)
            self.assertEqual(plain.recv(1), b"")

    def test_what_is_no_tls_and_who_goes_away_do_no_harm(self):
        self.start()
        hello = Tls(self.daemon.port, self.context())
        with contextlib.suppress(ssl.SSLWantReadError):
            hello.tls.do_handshake()
        greeting = hello.outgoing.read()
        reset = b"\x01\0\0\0\0\0\0\0"
        for data in (b"", b"\0", b"\x16\x03\x01", b"\x16\x03\x01\xff\xff" + b"x" * 70000,
                     b"DELETE / HTTP/1.1\r\n\r\n", greeting[:-1], greeting, greeting[:40] + greeting):
            for abrupt in (False, True):
                with socket.create_connection(("127.0.0.1", self.daemon.port)) as plain:
                    with contextlib.suppress(OSError):
                        plain.sendall(data)
                    if abrupt:
                        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        hello.wire.close()
        self.assertEqual(self.certificate(), "first")

    def test_unix_sockets_stay_plain(self):
        path = self.folder / "api.sock"
        process = support.subprocess.Popen(
            [support.JOBSCHED, "serve", "--listen", f"unix:{path}", "--store",
             str(self.folder / "unix.db")], stderr=support.subprocess.DEVNULL,
            env={**clean_environment(self.folder), "JOBSCHED_TLS_CERT": str(self.cert),
                 "JOBSCHED_TLS_KEY": str(self.key)})
        self.addCleanup(lambda: (process.kill(), process.wait()))
        await_true(path.exists, "the socket")
        listed = run("list", "-s", f"unix:{path}", "-o", "json")
        self.assertEqual((listed.returncode, listed.stdout.strip()), (0, b"[]"), listed.stderr)

    def test_the_command_line_verifies(self):
        self.start()
        server = f"https://localhost:{self.daemon.port}"
        listed = run("list", "-s", server, "--cacert", str(self.certificates.root))
        self.assertEqual(listed.returncode, 0, listed.stderr)
        environment = {**clean_environment(self.folder),
                       "JOBSCHED_CACERT": str(self.certificates.root)}
        self.assertEqual(run("list", "-s", server, env=environment).returncode, 0)

    def refused(self, host, words, root=None):
        listed = run("list", "-s", f"https://{host}:{self.daemon.port}", "--cacert",
                     str(root or self.certificates.root))
        self.assertEqual(listed.returncode, 7, listed.stderr)
        self.assertIn(words, listed.stderr.decode())
        self.assertIn("; check the address that -s or JOBSCHED_SERVER names", listed.stderr.decode())
        self.assertEqual("not trusted" in words, b"authorities of --cacert\n" in listed.stderr)

    def test_the_command_line_says_what_is_wrong_with_a_certificate(self):
        self.start()
        untrusted = "its certificate is not trusted: "
        listed = run("list", "-s", f"https://localhost:{self.daemon.port}")
        self.assertEqual(listed.returncode, 7, listed.stderr)
        self.assertIn(untrusted + "unable to get local issuer certificate", listed.stderr.decode())
        by_address = run("list", "-s", f"https://127.0.0.1:{self.daemon.port}", "--cacert",
                         str(self.certificates.root))
        self.assertEqual(by_address.returncode, 0, by_address.stderr)
        self.refused("localhost", untrusted, root=self.pairs["second"][0])
        absent, text = self.folder / "absent.pem", self.folder / "text.pem"
        text.write_text("This is no certificate.\n")
        self.refused("localhost", f"cannot read the authorities {absent}: No such file", absent)
        self.refused("localhost", f"{text} holds no usable certificate", text)
        self.pairs["old"] = self.certificates.pair("old", days=-1)
        self.install("old")
        self.hup("read again")
        self.refused("localhost", untrusted + "certificate has expired")
        self.pairs["other"] = self.certificates.pair("other", hosts="DNS:a.test,IP:127.0.0.2")
        self.install("other")
        self.hup("read again")
        self.refused("localhost", untrusted + "hostname mismatch")
        self.refused("127.0.0.1", untrusted + "IP address mismatch")

    def test_a_server_that_speaks_no_tls_is_told_from_one_that_does(self):
        self.daemon = Daemon(self.folder).start()
        self.addCleanup(self.daemon.kill)
        self.refused("localhost", ": it does not speak TLS")


class Http(TlsTest):
    """Whatever HTTP does without TLS, it does with it."""

    def test_connections_are_kept(self):
        self.start()
        with self.connection() as connection:
            for _ in range(100):
                self.assertEqual(self.ask(connection), (200, b""))

    def test_records_may_come_byte_by_byte(self):
        self.start()
        with Tls(self.daemon.port, self.context()) as client:
            client.do(client.tls.do_handshake, piece=1)
            client.do(lambda: client.tls.write(GET.replace(b"Host", b"Connection: close\r\nHost")),
                      piece=1)
            self.assertTrue(client.read_to_end().startswith(b"HTTP/1.1 200 "))

    def test_requests_may_be_pipelined(self):
        self.start()
        with self.connection() as connection:
            connection.sendall(GET * 1000)  # many in one record, and records that end in the middle
            stream = connection.makefile("rb")
            for _ in range(1000):
                self.assertEqual(self.read(stream), (200, b""))

    def test_large_bodies_go_both_ways(self):
        self.start("limits: {body: 8MiB}\n")
        self.fill(10_000)
        with self.connection() as connection:
            connection.sendall(GET * 60)  # 22 MB are more than all buffers hold
            stream = connection.makefile("rb")
            lengths = {len(self.read(stream)[1]) for _ in range(60)}
        self.assertEqual(lengths, {10_000 * 37 - 1})

    def test_a_client_that_has_said_all_is_still_answered(self):
        self.start()
        with Tls(self.daemon.port, self.context()) as client:
            client.do(client.tls.do_handshake)
            client.do(lambda: client.tls.write(GET * 2))
            with contextlib.suppress(ssl.SSLError):
                client.tls.unwrap()
            client.send()
            received = b""
            while piece := client.wire.recv(65536):
                received += piece
            client.incoming.write(received)
            self.assertEqual(client.tls.read(65536).count(b"HTTP/1.1 200 "), 1)
            self.assertEqual(client.tls.read(65536).count(b"HTTP/1.1 200 "), 1)

    def test_the_end_of_a_connection_is_said(self):
        self.start()
        with Tls(self.daemon.port, self.context()) as client:
            client.do(client.tls.do_handshake)
            client.do(lambda: client.tls.write(b"no HTTP\r\n\r\n"))
            # An end without a goodbye would raise.
            self.assertTrue(client.read_to_end().startswith(b"HTTP/1.1 400 "))

    def test_connections_beyond_the_limit_are_turned_away(self):
        self.start("limits: {connections: 1}\n")
        with self.connection() as first:
            self.assertEqual(self.ask(first)[0], 200)
            with self.connection() as second:
                self.assertEqual(self.read(second.makefile("rb"))[0], 503)

    def test_handshakes_that_stall_hold_up_nobody(self):
        self.start()
        stalled = [socket.create_connection(("127.0.0.1", self.daemon.port)) for _ in range(200)]
        for connection in stalled:
            self.addCleanup(connection.close)
            connection.sendall(b"\x16\x03\x01\x02\x00\x01")
        self.assertEqual(self.certificate(), "first")
        self.assertEqual(self.daemon.stop(), 0)


class Files(TlsTest):
    def test_pairs_that_cannot_be_used_are_refused_at_the_start(self):
        locked = self.folder / "locked.key"
        openssl("pkey", "-in", self.key, "-aes128", "-passout", "pass:secret", "-out", locked)
        text = self.folder / "text.pem"
        text.write_text("This is no certificate.\n")
        absent = self.folder / "absent.pem"
        other = self.pairs["second"][1]
        for cert, key, file, reason in [
                (absent, self.key, absent, "No such file"),
                (self.cert, absent, absent, "No such file"),
                (text, self.key, text, "no usable certificate"),
                (self.key, self.key, self.key, "no usable certificate"),
                (self.cert, text, text, "no private key"),
                (self.cert, self.cert, self.cert, "no private key"),
                (self.cert, other, other, "does not belong"),
                (self.cert, locked, locked, "passphrase")]:
            for arguments in ((), ("--check-config",)):
                with self.subTest(cert=cert.name, key=key.name, arguments=arguments):
                    config = self.folder / "bad.yaml"
                    config.write_text(self.settings(cert, key))
                    ended = run("serve", "--config", str(config), "--listen", "127.0.0.1:0",
                                "--store", str(self.folder / "x.db"), *arguments)
                    text_of = ended.stderr.decode()
                    self.assertEqual(ended.returncode, CONFIG, text_of)
                    self.assertIn(str(file), text_of)
                    self.assertIn(reason, text_of)
        self.assertFalse((self.folder / "x.db").exists())

    def test_a_new_pair_is_taken_up_by_hup(self):
        self.start()
        with self.connection() as old:
            self.assertEqual(self.ask(old)[0], 200)
            self.install("second")
            self.hup("read again")
            self.assertEqual(self.certificate(), "second")
            self.assertEqual(self.ask(old)[0], 200)

    def test_a_bad_new_pair_leaves_the_old_one_in_use(self):
        self.start()
        shutil.copyfile(self.pairs["second"][0], self.cert)  # but not its key
        self.hup("does not belong")
        self.assertEqual(self.certificate(), "first")
        self.cert.unlink()
        self.hup("No such file")
        self.assertEqual(self.certificate(), "first")
        self.install("second")
        self.hup("read again")
        self.assertEqual(self.certificate(), "second")

    def test_an_expired_certificate_is_warned_of(self):
        self.pairs["old"] = self.certificates.pair("old", days=-1)
        self.install("old")
        self.start()
        self.assertRegex(self.daemon.log.read_text(),
                         r"warning .*expired.* expired=\d{4}-\d\d-\d\dT")
        context = self.context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with self.connection(context) as connection:
            self.assertEqual(self.ask(connection)[0], 200)


if __name__ == "__main__":
    support.main()
