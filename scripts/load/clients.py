"""Clients that leave whenever they like: `python3 clients.py PORT REQUESTS SEED PATH…`.

Makes that many requests over many connections, from one process with an epoll loop, and leaves most of them at a random
moment: before the head is whole, within the body, at once after it, while the request runs, within the answer. Prints how
many it made and how many of those it stayed for to their end.
"""

import collections
import random
import select
import socket
import struct
import sys
import time

OPEN = 128
RESET = struct.pack("ii", 1, 0)
BODY = b'{"text":"' + b"x" * 300 + b'"}'


class Client:
    __slots__ = ("socket", "plan", "due", "received", "wanted", "left_at")


class Clients:
    def __init__(self, port, count, seed, paths):
        self.random = random.Random(seed)
        self.port = port
        self.left = count
        self.made = self.whole = self.cut = self.refused = self.broken = 0
        self.epoll = select.epoll()
        self.clients = {}
        self.timed = collections.deque()
        self.statuses = collections.Counter()
        self.requests = [
            b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (path.encode(), len(BODY), BODY)
            for path in paths
        ]

    def run(self):
        while self.left > 0 or self.clients:
            while self.left > 0 and len(self.clients) < OPEN:
                self.connect()
            for descriptor, events in self.epoll.poll(0.002):
                client = self.clients.get(descriptor)
                if client:
                    self.happened(client, events)
            now = time.monotonic()
            while self.timed and self.timed[0][0] <= now:
                _, client, connection = self.timed.popleft()
                if client.socket is connection:
                    self.cut += 1
                    self.leave(client)

    def connect(self):
        client = Client()
        client.socket = socket.socket()
        client.socket.setblocking(False)
        # From many addresses, so that ports do not run out while the system remembers old connections.
        client.socket.bind((f"127.{self.random.randint(1, 250)}.{self.random.randint(1, 250)}.1", 0))
        client.socket.connect_ex(("127.0.0.1", self.port))
        client.due = None
        self.clients[client.socket.fileno()] = client
        self.epoll.register(client.socket, select.EPOLLOUT)

    def leave(self, client):
        if self.random.random() < 0.5:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        del self.clients[client.socket.fileno()]
        client.socket.close()
        client.socket = None

    def send(self, client):
        """One request, or a part of one."""
        self.left -= 1
        self.made += 1
        request = self.random.choice(self.requests)
        plan = self.random.random()
        client.received = b""
        client.wanted = None
        client.left_at = None
        if plan < 0.15:
            # Within the head or the body.
            client.socket.send(request[: self.random.randrange(1, len(request))])
            self.cut += 1
            return self.leave(client)
        client.socket.send(request)
        if plan < 0.30:
            self.cut += 1
            return self.leave(client)
        if plan < 0.55:
            # While it runs; all of them wait as long, so that the queue stays in order.
            self.timed.append((time.monotonic() + 0.002, client, client.socket))
        elif plan < 0.70:
            client.left_at = self.random.choice([1, 20, 300, 40_000])
        self.epoll.modify(client.socket, select.EPOLLIN)

    def happened(self, client, events):
        if events & select.EPOLLOUT:
            if client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.refused += 1
                return self.leave(client)
            return self.send(client)
        try:
            data = client.socket.recv(65_536)
        except OSError:
            data = b""
        if not data:
            # The gateway closes a connection only when it has said so.
            self.broken += 1
            return self.leave(client)
        client.received += data
        if client.left_at is not None and len(client.received) >= client.left_at:
            self.cut += 1
            return self.leave(client)
        if client.wanted is None:
            self.find_end(client)
        if client.wanted is not None and len(client.received) >= client.wanted or client.received.endswith(b"\r\n0\r\n\r\n"):
            self.whole += 1
            self.statuses[client.received[9:12].decode()] += 1
            # On the same connection, or on a new one.
            if self.left > 0 and self.random.random() < 0.7:
                self.again(client)
            else:
                self.leave(client)

    def again(self, client):
        """The same connection as a client of its own, for timers that are still under way."""
        other = Client()
        other.socket = client.socket
        client.socket = None
        self.clients[other.socket.fileno()] = other
        self.send(other)

    @staticmethod
    def find_end(client):
        end = client.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = client.received[:end].lower()
        at = head.find(b"content-length:")
        if at >= 0:
            client.wanted = end + 4 + int(head[at + 15:].split(b"\r\n", 1)[0])


def main():
    port, count, seed, *paths = sys.argv[1:]
    clients = Clients(int(port), int(count), int(seed), paths)
    clients.run()
    statuses = ",".join(f"{status}:{count}" for status, count in sorted(clients.statuses.items()))
    print(clients.made, clients.whole, clients.cut, clients.refused, clients.broken, statuses or "-")


main()
