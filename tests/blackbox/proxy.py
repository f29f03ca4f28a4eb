"""A TCP proxy on this machine in a process of its own, whose connections a test can cut, hold up and
lead elsewhere: what lies between a daemon and its database when a network fails, or a load balancer
or an address that moves when a server does.
"""

import asyncio
import socket
import struct
import subprocess
import sys


class Proxy:
    """Leads connections to `port` on to another port of this machine."""

    def __init__(self, target):
        self.process = subprocess.Popen([sys.executable, "-B", __file__, str(target)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self._answer())

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the proxy has ended")
        return line

    def _do(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        self._answer()

    def cut(self):
        """Resets the connections that there are, on both sides."""
        self._do("cut")

    def freeze(self):
        """Holds back every byte, end and new connection until `resume`; nothing is closed."""
        self._do("freeze")

    def resume(self):
        self._do("resume")

    def lead_to(self, target):
        """New connections go to this port."""
        self._do("lead_to", target)

    def close(self):
        with self.process:
            self.process.kill()


class Relay:
    """What the process does."""

    def __init__(self, target):
        self.target = target
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.writers = set()

    async def serve(self):
        server = await asyncio.start_server(self.connect, "127.0.0.1", 0, backlog=1024)
        self.say(server.sockets[0].getsockname()[1])
        commands = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        while line := await commands.readline():  # until the test's process is gone
            name, *arguments = line.decode().split()
            getattr(self, name)(*arguments)
            self.say("done")

    @staticmethod
    def say(what):
        print(what, flush=True)

    async def connect(self, reader, writer):
        self.writers.add(writer)
        await self.flowing.wait()
        try:
            onward_reader, onward = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self.reset(writer)
            return
        if writer not in self.writers:  # it was cut meanwhile
            self.reset(onward)
            return
        self.writers.add(onward)
        await asyncio.gather(self.pump(reader, onward), self.pump(onward_reader, writer))
        for end in (writer, onward):
            self.writers.discard(end)
            end.close()

    async def pump(self, reader, writer):
        try:
            while piece := await reader.read(65536):
                await self.flowing.wait()
                writer.write(piece)
                await writer.drain()
            await self.flowing.wait()
            writer.write_eof()
        except OSError:
            self.reset(writer)

    def reset(self, writer):
        self.writers.discard(writer)
        end = writer.get_extra_info("socket")
        if end is not None and end.fileno() >= 0:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    def cut(self):
        for writer in list(self.writers):
            self.reset(writer)

    def freeze(self):
        self.flowing.clear()

    def resume(self):
        self.flowing.set()

    def lead_to(self, target):
        self.target = int(target)


if __name__ == "__main__":
    asyncio.run(Relay(int(sys.argv[1])).serve())
