#!/usr/bin/env python3
"""Requests a second through gateway and isolated Lua runner, beside nginx -> Unix socket -> nginx with Lua (one worker each),
and beside the server that `fal run --local` starts. All do the same work: read JSON, add numbers up, answer JSON.

Rounds are interleaved, so that what else the machine does meets all of them. Ratios are of medians over the rounds.
Usage: Benchmarks/gateway.py [ROUNDS] [SECONDS]    APOLUNE=path/to/apolune (dist/apolune)
Needs wrk, nginx with its Lua module and lua-cjson; FAL=path/to/fal adds the comparison with fal's server.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scripts"))
from harness import Server, free_port, note, quantile  # noqa: E402

BODY = '{"name":"moon","numbers":[3,1,4,1,5,9,2,6]}'
CLIENTS = (32, 256)
PACKAGES = "wrk curl nginx-light libnginx-mod-http-lua lua-cjson"
APP = """local app = app "sum" {
  machine_type = "S", auth = "private", keep_alive = "600s", max_concurrency = 1, min_concurrency = 1, max_multiplexing = 512,
}
app:endpoint("/", function(input)
  local sum = 0
  for _, number in ipairs(input.numbers) do sum = sum + number end
  return { name = input.name, sum = sum }
end)
"""
NGINX_LUA = """
      ngx.req.read_body()
      local input = json.decode(ngx.req.get_body_data())
      local sum = 0
      for _, number in ipairs(input.numbers) do sum = sum + number end
      ngx.header["Content-Type"] = "application/json"
      local answer = json.encode({ name = input.name, sum = sum })
      ngx.header["Content-Length"] = #answer
      ngx.print(answer)
"""
NGINX = """
daemon off; {user}worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.error crit; {modules}
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; server_tokens off;
  client_body_temp_path {folder}/body-{name}; proxy_temp_path {folder}/proxy-{name};
  fastcgi_temp_path {folder}/f-{name}; uwsgi_temp_path {folder}/u-{name}; scgi_temp_path {folder}/s-{name};
  {http}
}}
"""
FAL = """import fal
from pydantic import BaseModel


class Input(BaseModel):
    name: str
    numbers: list[int]


class Output(BaseModel):
    name: str
    sum: int


class Sum(fal.App):
    machine_type = "XS"
    max_multiplexing = 64

    @fal.endpoint("/")
    async def run(self, input: Input) -> Output:
        return Output(name=input.name, sum=sum(input.numbers))
