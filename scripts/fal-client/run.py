"""Runs the checks in the environment that `apolune connect --fal` gave, and prints a line for each.

Usage: run.py GROUP… [+GROUP]    those of any of the groups; where `+GROUP` is said, of that one too
"""

import asyncio
import sys
import time
import traceback

import fal_client
from clients import Async, Sync

import checks

# A check that takes longer has got stuck.
CHECK_SECONDS = 60


async def attempt(client, name, body):
    begin = time.monotonic()
    try:
        await asyncio.wait_for(body(client(), client), CHECK_SECONDS)
        print(f"ok      {client.name:5} {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        return True
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(place) if frame.filename == checks.__file__), "?")
        print(f"FAILED  {client.name:5} {name}: {type(error).__name__}: {error} (checks.py:{line})", flush=True)
        return False


async def main(words):
    groups = [word for word in words if not word.startswith("+")]
    required = [word[1:] for word in words if word.startswith("+")]
    print(f"fal_client {fal_client.__version__}: {', '.join(words)}", flush=True)
    results = [
        await attempt(client, name, body)
        for own, name, body in checks.CHECKS
        if any(group in own for group in groups) and all(group in own for group in required)
        for client in (Sync, Async)
    ]
    print(f"{sum(results)} of {len(results)} checks are ok", flush=True)
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
