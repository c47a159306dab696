"""What the scripts that try a real server share: a server of their own, in a folder of its own, and load on its apps."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
APOLUNE = os.environ.get("APOLUNE", os.path.join(ROOT, "dist", "apolune"))


def app_source(name, version, **options):
    """A tiny Lua app that answers its version, and waits a little in between when it is told so."""
    settings = "".join(f"  {key} = {value},\n" for key, value in options.items())
    return f"""local app = app "{name}" {{
  machine_type = "XS", auth = "public", keep_alive = "600s",
{settings}}}

app:endpoint("/", function(input)
  if input.sleep then sleep(input.sleep) end
  return {{ version = {version} }}
end)
"""


def free_port():
    """A port that no client is ever given by the system: one that asks for a server that is down could else connect to
    itself, and hold the port."""
    while True:
        port = random.randint(20_000, 29_999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    """An `apolune server` with its own data folder and port. Leaves nothing behind when it is closed."""

    def __init__(self, config=None, tls=False):
        self.folder = tempfile.mkdtemp(prefix="apolune-try-")
        self.data = os.path.join(self.folder, "data")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.log = open(os.path.join(self.folder, "server.log"), "ab")
        self.environment = {**os.environ, "APOLUNE_DATA_DIR": self.data, "APOLUNE_SERVER": self.url, "NO_COLOR": "1"}
        self.arguments = ["--listen", f"127.0.0.1:{self.port}"]
        if config:
            path = self.write("server.lua", config)
            self.arguments += ["--config", path]
        if tls:
            self.command("server", "tls", "init")
            self.arguments += ["--tls-listen", "127.0.0.1:0"]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def start(self):
        self.process = subprocess.Popen(
            [APOLUNE, "server", *self.arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)

    def wait(self, seconds=20):
        """Until it takes connections; how long that took."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return time.monotonic() - begin
            except OSError:
                if self.process.poll() is not None:
                    self.fail(f"the server ended with {self.process.returncode}")
                time.sleep(0.002)
        self.fail(f"the server took no connection within {seconds} s")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def command(self, *arguments, check=True, timeout=60):
        """Runs the CLI against this server."""
        done = subprocess.run(
            [APOLUNE, *arguments], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=timeout)
        if check and done.returncode != 0:
            self.fail(f"apolune {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments):
        return json.loads(self.command(*arguments, "--json").stdout)

    def runners(self, app):
        """Live runners of an app, by id."""
        return {
            runner["id"]: runner
            for runner in self.json("apps", "runners", app)["runners"]
            if runner["state"] not in ("TERMINATED",)
        }

    def fail(self, reason):
        self.log.flush()
        with open(self.log.name, errors="replace") as file:
            tail = file.read()[-3000:]
        raise SystemExit(f"error: {reason}\n--- the server's last words\n{tail}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.command("server", "stop", "--runners", check=False)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def call(url, body=b"{}", timeout=30):
    """One POST on a connection of its own: status and body, or None when there was no answer."""
    match = re.match(r"http://([^:/]+):(\d+)(/.*)?$", url)
    connection = http.client.HTTPConnection(match[1], int(match[2]), timeout=timeout)
    try:
        connection.request("POST", match[3] or "/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Load:
    """Clients that call an app in a loop from threads, on connections that they keep."""

    def __init__(self, port, path, clients):
        self.port, self.path = port, path
        self.answered = self.refused = self.broken = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        connection = None
        while not self.stopping.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                connection.request("POST", self.path, b"{}", {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                with self.lock:
                    if 200 <= answer.status < 300:
                        self.answered += 1
                    else:
                        self.refused += 1
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.broken += 1
                if connection is not None:
                    connection.close()
                connection = None
                self.stopping.wait(0.01)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def note(text):
    print(text, flush=True)


def warn(text):
    print(text, file=sys.stderr, flush=True)
