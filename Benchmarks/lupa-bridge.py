#!/usr/bin/env python3
"""The bridge benchmark's operations with lupa, as a ratio to the plain C API measured just before.

Usage: bridge | lupa-bridge.py    (prints the bridge's lines, then its own)
Needs the package lupa; scripts/benchmark installs it into a folder of its own.
"""

import re
import statistics
import sys
import time

import lupa.lua54 as lupa

COUNT = 200_000
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6}
LINES = "".join(
    f"local function step{i}(items, limit)\n  local sum = 0\n"
    f"  for _, item in ipairs(items) do if item < limit then sum = sum + item * {i} end end\n"
    f'  return {{ sum = sum, name = "step {i}", ok = sum > 0 }}\nend\n'
    for i in range(1, 41)
)
RECORDS = """
local records = {}
for id = 1, 9000 do
  records[id] = {
    id = id, score = id * 0.5, active = id % 2 == 0, name = "record number " .. id .. " of the benchmark",
    tags = { "tag-" .. id % 97, "tag-" .. id % 13, "a longer tag that many records share" },
  }
end
return records
"""


def read_baseline():
    """Nanoseconds of the plain C API, by name."""
    baseline = {}
    for line in sys.stdin:
        print(line, end="", flush=True)
        found = re.match(r"(.{28}) C ([0-9.]+) (ns|us|ms)", line)
        if found:
            baseline[found[1].strip()] = float(found[2]) * UNITS[found[3]]
    return baseline


def measure(baseline, name, operations, body):
    body()
    spent = []
    for _ in range(5):
        start = time.perf_counter_ns()
        body()
        spent.append((time.perf_counter_ns() - start) / operations)
    median = statistics.median(spent)
    print(f"{name:<28} lupa {median:>12.1f} ns  ratio {median / baseline[name]:.2f} x of C")


def to_python(table):
    """The records as Python objects, as a user of lupa would read them."""
    return [
        (row["id"], row["score"], row["active"], row["name"], list(row["tags"].values())) for row in table.values()
    ]


def main():
    baseline = read_baseline()
    lua = lupa.LuaRuntime()
    increment = lua.eval("function(x) return x + 1 end")
    loop = lua.eval("function(host, n) local x = 0 for _ = 1, n do x = host(x) end end")
    text = lua.eval("function(host, n) local s = 'a string of some length' for _ = 1, n do host(s) end end")
    records = lua.execute(RECORDS)

    def calls():
        for index in range(COUNT):
            increment(index)

    measure(baseline, "host to Lua call", COUNT, calls)
    measure(baseline, "Lua to host callback", COUNT, lambda: loop(lambda x: x + 1, COUNT))
    measure(baseline, "callback with a string", COUNT, lambda: text(lambda s: len(s), COUNT))
    measure(baseline, "new sandboxed state", 200, lambda: [lupa.LuaRuntime() for _ in range(200)])
    measure(baseline, "load of 200 lines", 200, lambda: [lua.compile(LINES) for _ in range(200)])
    measure(baseline, "1 MB table to structs", 1, lambda: to_python(records))


main()
