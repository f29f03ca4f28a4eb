"""A minimal Debian 12 in a folder, in which packages are installed as on a machine of its own."""

import ctypes
import os
import pathlib
import shutil
import subprocess
import tempfile

import built
from built import output

SUITES = ["bookworm", "bookworm-updates"]
MIRROR = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
NEW_NETWORK = 0x40000000  # CLONE_NEWNET
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "HOME": "/root"}
APT = ["apt-get", "-q", "--assume-yes", "--no-install-recommends"]


def archive():
    """A root with what is essential, and apt: fetched once."""
    tar = built.FOLDER / "debian.tar"
    with built.locked("debian"):
        if not tar.is_file():
            part = tar.with_suffix(".part.tar")
            sources = [f"deb {MIRROR} {suite} main" for suite in SUITES]
            sources.append(f"deb {SECURITY} bookworm-security main")
            output("mmdebstrap", "--variant=minbase", SUITES[0], part, *sources)
            part.rename(tar)
    return tar


def leave_network():
    """Gives this process, which must have one thread, a network of its own: nothing is fetched from
    here on, and the service's ports are free."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    output("ip", "link", "set", "lo", "up")


class DebianRoot:
    """The root under `folder`. `close` unmounts what it mounted."""

    def __init__(self, base=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jobsched-root-"))
        output("tar", "--extract", "--preserve-permissions", "--numeric-owner", "--file",
               base or archive(), "--directory", self.folder)
        output("mount", "-t", "proc", "proc", self.folder / "proc")
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")
        # The scripts of packages ask for this folder, to see whether systemd runs.
        (self.folder / "run/systemd/system").mkdir(parents=True, exist_ok=True)
        shutil.copy(built.SOURCE / "tests/packages/systemctl", self.folder / "usr/local/bin")
        # apt would have the scripts of packages pass over what is local, as the stand-in is.
        self.path("/etc/apt/apt.conf.d/50local").write_text(f'DPkg::Path "{PATH}";\n')

    def close(self):
        output("umount", "--lazy", self.folder / "proc")
        shutil.rmtree(self.folder)

    def save(self, tar):
        """Keeps it as it is, for others to begin with."""
        output("tar", "--create", "--one-file-system", "--numeric-owner", "--file", tar,
               "--directory", self.folder, ".")
        return tar

    def command(self, *words):
        return ["chroot", str(self.folder), *map(str, words)]

    def run(self, *words, code=0):
        """Runs a command in it that ends with this exit code; what it printed."""
        ended = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, text=True, timeout=600,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT)
        if ended.returncode != code:
            raise AssertionError(f"{' '.join(map(str, words))}: exit code {ended.returncode}\n"
                                 f"{ended.stdout[-6000:]}\n{self.log()}")
        return ended.stdout

    def text(self, *words):
        return self.run(*words).strip()

    def put(self, file):
        """Brings a file in; its path there."""
        shutil.copy(file, self.folder / "tmp")
        return f"/tmp/{pathlib.Path(file).name}"

    def path(self, name):
        return self.folder / str(name).lstrip("/")

    def exists(self, name):
        return os.path.lexists(self.path(name))

    def apt(self, *words, code=0):
        return self.run(*APT, *words, code=code)

    def fetch(self, package):
        """Fetches what a package depends on, so that it can be installed without a network."""
        self.run("apt-get", "-q", "update")
        self.apt("--download-only", "install", self.put(package))

    def log(self):
        """What the service has said so far."""
        log = self.path("/var/log/service.log")
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""
