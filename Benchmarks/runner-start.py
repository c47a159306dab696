#!/usr/bin/env python3
"""Runner start to ready, side by side with `lua5.4` running the same file, as a ratio.

Usage: Benchmarks/runner-start.py RUNNER [ROUNDS]
"""

import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

APP = """local app = app "tiny" {}
app:endpoint("/", function(input) return { hello = input.name } end)
"""
# What lua5.4 needs to run the same file: an `app` that takes anything.
PRELUDE = """app = function() return function() return { endpoint = function() end } end end
dofile(arg[1])
"""
LAUNCH, READY, FAILED = 1, 64, 65
CROWD = 100


def frame(kind, payload):
    return struct.pack("<IBBHI", len(payload), kind, 0, 0, 0) + payload


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise SystemExit("the runner closed its connection before it was ready")
        data += piece
    return data


def await_ready(connection):
    while True:
        length, kind, _, _, _ = struct.unpack("<IBBHI", read_exactly(connection, 12))
        payload = read_exactly(connection, length)
        if kind == READY:
            return json.loads(payload)
        if kind == FAILED:
            raise SystemExit(payload.decode())


def start_runner(runner, folder):
    path = os.path.join(folder, "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    spec = {
        "role": "endpoints", "bundle": folder, "script": "tiny.lua", "app": "tiny", "runnerID": "benchmark",
        "env": {}, "secrets": {}, "command": [], "dataMounts": {}, "maxMultiplexing": 1, "memoryMax": 1 << 30,
        "requestTimeoutSeconds": 60, "startupTimeoutSeconds": 60, "graceSeconds": 1, "healthMethod": "GET",
        "answerMax": 1 << 20, "streamCredit": 1 << 18, "ephemeral": True,
    }  # fmt: skip
    start = time.perf_counter()
    pid = os.posix_spawn(
        runner, [runner, "serve"], dict(os.environ), file_actions=[(os.POSIX_SPAWN_DUP2, listener.fileno(), 3)]
    )
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    connection.sendall(frame(LAUNCH, json.dumps(spec).encode()))
    await_ready(connection)
    spent = time.perf_counter() - start
    listener.close()
    os.unlink(path)
    return spent, pid, connection


def stop_runner(pid, connection):
    connection.close()
    os.waitpid(pid, 0)


def proportional_memory(pid):
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))


def start_lua(prelude, script):
    start = time.perf_counter()
    pid = os.posix_spawn("/usr/bin/lua5.4", ["lua5.4", prelude, script], dict(os.environ))
    os.waitpid(pid, 0)
    return time.perf_counter() - start


def main():
    runner = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as folder:
        script, prelude = os.path.join(folder, "tiny.lua"), os.path.join(folder, "prelude.lua")
        with open(script, "w") as file:
            file.write(APP)
        with open(prelude, "w") as file:
            file.write(PRELUDE)
        ours, theirs = [], []
        for _ in range(rounds):  # alternating, so that noise hits both
            spent, *started = start_runner(runner, folder)
            stop_runner(*started)
            ours.append(spent)
            theirs.append(start_lua(prelude, script))
        # Pages of the program are shared by those that run, so that one alone would say nothing.
        crowd = [start_runner(runner, folder)[1:] for _ in range(CROWD)]
        memory = [proportional_memory(pid) for pid, _ in crowd]
        for started in crowd:
            stop_runner(*started)
    median, peer = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
    print(f"runner start to ready   p50 {median:.2f} ms   p99 {sorted(ours)[int(rounds * 0.99) - 1] * 1e3:.2f} ms")
    print(f"lua5.4 on the same file p50 {peer:.2f} ms")
    print(f"ratio {median / peer:.2f} x (to reach: 5 x)")
    print(f"memory of an idle runner (Pss, {CROWD} at once) p50 {statistics.median(memory) / 1024:.1f} MB (to reach: 5 MB)")


main()
