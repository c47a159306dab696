"""The program of a command app that the load scripts call: answers at once, late, or with a stream. One process, no threads."""

import asyncio
import os

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
PIECE = b"x" * 65_536


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.body_left = 0
        self.path = None
        self.writable = asyncio.Event()
        self.writable.set()
        self.task = None

    def pause_writing(self):
        self.writable.clear()

    def resume_writing(self):
        self.writable.set()

    def connection_lost(self, _):
        if self.task:
            self.task.cancel()

    def data_received(self, data):
        self.buffer += data
        while True:
            if self.path is None:
                end = self.buffer.find(b"\r\n\r\n")
                if end < 0:
                    return
                head, self.buffer = self.buffer[:end].lower(), self.buffer[end + 4:]
                self.path = head.split(b" ", 2)[1]
                at = head.find(b"content-length:")
                self.body_left = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            taken = min(self.body_left, len(self.buffer))
            self.body_left -= taken
            self.buffer = self.buffer[taken:]
            if self.body_left:
                return
            path, self.path = self.path, None
            self.answer(path)

    def answer(self, path):
        if path.startswith(b"/late"):
            asyncio.get_running_loop().call_later(0.003, self.write, ANSWER)
        elif path.startswith(b"/hold"):
            asyncio.get_running_loop().call_later(1.0, self.write, ANSWER)
        elif path.startswith(b"/stream"):
            self.task = asyncio.ensure_future(self.stream(int(path.partition(b"?")[2] or b"200000")))
        else:
            self.write(ANSWER)

    def write(self, data):
        if not self.transport.is_closing():
            self.transport.write(data)

    async def stream(self, size):
        self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while size > 0:
            await self.writable.wait()
            self.write(PIECE[:size])
            size -= len(PIECE)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(os.environ["PORT"]), backlog=1024)
    await server.serve_forever()


asyncio.run(main())
