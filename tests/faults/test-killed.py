#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills app, key or platform at every point of a pairing, one at a time.

A case a point and program: the program is killed just before the point takes effect, so that
between two points nothing else is left to try. Then things go on by themselves: the platform is
started again, the key too, and nobody touches the app ("gone for good"). What the three hold then is
printed and has to fit together. Where the key was not bound by then, the person tries again.
"""
import sys
import threading

from faults import FaultWorld, Try, describe, fits, pair, settle
from points import APP, JOINING, KEY, PAIRING, PLATFORM, PROGRAMS, RELAYED, number
import sentences
import workers


def expected(table, number, who, platform):
    """What the person may read: as the pairing ends, or, when it was the app that died, on its first page."""
    if who == APP:
        states = list(platform.values())
        return {("trusted",): [sentences.NOBODY], ("pending",): [sentences.NOT_HEARD]}.get(
            tuple(states), [sentences.UNFINISHED] if number > 1 else
            [sentences.UNFINISHED, sentences.REVOKED, sentences.NO_KEY])
    if table is JOINING:
        return [sentences.JOINED, sentences.LOST if who == KEY else sentences.AWAY]
    paired = [sentences.RELAYED] if table is RELAYED else [sentences.PAIRED]
    if who == PLATFORM:
        # Before the offer it is asked again only by hand. Afterwards whoever finds it away tries again.
        return paired + ([sentences.AWAY] if number <= 11 else []) + ([sentences.RELAYED] if number >= 12 else [])
    if number <= 15:
        return [sentences.LOST] + (paired if number <= 2 else [])
    if number <= 23:
        return [sentences.MAY_FINISH, sentences.ELSEWHERE]
    return paired + ([sentences.MAY_FINISH] if number <= 27 else [])


def run(world, table, point, who):
    """One case. Returns a line that says what was left."""
    key = world.new_key()
    if table is RELAYED:
        key.ctl("network", "off")
    if table is JOINING:
        assert pair(world).process.returncode == 0
        world.forget_secrets()
    hit, restarted = threading.Event(), threading.Event()

    def plan(actor, what, n):
        if (actor, what, n) != (point.who, point.what, point.n):
            return False
        {APP: lambda: tried.process.kill(), KEY: key.kill, PLATFORM: world.platform.kill}[who]()
        hit.set()
        return True

    tried = None

    def hold_if_asked(line):
        if restarted.is_set() and (line.get("step"), line.get("state")) == ("find", "under-way"):
            restarted.clear()
            key.ctl("hold")

    world.witness.reset(plan)
    tried = Try(world, on_line=hold_if_asked)
    while not hit.wait(0.01) and tried.process.poll() is None:
        pass
    if not hit.is_set():
        tried.wait()
        raise AssertionError(f"the point was never reached: {tried.sentence}")
    if who == KEY:
        key.start()
        if table is RELAYED:
            key.ctl("network", "off")
        restarted.set()
        hold_if_asked(tried.lines[-1] if tried.lines else {})
    elif who == PLATFORM:
        world.platform.start()
    code = tried.wait()
    if table is not RELAYED:
        settle(world)
    status = world.kim.status()
    seen = world.look()
    read = status if who == APP else tried.sentence
    left = f"{describe(seen)}; read: {read}"
    whole = fits(seen)
    assert read in expected(table, point.number, who, seen["platform"]), f"not what was to be read here; {left}"
    if who != APP and code == 0:
        assert whole, f"the app says it is paired; {left}"
    if not whole:
        if who == KEY:
            key.ctl("hold")
        again = pair(world)
        assert again.process.returncode == 0, f"the next try: {again.sentence}; {left}"
        seen = world.look()
        assert fits(seen), f"after the next try: {describe(seen)}; {left}"
    return f"{left}; {'whole' if whole else 'the next try paired'}"


CASES = {f"{title}/{point.number}-{point.who}-{point.name}/{who}": (table, point, who)
         for title, table, first in (("pairing", PAIRING, 1), ("relayed", RELAYED, 26), ("joining", JOINING, 9))
         for point in number(table) if point.number >= first for who in PROGRAMS}


if __name__ == "__main__":
    sys.exit(workers.main(CASES, FaultWorld, run))
