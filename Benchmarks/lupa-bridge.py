#!/usr/bin/env python3
"""The bridge benchmark's operations with lupa, for comparison: nanoseconds an operation.

Needs the package lupa; scripts/benchmark installs it into a folder of its own.
"""

import statistics
import time

import lupa.lua54 as lupa

COUNT = 200_000


def measure(name, operations, body):
    body()
    spent = []
    for _ in range(5):
        start = time.perf_counter_ns()
        body()
        spent.append((time.perf_counter_ns() - start) / operations)
    print(f"{name:<28} lupa {statistics.median(spent):>12.1f} ns")


def main():
    lua = lupa.LuaRuntime()
    increment = lua.eval("function(x) return x + 1 end")
    loop = lua.eval("function(host, n) local x = 0 for _ = 1, n do x = host(x) end end")
    text = lua.eval("function(host, n) local s = 'a string of some length' for _ = 1, n do host(s) end end")

    def calls():
        for index in range(COUNT):
            increment(index)

    measure("host to Lua call", COUNT, calls)
    measure("Lua to host callback", COUNT, lambda: loop(lambda x: x + 1, COUNT))
    measure("callback with a string", COUNT, lambda: text(lambda s: len(s), COUNT))
    measure("new state", 200, lambda: [lupa.LuaRuntime() for _ in range(200)])


main()
