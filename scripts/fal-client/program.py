"""A command app for the checks of fal's client: an HTTP server of the standard library."""

import json
import os
import signal
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
        if self.path == "/health":
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

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Program)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()
