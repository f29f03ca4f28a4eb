"""Where callbacks may go: a daemon that may reach public addresses only, in a network where every
address is a canary. Whatever a URL looks like, nothing but a public address is ever connected to.
"""

import re
import ssl
import socket
import tempfile
import threading
import unittest

import private_network
import support
from private_network import Canary, Certificates, NameServer
from support import Daemon, await_true, from_now, quote

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1::1"
PROXY = "http://198.51.100.7:3128"

NAMES = {
    "public.test": [PUBLIC],
    "public6.test": [PUBLIC_V6],
    "both.test": ["127.0.0.1", "::1", "10.0.0.1", PUBLIC],
    "loopback.test": ["127.0.0.1"],
    "loopback6.test": ["::1"],
    "zero.test": ["0.0.0.0"],
    "zero6.test": ["::"],
    "private.test": ["10.0.0.1"],
    "many.test": [f"192.168.0.{n}" for n in range(1, 9)],
    "metadata.test": ["169.254.169.254"],
    "azure.test": ["168.63.129.16"],
    "amazon6.test": ["fd00:ec2::254"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "nat64.test": ["64:ff9b::7f00:1"],
    "6to4.test": ["2002:7f00:1::1"],
    "teredo.test": ["2001:0:808:808:0:0:80ff:fffe"],
    "link-local.test": ["fe80::1"],
    "unique-local.test": ["fd00::1"],
    "broadcast.test": ["255.255.255.255"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.ip.test": ["127.0.0.1"],
    "www.localhost": ["127.0.0.1"],
}

HOSTS = """127.0.0.1 localhost localhost.localdomain
::1 ip6-localhost ip6-loopback
127.0.1.1 this-machine
10.0.0.7 intranet
"""


def zone(name, times):
    """`rebind.test` is public when it is asked for first, and this machine ever after; `silent.test`
    is never answered."""
    if name == "rebind.test":
        return [PUBLIC if times == 0 else "127.0.0.1"]
    if name == "silent.test":
        return None
    return NAMES.get(name, [])


IPV4 = """
    127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 0.0.0.0 0.1.2.3
    2130706433 0x7f000001 0x7F000001 017700000001 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.0.0.01
    0177.0x0.1 127.1 127.0.1 127.0x1 127.00.0.1 127.000.000.001 0127.0.0.1 00127.0.0.1 6425673729
    383.0.0.1 127.0.0.257 127.0.0.1.1 0 00 0x0 0x 1 0.0 1.1
    127.0.0.1. 127.0.0.1.. .127.0.0.1 127..0.0.1 127.0.0.1.0 127.1.
    10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 100.64.0.1
    100.127.255.255 169.254.0.1 169.254.169.254 169.254.169.254. 2852039166 0xA9FEA9FE
    0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 169.254.43518 169.16689662 169.254.170.2 169.254.0.23
    168.63.129.16 100.100.100.200 192.0.0.192 192.0.0.1 192.0.2.1 192.31.196.1 192.52.193.1
    192.88.99.1 192.175.48.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255
""".split()

IPV6 = """
    ::1 :: ::0 0::1 ::0001 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::127.0.0.1
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:7F00:0001 0:0:0:0:0:ffff:127.0.0.1 ::ffff:0:127.0.0.1
    ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::ffff:0.0.0.0 ::ffff:192.168.0.1
    64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b:1::7f00:1
    2002:7f00:1:: 2002:7f00:0001::1 2002:a9fe:a9fe:: 2002:a00:1::1
    2001:0:7f00:1:: 2001:0:808:808:0:0:80ff:fffe 2001:0:a9fe:a9fe::1
    fe80::1 febf::1 fe80::a9fe:a9fe fec0::1 fc00::1 fd00::1 fd12:3456:789a::1 fd00:ec2::254
    fd20:ce::254 ff01::1 ff02::1 ff0e::1 100::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
    2620:4f:8000::1 3fff::1 5f00::1 4000::1
    fe80::1%25lo fe80::1%lo ::1%25lo ::1%lo ::1%1 127.0.0.1 ::ffff:127.1 ::ffff:0x7f.0.0.1 v1.1 :::1
    0:0:0:0:0:0:0:0:1 ::g
""".split()

HOST_NAMES = """
    localhost LOCALHOST LocalHost localhost. LOCALHOST. localhost.. .localhost localhost.localdomain
    ip6-localhost ip6-loopback www.localhost this-machine intranet metadata
    metadata.google.internal METADATA.GOOGLE.INTERNAL. loopback.test Loopback.Test. loopback6.test
    zero.test zero6.test private.test many.test metadata.test azure.test amazon6.test mapped.test
    nat64.test 6to4.test teredo.test link-local.test unique-local.test broadcast.test
    127.0.0.1.ip.test no-such-name.test silent.test
    %6c%6f%63%61%6c%68%6f%73%74 l%6fcalhost %31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0.1%00.public.test
    127.0.0.1%2f.public.test localhost%23.public.test [%3a%3a1] 127.0.0.1%0d%0a
    ①②⑦.⓪.⓪.① 127。0。0。1 １２７.０.０.１ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ lo\u00adcalhost localhost\u3002 ::1 ::ffff:127.0.0.1
""".split()

WHOLE = [
    "file:///etc/passwd", "file://localhost/etc/passwd", "gopher://127.0.0.1:80/_x",
    "dict://127.0.0.1:80/x", "ftp://127.0.0.1/", "ftps://127.0.0.1/", "ldap://127.0.0.1/",
    "tftp://127.0.0.1/x", "telnet://127.0.0.1/", "smtp://127.0.0.1/", "imap://127.0.0.1/",
    "pop3://127.0.0.1/", "rtsp://127.0.0.1/", "scp://127.0.0.1/x", "sftp://127.0.0.1/x",
    "smb://127.0.0.1/x", "ws://127.0.0.1/", "wss://127.0.0.1/", "mqtt://127.0.0.1/",
    "unix:/run/x.sock", "http+unix://%2Frun%2Fx.sock/", "data:text/plain,x", "javascript:x",
    "jar:http://127.0.0.1!/", "//127.0.0.1/", "127.0.0.1", "localhost:80", "/",
    "HTTP://127.0.0.1/", "HtTp://127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1/",
    "http:///127.0.0.1/", "http:////127.0.0.1/", "http:\\\\127.0.0.1\\", "http://[::1",
    "http://::1]/", "http:// 127.0.0.1/", "http://127.0.0.1 /", " http://127.0.0.1/",
    "http://127.0.0.1\t/", "http://\t127.0.0.1/", "http://127.0.0.1/\n", "\x00http://127.0.0.1/",
    "http://127.0.0.1:80:80/", "http://127.0.0.1:0/", "http://127.0.0.1:+80/",
    "http://127.0.0.1:080/", "http://127.0.0.1:65616/", "http://127.0.0.1:0x50/",
    "http://127.0.0.1:8080/", "http://localhost:8080/", "https://127.0.0.1/", "https://localhost/",
    "https://[::1]/", "https://169.254.169.254/", "https://loopback.test/",
    "http://public.test@127.0.0.1/", "http://public.test:80@127.0.0.1/", "http://u:p@127.0.0.1/",
    "http://:@127.0.0.1/", "http://@127.0.0.1/", "http://public.test@@127.0.0.1/",
    "http://public.test%40127.0.0.1/", "http://public.test\\@127.0.0.1/",
    "http://public.test:80\\@127.0.0.1/", "http://public.test#@127.0.0.1\\", "http://a@[::1]/",
    "http://127.0.0.1\\@public.test/", "http://127.0.0.1@public.test/",
    "http://public.test\r\nHost: 127.0.0.1/", "http://public.test%0d%0a@127.0.0.1/",
]

CORPUS = [*(f"http://{host}/" for host in IPV4), *(f"http://[{host}]/" for host in IPV6),
          *(f"http://{host}/" for host in HOST_NAMES), *WHOLE]

# These are public whatever they look like, and so is what they reach.
PUBLIC_URLS = [
    "http://public.test/", "http://PUBLIC.test./", "http://public6.test/", f"http://{PUBLIC}/",
    f"http://[{PUBLIC_V6}]/", f"http://[::ffff:{PUBLIC}]/", "http://both.test/",
    "http://public.test/@127.0.0.1/", "http://public.test?@127.0.0.1/",
    "http://public.test#@127.0.0.1/", "http://public.test/http://127.0.0.1/",
    "http://public.test/..//127.0.0.1/", "http://public.test:80/?url=http://localhost/",
]

TARGETS_OF_REDIRECTS = [
    "http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "//127.0.0.1/",
    "http://localhost/", "file:///etc/passwd", "gopher://127.0.0.1:80/", "http://2130706433/",
]


class Network(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        private_network.set_up(cls.folder.name, HOSTS)
        cls.name_server = NameServer(zone)
        cls.canary = Canary(80, 443, 3128, 8080, 8081)
        cls.certificates = Certificates(cls.folder.name)
        private_network.cover(str(private_network.AUTHORITIES), cls.folder.name,
                              cls.certificates.authority.read_text())

    def setUp(self):
        self.canary.connected.clear()

    def start(self, delivery):
        """A daemon that makes one attempt of each delivery. All proxies that programs heed are
        canaries, too."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        self.daemon = Daemon(
            folder.name, f"delivery: {{backoff: [], timeout: 20s, {delivery}}}\nlog: {{level: debug}}\n",
            no_proxy="", NO_PROXY="", **{name: PROXY for name in names}).start()
        self.addCleanup(lambda: self.assertEqual(self.daemon.stop(), 0))

    def create(self, url):
        return self.daemon.post_json({"url": url, "when": from_now(0.5)},
                                     Accept="application/json")

    def ends(self):
        """The log's lines about attempts, by job."""
        text = self.daemon.log.read_text()
        lines = [line for line in text.splitlines() if " job=" in line and " outcome=" in line]
        return {re.search(r" job=(\S+)", line).group(1): line for line in lines}

    def fire(self, urls):
        """How each URL ends: why it was refused, or the log's line of its attempt."""
        jobs, ends = {}, {}
        for url in urls:
            answer = self.create(url)
            if answer.status == 201:
                jobs[answer.json["id"]] = url
            else:
                self.assertEqual(answer.status, 422, (url, answer.text))
                self.assertIn("url", answer.text, url)
                ends[url] = "refused: " + answer.json["detail"]
        await_true(lambda: jobs.keys() <= self.ends().keys(), "the end of all attempts")
        return {**ends, **{url: self.ends()[job] for job, url in jobs.items()}}

    def assert_nothing_reached(self, urls):
        for url, end in self.fire(urls).items():
            with self.subTest(url):
                self.assertRegex(end, "^refused: .|outcome=blocked|outcome=unreachable")
        self.assertEqual(self.canary.connected, [])

    def test_the_corpus_reaches_nothing(self):
        self.start("network: public")
        own = f"http://127.0.0.1:{self.daemon.port}/1/jobs"
        urls = sorted({*CORPUS, own})
        self.assertGreaterEqual(len(urls), 250)
        self.assert_nothing_reached(urls)

    def test_public_addresses_are_reached_in_the_same_network(self):
        self.start("network: public")
        for url, end in self.fire(PUBLIC_URLS).items():
            with self.subTest(url):
                self.assertIn("outcome=accepted", end)
        self.assertEqual(set(self.canary.connected), {PUBLIC, PUBLIC_V6})

    def test_redirects_are_not_followed(self):
        self.start("network: public")
        urls = [f"http://public.test/redirect/{quote(target)}" for target in TARGETS_OF_REDIRECTS]
        for url, end in self.fire(urls).items():
            with self.subTest(url):
                self.assertIn("outcome=rejected status=302", end)
        self.assertEqual(set(self.canary.connected), {PUBLIC})

    def test_a_name_that_changes_is_judged_by_what_it_stands_for(self):
        self.start("network: public")
        first = self.fire(["http://rebind.test:8080/"]).popitem()[1]
        self.assertIn("outcome=accepted", first)
        # What libcurl remembers of names it remembers for their ports.
        for n, port in enumerate((8081, 80, 443), 2):
            later = self.fire([f"http://rebind.test:{port}/"]).popitem()[1]
            self.assertIn("outcome=blocked", later)
            self.assertGreaterEqual(self.name_server.asked["rebind.test", 1], n - 1)
        self.assertEqual(self.canary.connected, [PUBLIC])

    def test_what_is_blocked_is_not_tried_again_and_says_which_setting_it_is(self):
        self.start("network: public, deny: [93.184.216.0/24]")
        self.daemon.stop()
        text = self.daemon.config.read_text().replace("backoff: []", "backoff: [1s]")
        self.daemon.config.write_text(text)
        self.daemon.start()
        ends = self.fire(["http://loopback.test/", "http://metadata.test/", "http://public.test/"])
        for url, setting in (("http://loopback.test/", "delivery.network"),
                             ("http://metadata.test/", "delivery.allow"),
                             ("http://public.test/", "delivery.deny")):
            with self.subTest(url):
                self.assertRegex(ends[url], f'then="exhausted: .*{setting}')
        self.assertEqual(self.canary.connected, [])

    def test_a_wide_allowance_does_not_open_this_machine_or_metadata(self):
        urls = ["http://127.0.0.1/", "http://loopback.test/", "http://loopback6.test/",
                "http://zero.test/", "http://[::1]/", "http://169.254.169.254/",
                "http://metadata.test/", "http://azure.test/", "http://amazon6.test/",
                "http://link-local.test/", "http://nat64.test/", "http://6to4.test/",
                "http://teredo.test/", "http://mapped.test/"]
        self.start('network: public, allow: [0.0.0.0/0, "::/0"]')
        self.assert_nothing_reached(urls)
        self.assertIn("outcome=accepted", self.fire(["http://private.test/"]).popitem()[1])

    def test_by_default_only_link_local_and_metadata_addresses_are_refused(self):
        self.start("network: auto")
        self.assert_nothing_reached(
            ["http://169.254.169.254/", "http://metadata.test/", "http://azure.test/",
             "http://amazon6.test/", "http://link-local.test/", "http://[64:ff9b::a9fe:a9fe]/"])
        for url, end in self.fire(["http://127.0.0.1/", "http://localhost/", "http://[::1]/",
                                   "http://private.test/"]).items():
            with self.subTest(url):
                self.assertIn("outcome=accepted", end)

    def test_certificates_are_checked(self):
        self.start("network: public")
        authority = self.certificates
        rows = [
            ("good.test", authority.signed("good.test", 2), "outcome=accepted"),
            ("expired.test", authority.signed("expired.test", -1), "certificate has expired"),
            ("self-signed.test", authority.self_signed("self-signed.test"), "self-signed certificate"),
            ("another.test", authority.signed("wrong.test", 2), "no alternative certificate subject name matches"),
        ]
        for port, (name, certificate, end) in enumerate(rows, 4430):
            NAMES[name] = [PUBLIC]
            serve_tls(port, certificate)
            with self.subTest(name):
                line = self.fire([f"https://{name}:{port}/"]).popitem()[1]
                self.assertIn(end, line)
                if name != "good.test":
                    self.assertIn("TLS failed", line)


def serve_tls(port, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server((PUBLIC, port))

    def serve():
        while True:
            plain, _ = listener.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                plain.close()

    threading.Thread(target=serve, daemon=True).start()


if __name__ == "__main__":
    private_network.enter()
    support.main()
