"""Certificates of the tests' own, made by openssl(1)."""

import pathlib
import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Certificates:
    """A root, and certificates for localhost that lead to it by way of an intermediate one."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "root.pem"
        self._make("root", "/CN=root", "basicConstraints=critical,CA:TRUE")
        self._make("middle", "/CN=middle", "basicConstraints=critical,CA:TRUE", by="root")

    def path(self, name):
        return self.folder / name

    def key(self, name):
        key = self.path(f"{name}.key")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        return key

    def _make(self, name, subject, extension, by=None, days=30):
        key = self.key(name)
        pem = self.path(f"{name}.pem")
        request = self.path(f"{name}.csr")
        extensions = self.path(f"{name}.ext")
        extensions.write_text(extension)
        openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        issuer = ("-signkey", key) if by is None else (
            "-CA", self.path(f"{by}.pem"), "-CAkey", self.path(f"{by}.key"), "-CAcreateserial")
        openssl("x509", "-req", "-in", request, *issuer, "-days", days, "-extfile", extensions,
                "-out", pem)
        return pem, key

    def pair(self, name, days=30, hosts="DNS:localhost,IP:127.0.0.1"):
        """A chain and a key, for localhost unless `hosts` says otherwise."""
        pem, key = self._make(name, f"/CN={name}", f"subjectAltName={hosts}", by="middle", days=days)
        pem.write_bytes(pem.read_bytes() + self.path("middle.pem").read_bytes())
        return pem, key
