"""A root of DebianRoot that is booted: systemd is the first process of a machine of its own."""

import pathlib
import signal
import subprocess

from built import SOURCE, output
from debian_root import ENVIRONMENT

NAMESPACES = ["--mount", "--pid", "--net", "--cgroup", "--ipc", "--uts"]


class Machine:
    """`close` powers it off."""

    def __init__(self, root):
        root.path("/usr/local/bin/systemctl").unlink()  # the real one works here
        self.process = subprocess.Popen(
            ["unshare", *NAMESPACES, "--fork", "--kill-child", SOURCE / "tests/packages/boot", root.folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def first_process(self):
        """Its number outside, once it is there."""
        pid = self.process.pid
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()

    def command(self, *words):
        return ["nsenter", f"--target={self.first_process()}", *NAMESPACES, *map(str, words)]

    def run(self, *words, **options):
        """Runs a command in it that must succeed; what it printed."""
        return output(*self.command(*words), env=ENVIRONMENT, **options)

    def runs(self):
        """Whether it has started all that it starts by itself."""
        ended = subprocess.run(self.command("systemctl", "is-system-running"), capture_output=True,
                               text=True, env=ENVIRONMENT)
        return ended.stdout.strip() in ("running", "degraded")

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
