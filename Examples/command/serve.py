"""An HTTP server of the standard library, as a command app: it listens on $PORT and knows nothing of Apolune."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Clock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "ok"})
        else:
            self.answer(404, {"detail": f"Path {self.path} not found"})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        greeting = os.environ.get("GREETING", "Now")
        self.answer(200, {"text": f"{greeting} {time.strftime('%H:%M:%S')}", "input": body})

    def log_message(self, format, *arguments):
        print(f"{self.command} {self.path}", flush=True)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Clock)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
