#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pending binding that nobody finishes ends after ten minutes, and takes what belongs to it along."""
import sys

from faults import FaultWorld, Try, pair, settle
from points import KEY, PLATFORM, RELAYED, number
import sentences
import tap


def test_ten_minutes():
    relay = next(point for point in number(RELAYED) if point.name == "relay")
    with FaultWorld() as world:
        key = world.new_key()
        key.ctl("network", "off")
        tried = None

        def plan(who, what, n):
            if (who, what, n) != (KEY, relay.what, relay.n):
                return False
            tried.process.kill()
            return True

        world.witness.reset(plan)
        tried = Try(world)
        tried.wait()
        assert world.kim.status() == sentences.NOT_HEARD
        seen = world.look()
        assert list(seen["platform"].values()) == ["pending"] and len(seen["app"]) == 1, seen

        world.witness.weather(PLATFORM).set(clock=599)
        assert world.kim.status() == sentences.NOT_HEARD
        world.witness.weather(PLATFORM).set(clock=601)
        assert world.kim.status() == sentences.UNFINISHED
        seen = world.look()
        assert not seen["platform"] and not seen["app"], seen
        # The key has not heard of it, and does when it can.
        assert seen["key"]["binding"] == "pending", seen
        key.ctl("network", "on")
        settle(world)
        assert world.look_key()["binding"] == "none"

        world.witness.weather(PLATFORM).set()
        again = pair(world)
        assert again.process.returncode == 0, again.sentence


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
