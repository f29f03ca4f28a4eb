"""A network of a test's own: every address of both families is on this machine, name servers and
certificate authorities are the test's, and nothing leaves. It needs Linux namespaces: root, or a
kernel that lets everybody make user namespaces.
"""

import contextlib
import ipaddress
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import urllib.parse

INSIDE = "JOBSCHED_TEST_INSIDE"
SKIPPED = 77  # exit code: see SKIP_RETURN_CODE in tests/CMakeLists.txt
NAME_SERVER = "192.0.2.53"
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")  # what libcurl of Debian reads


def enter():
    """Runs this program anew in namespaces of its own, unless it is there already."""
    if os.environ.get(INSIDE):
        return
    for unshare in (["unshare", "-mn"], ["unshare", "-Urmn"]):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*unshare, "true"], capture_output=True).returncode == 0:
                os.environ[INSIDE] = "1"
                os.execvp(unshare[0], [*unshare, sys.executable, "-B", *sys.argv])
    print("skipped: this needs root, or user namespaces for everybody, to make a network of its own")
    sys.exit(SKIPPED)


def set_up(folder, hosts):
    """Brings the network up, with the lines `hosts` as its /etc/hosts."""
    folder = pathlib.Path(folder)
    for command in ("ip link set lo up", "ip route add local 0.0.0.0/0 dev lo",
                    "ip -6 route add local ::/0 dev lo"):
        subprocess.run(command.split(), check=True)
    cover("/etc/resolv.conf", folder, f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n")
    cover("/etc/hosts", folder, hosts)


def cover(path, folder, text):
    """Puts a file of its own over one of the system's, for this test only."""
    own = pathlib.Path(folder) / path.strip("/").replace("/", "_")
    own.write_text(text)
    subprocess.run(["mount", "--bind", str(own), str(path)], check=True)


class NameServer:
    """Answers queries. `zone` finds the addresses of a name, given how often it was asked for that
    family before; none at all means that there is no such name, and None that no answer comes."""

    def __init__(self, zone):
        self.zone = zone
        self.asked = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            if answer := self.answer(query):
                self.socket.sendto(answer, client)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = ".".join(labels)
        version = {1: 4, 28: 6}.get(kind)
        times = self.asked[name, kind] = self.asked.get((name, kind), -1) + 1
        found = self.zone(name, times)
        if found is None:
            return None
        found = [ipaddress.ip_address(text) for text in found]
        records = [address.packed for address in found if address.version == version]
        code = 0x8180 if found else 0x8183
        body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(data)) + data
                        for data in records)
        return query[:2] + struct.pack("!HHHHH", code, 1, len(records), 0, 0) + question + body


class Canary:
    """Listens on the given ports of every address and notes each address that is connected to.
    It answers 200, or 302 to what follows `/redirect/` in the path."""

    def __init__(self, *ports):
        self.connected = []
        for port in ports:
            for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                listener = socket.socket(family, socket.SOCK_STREAM)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind((host, port))
                listener.listen(256)
                threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            connection, _ = listener.accept()
            self.connected.append(connection.getsockname()[0])
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
            path = head.split(b" ")[1]
            location = urllib.parse.unquote_to_bytes(path.partition(b"/redirect/")[2])
            status = b"302 Found\r\nLocation: " + location if location else b"200 OK"
            connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n"
                               b"Connection: close\r\n\r\n")


class Certificates:
    """A certificate authority, and certificates by it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.authority = self.self_signed("authority")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def self_signed(self, name):
        """The path of a file with a certificate and its key."""
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                     "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2")
        return self.join(name)

    def signed(self, name, days):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.crt", "-CAkey",
                     "authority.key", "-CAcreateserial", "-copy_extensions", "copy", "-days",
                     str(days), "-out", f"{name}.crt")
        return self.join(name)

    def join(self, name):
        path = self.folder / f"{name}.pem"
        parts = [(self.folder / f"{name}.{kind}").read_text() for kind in ("key", "crt")]
        path.write_text("".join(parts))
        return path
