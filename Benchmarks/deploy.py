#!/usr/bin/env python3
"""Deploy to serving: `apolune deploy` of a tiny app, from the start of the command to the first answer of the new
revision. Rolling and recreate; each beside the time of a command that only asks the server for its status.

Usage: Benchmarks/deploy.py [ROUNDS]    APOLUNE=path/to/apolune (dist/apolune)
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scripts"))
from harness import Server, app_source, call, note, quantile  # noqa: E402


def timed(body):
    begin = time.monotonic()
    body()
    return (time.monotonic() - begin) * 1000


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with Server() as server:
        server.start()
        server.wait()
        owner = server.json("server", "status")["owner"]
        status = [timed(lambda: server.command("server", "status")) for _ in range(rounds)]
        note(f"a command that only asks: p50 {quantile(status, 0.5):.1f} ms")
        version = 0
        for strategy in ("rolling", "recreate"):
            times = []
            for _ in range(rounds):
                version += 1
                path = server.write("app.lua", app_source("tiny", version, strategy=f'"{strategy}"'))

                def deploy():
                    server.command("deploy", path)
                    status, body = call(f"{server.url}/{owner}/tiny")
                    assert status == 200 and str(version) in body.decode(), (status, body)

                times.append(timed(deploy))
            note(
                f"{strategy}: deploy to serving p50 {quantile(times, 0.5):.1f} ms, p95 {quantile(times, 0.95):.1f} ms "
                f"({quantile(times, 0.5) / quantile(status, 0.5):.1f} x the command that only asks); to reach: p50 100 ms")


main()
