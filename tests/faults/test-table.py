#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the tables of points to what pairings do: a message or a durable write more, or less, fails.

Each kind of pairing runs undisturbed; what each program did, in its order, has to be what its table
says of it.
"""
import sys
from itertools import zip_longest

from faults import FaultWorld, pair
from points import AFTERWARDS, JOINING, KEY, PAIRING, PROGRAMS, RELAYED, RELEASING, REPLACING
import tap


def compare(world, table):
    """Pairs, and compares what the witness saw with the table."""
    words = world.prepare(table)
    world.witness.reset()
    tried = pair(world, words=words)
    assert tried.process.returncode == 0, tried.sentence
    for who in PROGRAMS:
        seen = [what for actor, what, _ in world.witness.events if actor == who]
        if table is RELAYED and who == KEY and seen[-1] == "renames state":
            del seen[-1]  # it tries its own connection again
        during = [what for actor, what, _ in table if actor == who]
        afterwards = [what for actor, what in AFTERWARDS if actor == who]
        # What is fetched afterwards is asked for all at once; the app's file is written aside.
        aside = "renames account.sealed"
        n = len([what for what in during if what != aside])
        in_order = [what for what in seen if what != aside]
        expected = [what for what in during + afterwards if what != aside]
        assert (in_order[:n] == expected[:n] and sorted(in_order[n:]) == sorted(expected[n:])
                and seen.count(aside) == (during + afterwards).count(aside)), (
            f"what {who} did is not what points.py says:\n" + "\n".join(
                f"{'  ' if left == right else '! '}{left:<40}{right}"
                for left, right in zip_longest(during + afterwards, seen, fillvalue="-")))


def test_pairing():
    with FaultWorld() as world:
        compare(world, PAIRING)


def test_relayed():
    with FaultWorld() as world:
        compare(world, RELAYED)


def test_joining():
    with FaultWorld() as world:
        compare(world, JOINING)


def test_releasing():
    with FaultWorld() as world:
        compare(world, RELEASING)


def test_replacing():
    with FaultWorld() as world:
        compare(world, REPLACING)


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
