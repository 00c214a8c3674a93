#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs under circumstances that begin at one point of a pairing and end when it has ended.

Cancel at every point; the key carried away, or the platform out of reach, silent or out of disk
space; the keyring locked or gone; a clock a day off; the key's flash falling back to an earlier copy.
"""
import signal
import sys
import threading

from faults import DAY, FaultWorld, Try, describe, fits, pair, settle
from points import APP, KEY, PAIRING, PLATFORM, PROGRAMS, number
import sentences
import workers


class Cancel:
    """The person cancels."""

    def begin(self, world, tried):
        tried.process.send_signal(signal.SIGINT)

    def end(self, world):
        pass


class OutOfRange:
    """The key is carried away, and back."""

    def begin(self, world, tried):
        world.set_range(False)

    def end(self, world):
        world.set_range(True)


class NoNetwork:
    """Nobody reaches the platform any more, and those who do get no answer."""

    def begin(self, world, tried):
        for who in PROGRAMS:
            world.witness.weather(who).set(no_network=True)

    def end(self, world):
        for who in PROGRAMS:
            world.witness.weather(who).set()


class Silence:
    """The platform is connected to and says nothing."""

    def begin(self, world, tried):
        world.platform.process.popen.send_signal(signal.SIGSTOP)

    def end(self, world):
        world.platform.process.popen.send_signal(signal.SIGCONT)


class DiskFull:
    """The platform's disk is full."""

    def begin(self, world, tried):
        world.witness.weather(PLATFORM).set(disk_full=True)

    def end(self, world):
        world.witness.weather(PLATFORM).set()


class KeyringLocked:
    """The keyring is locked."""

    def begin(self, world, tried):
        world.lock_keyring()

    def end(self, world):
        world.restart_keyring()


class KeyringGone:
    """The keyring's service has ended."""

    def begin(self, world, tried):
        world.keyring.stop()

    def end(self, world):
        world.start_keyring()


class Clock:
    """The clock of one of them jumps."""

    def __init__(self, who, seconds):
        self.who, self.seconds = who, seconds

    def begin(self, world, tried):
        world.witness.weather(self.who).set(clock=self.seconds)

    def end(self, world):
        world.witness.weather(self.who).set()


class FallBack:
    """The key loses power, and its flash comes back as it was some writes before."""

    def begin(self, world, tried):
        world.key.kill()
        (world.key.state / "state").write_bytes(world.copies[0])

    def end(self, world):
        world.key.start()


def expected(circumstance, number):
    """What the person may read as the pairing ends."""
    kind = type(circumstance)
    paired = [sentences.PAIRED] + ([sentences.RELAYED] if number >= 9 else [])
    if kind is Cancel:
        return [sentences.CANCELLED] if number <= 25 else paired + ([sentences.CANCELLED] if number == 26 else [])
    if kind in (OutOfRange, FallBack):
        return ([sentences.LOST] if number <= 15 else [sentences.MAY_FINISH, sentences.ELSEWHERE] if number <= 23
                else paired + [sentences.MAY_FINISH] if number <= 26 else paired)
    if kind in (KeyringLocked, KeyringGone):
        return [sentences.LOCKED if kind is KeyringLocked else sentences.NO_KEYRING]
    if kind is Clock and circumstance.who == PLATFORM and circumstance.seconds > 0:
        return [sentences.CLOCK if number == 9 else sentences.TOOK_TOO_LONG]
    if kind is Clock or number >= 12:
        return paired
    return [sentences.AWAY] + (paired if number == 10 else [])


def run(world, circumstance, point):
    key = world.new_key()
    begun, over = threading.Event(), threading.Event()
    world.copies = []

    def plan(actor, what, n):
        if (actor, what) == (KEY, "renames state") and (key.state / "state").exists():
            world.copies.append((key.state / "state").read_bytes())
            del world.copies[:-2]
        if (actor, what, n) != (point.who, point.what, point.n):
            return False
        circumstance.begin(world, tried)
        begun.set()
        return True

    def on_line(line):
        """Once the person reads that it is tried again, things get better."""
        if "by itself" in line.get("message", "") and line.get("state") == "under-way":
            end()

    def end():
        if begun.is_set() and not over.is_set():
            over.set()
            circumstance.end(world)

    tried = None
    world.witness.reset(plan)
    try:
        tried = Try(world, on_line=on_line)
        code = tried.wait()
    finally:
        end()
    assert begun.is_set(), f"the point was never reached: {tried.sentence}"
    settle(world)
    world.kim.status()
    seen = world.look()
    left = f"{describe(seen)}; ended with {code}; read: {tried.sentence}"
    whole = fits(seen, isinstance(circumstance, FallBack))
    assert tried.sentence in expected(circumstance, point.number), f"not what was to be read here; {left}"
    if not whole:
        if isinstance(circumstance, FallBack):
            key.ctl("hold")
        again = pair(world)
        assert again.process.returncode == 0, f"the next try: {again.sentence}; {left}"
        seen = world.look()
        assert fits(seen), f"after the next try: {describe(seen)}; {left}"
    return f"{left}; {'whole' if whole else 'the next try paired'}"


def cases():
    points = number(PAIRING)
    https = [point for point in points if "POST" in point.what or point.what == "sends 200"]
    radio = [point for point in points if point.what.startswith("sends ") and point not in https]
    stores = [point for point in points if point.who == PLATFORM and "syncs" in point.what]
    keeping = [point for point in points if point.what in ("sends POST /v1/attestations", "keeps a secret")]
    for title, circumstance, where in (
            ("cancel", Cancel(), points),
            ("out of range", OutOfRange(), radio),
            ("no network", NoNetwork(), https),
            ("silence", Silence(), [point for point in https if "POST" in point.what]),
            ("disk full", DiskFull(), [point for point in https if "POST" in point.what] + stores),
            ("keyring locked", KeyringLocked(), keeping),
            ("keyring gone", KeyringGone(), keeping),
            *((f"clock of {who} {'ahead' if day > 0 else 'behind'}", Clock(who, day),
               [point for point in https if "POST" in point.what])
              for who in PROGRAMS for day in (DAY, -DAY)),
            ("flash falls back", FallBack(), [point for point in points if point.number > 14
                                              and point.who == KEY and "sends" in point.what])):
        for point in where:
            yield f"{title}/{point.number}-{point.who}-{point.name}", (circumstance, point)


if __name__ == "__main__":
    sys.exit(workers.main(dict(cases()), FaultWorld, run))
