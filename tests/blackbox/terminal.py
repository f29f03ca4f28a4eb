"""Commands whose outputs are a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time

import support
from support import JOBSCHED

CTRL_C = b"\x03"


class OnATerminal:
    """A command with a terminal of so many columns as its standard output, unless that is a file,
    and if the `whole` command is on it also as its standard input and standard error."""

    def __init__(self, daemon, columns, *arguments, whole=False, output=None, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {**daemon.environment, "JOBSCHED_SERVER": daemon.server,
                       "TERM": "xterm", **environment}

        def take_terminal():
            # So that Ctrl-C is a signal.
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [JOBSCHED, *arguments], stdin=slave if whole else subprocess.DEVNULL,
            stdout=output or slave, stderr=slave if whole else subprocess.PIPE, env=environment,
            start_new_session=True, preexec_fn=take_terminal if whole else None)
        os.close(slave)
        self.shown = b""

    def read(self):
        """Waits for a piece of what it shows; whether there was one."""
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.shown += piece
        return bool(piece)

    def await_text(self, text):
        deadline = time.monotonic() + support.DEADLINE
        while text not in self.shown:
            assert time.monotonic() < deadline and self.read(), self.shown

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Waits for its end: its exit code as a shell has it."""
        while self.read():
            pass
        os.close(self.master)
        code = self.process.wait(support.DEADLINE)
        self.stderr = ""
        if self.process.stderr:
            self.stderr = self.process.stderr.read().decode()
            self.process.stderr.close()
        return code if code >= 0 else 128 - code

    @property
    def lines(self):
        return self.shown.decode().replace("\r\n", "\n").splitlines()


def screen_of(shown):
    """What is left on the screen of what was sent to it, line by line; the last one is where a
    shell would write its prompt."""
    lines = []
    for line in shown.decode().replace("\r\n", "\n").split("\n"):
        left = ""
        for piece in line.split("\r"):
            cleared = piece.removeprefix("\x1b[K")
            left = cleared if cleared != piece else cleared + left[len(cleared):]
        lines.append(left)
    return lines
