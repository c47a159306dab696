"""A command app for the checks of fal's client: an HTTP server of the standard library."""

import base64
import hashlib
import json
import os
import signal
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Program(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, **headers):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.talk()
        elif self.path == "/health":
            self.answer(200, {})
        else:
            self.answer(200, {"method": "GET", "path": self.path})

    def do_POST(self):
        body = self.body()
        if self.path == "/stream":
            self.stream(body["count"])
        elif self.path == "/refuse":
            self.answer(body["status"], {"detail": body["reason"]})
        elif self.path == "/print":
            print(f"it was told: {body['text']}", flush=True)
            self.answer(200, {})
        else:
            time.sleep(body.get("seconds", 0))
            seen = {name.lower(): value for name, value in self.headers.items()}
            self.answer(200, {"method": "POST", "path": self.path, "body": body, "headers": seen})

    def stream(self, count):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(1, count + 1):
            self.wfile.write(f"data: {json.dumps({'number': number})}\n\n".encode())
            self.wfile.flush()

    # MARK: WebSockets (RFC 6455): what comes goes back

    CLOSE, PING, PONG = 8, 9, 10

    def talk(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        opcode = None
        while opcode != self.CLOSE:
            opcode, data = self.frame()
            self.send(self.PONG if opcode == self.PING else opcode, data)

    def frame(self):
        """One whole message; the client's frames are masked."""
        first, second = self.rfile.read(2)
        length = second & 0x7F
        if length >= 126:
            length = struct.unpack("!H" if length == 126 else "!Q", self.rfile.read(2 if length == 126 else 8))[0]
        mask = self.rfile.read(4)
        data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.rfile.read(length)))
        return first & 0x0F, data

    def send(self, opcode, data):
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, length)
        self.wfile.write(head + data)
        self.wfile.flush()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Program)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()
