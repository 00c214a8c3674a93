#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills app, key or platform at every point of a pairing, one at a time.

A case a point and program: the program is killed just before the point takes effect, so that
between two points nothing else is left to try. Then things go on by themselves: the platform is
started again, the key too, and nobody touches the app ("gone for good"). What the three hold then is
printed and has to fit together, and what can become trusted by itself is. Where the key was not bound
by then, the person tries again.
"""
import sys
import threading

from faults import FaultWorld, Try, describe, fits, pair, settle
from points import APP, JOINING, KEY, PAIRING, PLATFORM, PROGRAMS, RELAYED, RELEASING, REPLACING, number
import sentences
import workers

# From these points of PAIRING on, what is left goes on to trust if the program dies: the key alone needs
# what it stores; a key that died needs an app that has its attestation; an app waits for the platform.
RESUMES = {APP: 14, KEY: 16, PLATFORM: 12}


def place(table, point):
    """Where a point would stand in PAIRING, for tables that have other rows as well."""
    if table is RELEASING:
        return point.number - sum(point.number > row for row in (9, 10, 14, 15, 16, 17))
    return point.number


def expected(table, at, who, platform, noted):
    """What the person may read: as the pairing ends, or, when it was the app that died, on its first page."""
    if who == APP:
        states = list(platform.values())
        if table is REPLACING or "trusted" in states:
            return [sentences.NOBODY]
        # What is on this page was perhaps not written yet when the app died.
        return [sentences.NOT_HEARD] if states else [sentences.UNFINISHED] + (
            [] if noted else [sentences.REVOKED, sentences.NO_KEY])
    if table is JOINING:
        return [sentences.JOINED, sentences.LOST if who == KEY else sentences.AWAY]
    paired = [sentences.RELAYED] if table is RELAYED else [sentences.PAIRED]
    if who == PLATFORM:
        # Before the offer it is asked again only by hand. Afterwards whoever finds it away tries again.
        return paired + ([sentences.AWAY] if at <= 11 else []) + ([sentences.RELAYED] if at >= 12 else [])
    if at <= 15:
        return [sentences.LOST] + (paired if at <= 2 else [])
    if at <= 23:
        return [sentences.MAY_FINISH, sentences.ELSEWHERE]
    return paired + ([sentences.MAY_FINISH] if at <= 27 else [])


def has_noted(events):
    """Whether the app had surely written, when it died, that a pairing has begun: it does so beside the rest."""
    done = [what for who, what, _ in events if who == APP]
    return "renames account.sealed" in done and done.index("renames account.sealed") < len(done) - 2


def run(world, table, point, who):
    """One case. Returns a line that says what was left."""
    words, key, at = world.prepare(table), world.key, place(table, point)
    hit, to_hold, noted = threading.Event(), threading.Semaphore(0), False

    def plan(actor, what, n):
        nonlocal noted
        if (actor, what, n) != (point.who, point.what, point.n):
            return False
        noted = has_noted(world.witness.events)
        {APP: lambda: tried.process.kill(), KEY: key.kill, PLATFORM: world.platform.kill}[who]()
        hit.set()
        return True

    tried = None

    def hold_if_asked(line):
        """Holds the button of a key that was started again, once, when the app looks for it."""
        if (line.get("step"), line.get("state")) == ("find", "under-way") and to_hold.acquire(blocking=False):
            key.ctl("hold")

    world.witness.reset(plan)
    tried = Try(world, words=words, on_line=hold_if_asked)
    while not hit.wait(0.01) and tried.process.poll() is None:
        pass
    with world.witness.lock:  # the pairing may end while who is killed still dies
        reached = hit.is_set()
    if not reached:
        tried.wait()
        raise AssertionError(f"the point was never reached: {tried.sentence}")
    if who == KEY:
        key.start()
        if table is RELAYED:
            key.ctl("network", "off")
        to_hold.release()
        hold_if_asked(tried.lines[-1] if tried.lines else {})
    elif who == PLATFORM:
        world.platform.start()
    code = tried.wait()
    if table is not RELAYED:
        settle(world)
    read, remedy = world.kim.look_at_status()
    assert remedy == sentences.REMEDIES[read], f"'{read}' goes with '{remedy}'"
    if who != APP:
        read = tried.sentence
    seen = world.look()
    left = f"{describe(seen)}; read: {read}"
    whole = fits(seen)
    assert read in expected(table, at, who, seen["platform"], noted), f"not what was to be read here; {left}"
    if who != APP and code == 0:
        assert whole, f"the app says it is paired; {left}"
    if table is not JOINING and at >= RESUMES[who]:
        # It has its connection back, and nobody does anything more.
        key.ctl("network", "on")
        settle(world)
        assert list(world.look_platform().values()) == ["trusted"], f"it has not resumed by itself; {left}"
    if not whole:
        if who == KEY:
            key.ctl("hold")
        again = pair(world, words=words if world.replaced and world.is_trusted(world.replaced) else ())
        assert again.process.returncode == 0, f"the next try: {again.sentence}; {left}"
        seen = world.look()
        assert fits(seen), f"after the next try: {describe(seen)}; {left}"
    return f"{left}; {'whole' if whole else 'the next try paired'}"


# Of each table the points that the ones above it have not.
TABLES = (("pairing", PAIRING, 1, 32), ("relayed", RELAYED, 26, 35), ("joining", JOINING, 9, 28),
          ("releasing", RELEASING, 9, 18), ("replacing", REPLACING, 25, 32))
CASES = {f"{title}/{point.number}-{point.who}-{point.name}/{who}": (table, point, who)
         for title, table, first, last in TABLES
         for point in number(table) if first <= point.number <= last for who in PROGRAMS}


if __name__ == "__main__":
    sys.exit(workers.main(CASES, FaultWorld, run))