"""


class Nginx:
    """Two servers, one behind the other."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="apolune-nginx-")
        self.port = free_port()
        back = f"{self.folder}/back.sock"
        modules = "".join(
            f"load_module /usr/lib/nginx/modules/{name}.so;" for name in ("ndk_http_module", "ngx_http_lua_module"))
        self.write("back", modules, f"""
  init_by_lua_block {{ json = require "cjson" }}
  server {{ listen unix:{back}; location / {{ content_by_lua_block {{ {NGINX_LUA} }} }} }}""")
        self.write("front", "", f"""
  upstream back {{ server unix:{back}; keepalive 512; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{self.port} backlog=1024;
    location / {{ proxy_pass http://back; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}""")
        self.processes = [
            subprocess.Popen(["nginx", "-c", f"{self.folder}/{name}.conf", "-p", self.folder]) for name in ("back", "front")
        ]

    def write(self, name, modules, http):
        # Workers of root would be nobody, who may not enter the folder.
        user = "user root; " if os.geteuid() == 0 else ""
        with open(f"{self.folder}/{name}.conf", "w") as file:
            file.write(NGINX.format(folder=self.folder, name=name, modules=modules, http=http, user=user))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def close(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class FalServer:
    """What `fal run --local` starts."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="apolune-fal-")
        with open(f"{self.folder}/app.py", "w") as file:
            file.write(FAL)
        self.port = free_port()
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen(
            [program, "run", "--local", "--exposed-port", str(self.port), "--exposed-metrics-port", str(free_port()),
             "app.py::Sum"], cwd=self.folder, env={**os.environ, "FAL_KEY": "a:b", "FAL_HOME_DIR": self.folder},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def close(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Contender:
    def __init__(self, name, url, key=None):
        self.name, self.url, self.key = name, url, key
        self.rates = {}
        self.slowest = {}

    def wait(self, seconds=60):
        match = re.match(r"http://([^:/]+):(\d+)", self.url)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with socket.create_connection((match[1], int(match[2])), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"error: {self.name} takes no connections")

    def run(self, script, clients, seconds, counted=True):
        header = ["-H", f"Authorization: Key {self.key}"] if self.key else []
        text = subprocess.run(
            ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", script, *header, self.url],
            capture_output=True, text=True, check=True).stdout
        faults = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", text)
        if faults:
            raise SystemExit(f"error: {self.name}: {faults[0]}")
        if counted:
            self.rates.setdefault(clients, []).append(float(re.search(r"Requests/sec:\s*([\d.]+)", text)[1]))
            number, unit = re.search(r"99%\s*([\d.]+)(us|ms|s)", text).groups()
            self.slowest.setdefault(clients, []).append(float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])

    def rate(self, clients):
        return quantile(self.rates[clients], 0.5)

    def p99(self, clients):
        return quantile(self.slowest[clients], 0.5)


def check(contender):
    """The work is done, and by all in the same way."""
    headers = ["-H", f"Authorization: Key {contender.key}"] if contender.key else []
    text = subprocess.run(
        ["curl", "-sS", "-m", "10", "-H", "Content-Type: application/json", *headers, "-d", BODY, contender.url],
        capture_output=True, text=True, check=True).stdout
    assert '"sum":31' in text.replace(" ", "").replace("31.0", "31"), (contender.name, text)


def compare(ours, other, script, clients, rounds, seconds, rate_wanted, p99_wanted):
    for contender in (ours, other):
        contender.run(script, clients, 1, counted=False)
    for _ in range(rounds):
        for contender in (ours, other):
            contender.run(script, clients, seconds)
    for contender in (ours, other):
        note(f"  {contender.name:16} {contender.rate(clients):9.0f} requests/s   p99 {contender.p99(clients):7.2f} ms")
    ratios = [ours / other for ours, other in zip(ours.rates[clients], other.rates[clients])]
    note(f"  ratio {ours.rate(clients) / other.rate(clients):.2f} (of single rounds {min(ratios):.2f} to {max(ratios):.2f}; "
         f"to reach: {rate_wanted})" + (
             f", p99 {ours.p99(clients) / other.p99(clients):.2f} x (to reach: at most 1)" if p99_wanted else ""))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    for program in ("wrk", "nginx", "curl"):
        if not shutil.which(program):
            raise SystemExit(f"error: {program} is not installed\n  help: apt-get install {PACKAGES}")
    nginx = Nginx()
    fal = FalServer(os.environ["FAL"]) if "FAL" in os.environ else None
    try:
        with Server() as server:
            server.start()
            server.wait()
            owner = server.json("server", "status")["owner"]
            with open(os.path.join(server.data, "owner.key")) as file:
                key = file.read().strip()
            server.command("deploy", server.write("app.lua", APP))
            script = server.write(
                "post.lua", f"wrk.method = 'POST'\nwrk.body = '{BODY}'\nwrk.headers['Content-Type'] = 'application/json'\n")
            ours = Contender("apolune", f"{server.url}/{owner}/sum", key)
            pair = Contender("nginx + nginx/Lua", nginx.url)
            for contender in (ours, pair):
                contender.wait()
                check(contender)
            for clients, wanted in zip(CLIENTS, ("1.2", "2")):
                note(f"{clients} clients, {rounds} rounds of {seconds} s")
                compare(ours, pair, script, clients, rounds, seconds, wanted, p99_wanted=True)
            if fal:
                other = Contender("fal run --local", fal.url)
                other.wait()
                check(other)
                note(f"32 clients, {rounds} rounds of {seconds} s, beside fal's server")
                ours.rates.clear()
                compare(ours, other, script, 32, rounds, seconds, "30", p99_wanted=False)
    finally:
        nginx.close()
        if fal:
            fal.close()


main()
