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
from points import APP, JOINING, KEY, PAIRING, PLATFORM, PROGRAMS, RELAYED, RELEASING, number
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


def expected(circumstance, table, point):
    """What the person may read as the pairing ends."""
    kind, at = type(circumstance), point.number
    if kind in (KeyringLocked, KeyringGone):
        return [sentences.LOCKED if kind is KeyringLocked else sentences.NO_KEYRING]
    if table is RELEASING:
        return [sentences.CANCELLED if kind is Cancel else sentences.LOST]
    of_table = expected_pairing if table is PAIRING else expected_relaying if table is RELAYED else expected_joining
    return of_table(circumstance, kind, at, point)


def is_far_ahead(circumstance, kind):
    return kind is Clock and circumstance.who == PLATFORM and circumstance.seconds > 0


def expected_pairing(circumstance, kind, at, point):
    paired = [sentences.PAIRED] + ([sentences.RELAYED] if at >= 9 else [])
    if kind is Cancel:
        # A quick key is trusted before the app has read that it has the receipt.
        return [sentences.CANCELLED] if at <= 25 else paired + [sentences.ELSEWHERE] + (
            [sentences.CANCELLED] if at == 26 else [])
    if kind in (OutOfRange, FallBack):
        return ([sentences.LOST] if at <= 15 else [sentences.MAY_FINISH, sentences.ELSEWHERE] if at <= 23
                else paired + [sentences.MAY_FINISH] if at <= 26 else paired)
    if is_far_ahead(circumstance, kind):
        # Told by the key alone that it has ended, for the platform takes no signature to say so itself.
        return [sentences.CLOCK if at == 9 else sentences.UNKNOWN if at == 26 else sentences.TOOK_TOO_LONG]
    if kind is Clock or at >= 12:
        return paired
    return [sentences.AWAY] + (paired if at == 10 else [])


def expected_relaying(circumstance, kind, at, point):
    if kind is Cancel:
        return ([sentences.CANCELLED] if at <= 28 else []) + ([sentences.RELAYED] if at >= 28 else [])
    if kind in (OutOfRange, FallBack) and at == 27:
        return [sentences.MAY_FINISH]
    return [sentences.UNKNOWN if is_far_ahead(circumstance, kind) else sentences.RELAYED]


def expected_joining(circumstance, kind, at, point):
    if kind is Cancel:
        return ([sentences.CANCELLED] if at <= 25 else []) + ([sentences.JOINED] if at >= 25 else [])
    if kind in (OutOfRange, FallBack):
        return [sentences.LOST]
    if kind is Clock:
        # What the app sends was signed before its clock jumped, but for what it asks next.
        return [sentences.CLOCK if at == 11 or circumstance.who == PLATFORM else sentences.JOINED]
    return ([sentences.AWAY] if at <= 21 else []) + (
        [sentences.JOINED] if at > 21 or point.who == PLATFORM and "syncs" in point.what else [])


def run(world, circumstance, table, point):
    words, key = world.prepare(table), world.key
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
        tried = Try(world, words=words, on_line=on_line)
        code = tried.wait()
    finally:
        end()
    assert begun.is_set(), f"the point was never reached: {tried.sentence}"
    if table is not RELAYED:
        settle(world)
    world.kim.status()
    seen = world.look()
    left = f"{describe(seen)}; ended with {code}; read: {tried.sentence}"
    whole = fits(seen, isinstance(circumstance, FallBack))
    assert tried.sentence in expected(circumstance, table, point), f"not what was to be read here; {left}"
    if not whole:
        if isinstance(circumstance, FallBack):
            key.ctl("hold")
        again = pair(world)
        assert again.process.returncode == 0, f"the next try: {again.sentence}; {left}"
        seen = world.look()
        assert fits(seen), f"after the next try: {describe(seen)}; {left}"
    return f"{left}; {'whole' if whole else 'the next try paired'}"


# Of each table the points that the one above it has not.
TABLES = (("", PAIRING, 1, 32), (" while relaying", RELAYED, 26, 35), (" while joining", JOINING, 9, 28),
          (" while releasing", RELEASING, 14, 17))


def cases():
    for kind, table, first, last in TABLES:
        points = [point for point in number(table) if first <= point.number <= last]
        asked = [point for point in points if point.what.startswith(("sends POST", "sends GET"))]
        posted = [point for point in asked if "POST" in point.what]
        https = asked + [point for point in points if point.what == "sends 200"]
        radio = [point for point in points if point.what.startswith("sends ") and point not in https]
        stores = [point for point in points if point.who == PLATFORM and "syncs" in point.what]
        keeping = [point for point in points if point.what in ("sends POST /v1/attestations", "keeps a secret")
                   or point.what.endswith("/joins")]
        for title, circumstance, where in (
                ("cancel", Cancel(), [point for point in points if table is PAIRING or point.who != PLATFORM]),
                ("out of range", OutOfRange(), radio),
                ("no network", NoNetwork(), https),
                ("silence", Silence(), posted),
                ("disk full", DiskFull(), posted + stores),
                ("keyring locked", KeyringLocked(), keeping),
                ("keyring gone", KeyringGone(), keeping),
                *((f"clock of {who} {'ahead' if day > 0 else 'behind'}", Clock(who, day), posted)
                  for who in PROGRAMS if who != KEY or table is not JOINING for day in (DAY, -DAY)),
                ("flash falls back", FallBack(), [point for point in radio if point.who == KEY and point.number > 14])):
            for point in where:
                yield f"{title}{kind}/{point.number}-{point.who}-{point.name}", (circumstance, table, point)


if __name__ == "__main__":
    sys.exit(workers.main(dict(cases()), FaultWorld, run))
