#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the platform verifies signed requests, beside a server that only answers 200 with two bytes.

    bench-requests.py FILL-PLATFORM TWO-BYTES LOAD [KEYS...]

The same requests go three times over the same number of kept TLS connections: to the two bytes; to the
platform, which commits each; and to the platform again, which then verifies each one and finds that it is
a repetition, so that it answers under the credential and writes nothing. With 1,000 and with 1,000,000
keys. Beside them stands what the platform takes to say who it is (GET /v1: its own server, no signature,
no database). Two figures each: requests a second, and the processor time of the server for one request, which
says the same on a machine that has other things to do.
"""
import hashlib
import os
import pathlib
import random
import secrets
import sqlite3
import statistics
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "peers/independent"), str(HERE.parent / "world")]

import page  # noqa: E402
from world import DEADLINE, World  # noqa: E402

REQUESTS, CONNECTIONS, ROUNDS = 4000, 8, 3
AIM_VERIFIED, AIM_SIZES = 0.6, 1.2
TICK = os.sysconf("SC_CLK_TCK")


def name(what, number):
    return hashlib.sha256(f"{what} {number}".encode()).digest()


def sign_all(path, authority, epoch, chosen):
    """Writes requests for the state by these (key, sequence number) to a file, in the form `load` reads."""
    now = int(time.time())
    with open(path, "wb") as file:
        for number, sequence in chosen:
            body = page.pack([6, epoch, sequence, b"", False, 80, []])
            fields = page.request_headers(name("request", number), name("handle", number)[:16], authority,
                                          "/key/v1/state", body, now, secrets.token_bytes(16))
            lines = ["POST /key/v1/state HTTP/1.1", f"Host: {authority}", f"Content-Length: {len(body)}",
                     *(f"{field}: {value}" for field, value in fields.items())]
            request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
            file.write(len(request).to_bytes(4, "big") + request)


def write_plain(path, authority):
    """Writes as many requests that nobody signs."""
    request = f"GET /v1 HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()
    path.write_bytes((len(request).to_bytes(4, "big") + request) * REQUESTS)


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process.popen.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(world, load, process, port, file):
    """(requests a second, microseconds of the server's processor time for each)"""
    before = processor_seconds(process)
    done = world.start("load", load, port, world.platform.ca, file, CONNECTIONS)
    good, seconds = done.line(DEADLINE * 10).split()
    done.stop()
    if int(good) != REQUESTS:
        sys.exit(f"only {good} of {REQUESTS} were answered 200")
    return REQUESTS / float(seconds), (processor_seconds(process) - before) / REQUESTS * 1e6


def run(keys, fill, two_bytes, load):
    """The medians of (two bytes, with the commit, without it, who it is) with that many keys registered."""
    with World(adapters=None, keyring=False, platform=True) as world:
        platform = world.platform
        platform.process.stop()
        begun = time.monotonic()
        filling = world.start("fill", fill, platform.folder / "platform.conf", keys)
        if filling.line(DEADLINE * 60) is not None or filling.popen.wait():
            sys.exit(filling.tail())
        print(f"{keys:,} keys registered in {time.monotonic() - begun:.0f} s, "
              f"{sum(f.stat().st_size for f in platform.folder.glob('platform.db*')) / 1e6:.0f} MB", flush=True)
        platform.start()
        bare = world.start("two-bytes", two_bytes, platform.folder / "server.pem", platform.folder / "server-key.pem")
        bare_port = bare.await_line("listening on")
        with sqlite3.connect(f"file:{platform.folder}/platform.db?mode=ro", uri=True) as database:
            epoch, = database.execute("SELECT epoch FROM platform").fetchone()
        host = platform.origin.removeprefix("https://")
        file, plain, results = world.folder / "requests", world.folder / "plain", []
        write_plain(plain, host)
        for turn in range(1, ROUNDS + 1):
            order = random.sample(range(keys), min(keys, REQUESTS))
            # A key's numbers stand far apart: of two that cross on two connections, the lower is refused.
            sign_all(file, host, epoch, [(order[i % len(order)], turn * REQUESTS + i // len(order))
                                         for i in range(REQUESTS)])
            port = host.rsplit(":", 1)[1]
            here = (platform.process, port)
            results.append([measure(world, load, *where, what) for where, what in (
                ((bare, bare_port), file), (here, file), (here, file), (here, plain))])
        return [[statistics.median(result[way][figure] for result in results) for figure in (0, 1)]
                for way in range(4)]


def main():
    fill, two_bytes, load = sys.argv[1:4]
    verified = []
    for keys in map(int, sys.argv[4:] or ["1000", "1000000"]):
        bare, committed, repeated, about = run(keys, fill, two_bytes, load)
        for words, (rate, cost) in (("two bytes", bare), ("with the commit", committed), ("without", repeated),
                                    ("who it is", about)):
            print(f"{keys:>9,} keys, {words:<15}: {rate:6.0f} requests a second, {cost:5.0f} µs of the server each")
        print(f"{keys:>9,} keys: without the commit {repeated[0] / bare[0]:.2f} of the two bytes' throughput "
              f"(aim {AIM_VERIFIED}), {bare[1] / repeated[1]:.2f} by processor time; with it "
              f"{committed[0] / bare[0]:.2f} and {bare[1] / committed[1]:.2f}", flush=True)
        verified.append(repeated)
    if len(verified) == 2:
        print(f"both sizes: {verified[0][0] / verified[1][0]:.2f} (aim {AIM_SIZES}), "
              f"by processor time {verified[1][1] / verified[0][1]:.2f}")


if __name__ == "__main__":
    main()
