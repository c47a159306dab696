#!/usr/bin/env python3
"""Durable submits a second at 64 clients: the queue's `POST` over HTTP, with routing, key check and answer, beside PostgreSQL
(a row and its commit each, over a Unix socket) and Redis (`XADD` with `appendfsync always`, over a Unix socket). All take the
same payload, answer when it is on the disk, and have their files on the same file system.

Rounds are interleaved, so that what else the machine does meets all of them. Ratios are of medians over the rounds.
Usage: Benchmarks/submits.py [ROUNDS] [SECONDS]    APOLUNE=path/to/apolune (dist/apolune)
Needs wrk, PostgreSQL with pgbench, and Redis; when run by root also the user `postgres`, which Debian's package makes.
"""

import glob
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scripts"))
from harness import Server, note, quantile  # noqa: E402

CLIENTS = 64
PACKAGES = "wrk postgresql redis-server"
PAYLOAD = json.dumps({"prompt": "the moon over the sea " * 20, "steps": 30, "seed": 7})
# One request keeps the only runner busy, so that all others are submitted and nothing more.
APP = """local app = app "waits" {
  machine_type = "XS", auth = "private", keep_alive = "600s", max_concurrency = 1, max_multiplexing = 1,
}
app:endpoint("/", function() sleep(3000) return {} end)
"""
TABLE = """CREATE TABLE requests (
  sequence bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, app text NOT NULL, body text NOT NULL, submitted_at timestamptz NOT NULL)"""
ROW = f"INSERT INTO requests (id, app, body, submitted_at) VALUES (gen_random_uuid(), 'me/waits', '{PAYLOAD}', now());\n"


def run(*arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise SystemExit(f"error: {arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def until(ready, what, seconds=60):
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise SystemExit(f"error: {what} did not come up")
        time.sleep(0.05)


class Apolune:
    name = "apolune"

    def __init__(self, server):
        owner = server.json("server", "status")["owner"]
        with open(os.path.join(server.data, "owner.key")) as file:
            self.key = file.read().strip()
        server.command("deploy", server.write("app.lua", APP))
        self.url = f"{server.url}/queue/{owner}/waits"
        self.script = server.write(
            "submit.lua",
            f"wrk.method = 'POST'\nwrk.body = [[{PAYLOAD}]]\nwrk.headers['Content-Type'] = 'application/json'\n")

    def rate(self, seconds):
        text = run("wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", self.script, "-H", f"Authorization: Key {self.key}", self.url)
        faults = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", text)
        if faults:
            raise SystemExit(f"error: apolune: {faults[0]}")
        return float(re.search(r"Requests/sec:\s*([\d.]+)", text)[1])

    def close(self):
        pass


class PostgreSQL:
    name = "PostgreSQL"

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise SystemExit(f"error: PostgreSQL is not installed\n  help: apt-get install {PACKAGES}")
        self.programs = found[-1]
        self.folder = tempfile.mkdtemp(prefix="apolune-postgres-")
        # It refuses to be run by root.
        self.user = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.data = os.path.join(self.folder, "data")
        self.tool(f"{self.programs}/initdb", "-D", self.data, "-U", "bench", "-A", "trust", "-E", "UTF8")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [*self.user, f"{self.programs}/postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=",
             "-c", "synchronous_commit=on", "-c", "fsync=on", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.place = ["-h", self.folder, "-U", "bench"]
        until(lambda: subprocess.run(
            ["pg_isready", *self.place], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0, "PostgreSQL")
        run("psql", *self.place, "-q", "-c", TABLE, "postgres")
        self.script = os.path.join(self.folder, "insert.sql")
        with open(self.script, "w") as file:
            file.write(ROW)

    def tool(self, *arguments):
        run(*self.user, *arguments, cwd=self.folder)

    def rate(self, seconds):
        # A payload has no colon that pgbench could take for a variable, but for that of JSON before a blank.
        text = run(
            "pgbench", *self.place, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-M", "prepared", "-f", self.script,
            "postgres")
        return float(re.search(r"tps = ([\d.]+)", text)[1])

    def close(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    name = "Redis"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="apolune-redis-")
        self.socket = os.path.join(self.folder, "redis.sock")
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "", "--appendonly", "yes",
             "--appendfsync", "always"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: os.path.exists(self.socket), "Redis")
        self.last = 2000

    def rate(self, seconds):
        # It takes a number and no time.
        text = run(
            "redis-benchmark", "-s", self.socket, "-c", str(CLIENTS), "-n", str(int(self.last * seconds)), "-q", "XADD",
            "requests", "*", "app", "me/waits", "body", PAYLOAD)
        self.last = float(re.findall(r"([\d.]+) requests per second", text)[-1])
        return self.last

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for program in ("wrk", "pgbench", "psql", "pg_isready", "redis-server", "redis-benchmark"):
        if not shutil.which(program):
            raise SystemExit(f"error: {program} is not installed\n  help: apt-get install {PACKAGES}")
    started = []
    with Server() as server:
        server.start()
        server.wait()
        try:
            for make in (lambda: Apolune(server), PostgreSQL, Redis):
                started.append(make())
            kind = run("stat", "-f", "-c", "%T", server.folder).strip()
            note(f"{CLIENTS} clients, {len(PAYLOAD)} bytes each, {rounds} rounds of {seconds} s, on {kind}")
            rates = {contender.name: [] for contender in started}
            for contender in started:
                contender.rate(1)
            for _ in range(rounds):
                for contender in started:
                    rates[contender.name].append(contender.rate(seconds))
            ours = rates["apolune"]
            for name, all_rates in rates.items():
                line = f"  {name:12} {quantile(all_rates, 0.5):9.0f} durable submits/s"
                if name != "apolune":
                    single = [mine / other for mine, other in zip(ours, all_rates)]
                    line += (f"   ratio {quantile(ours, 0.5) / quantile(all_rates, 0.5):.2f} "
                             f"(of single rounds {min(single):.2f} to {max(single):.2f}; to reach: 1)")
                note(line)
        finally:
            for contender in reversed(started):
                contender.close()


if __name__ == "__main__":
    main()
