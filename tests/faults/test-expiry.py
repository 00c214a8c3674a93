#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends by itself: a pending binding that nobody finishes, after ten minutes, and takes what
belongs to it along; an alert on the day it is deleted, also on a computer without the network; and
every session when a platform comes back after a crash."""
import contextlib
import json
import sqlite3
import sys
import time

from faults import DAY, FaultWorld, Try, pair, settle
from points import APP, KEY, PLATFORM, RELAYED, number
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

        # Short of ten minutes by one, for a slow computer takes seconds of its own.
        world.witness.weather(PLATFORM).set(clock=540)
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


def list_alerts(person):
    """As they are known, whether or not the platform answers: the exit code says that."""
    out, _ = person.start("alerts").communicate()
    return json.loads(out.strip().splitlines()[-1])["alerts"]


def test_alerts_day():
    with FaultWorld() as world:
        key = world.new_key()
        paired = pair(world)
        assert paired.process.returncode == 0, paired.sentence
        felt = key.watch()
        key.ctl("press3")
        felt.await_line("event alert accepted")
        assert len(list_alerts(world.kim)) == 1
        world.platform.kill()
        assert len(list_alerts(world.kim)) == 1

        world.witness.weather(APP).set(clock=31 * DAY)
        assert list_alerts(world.kim) == []
        # It is not only out of sight: this computer's copy has it no more.
        world.witness.weather(APP).set()
        assert list_alerts(world.kim) == []

        # Where the platform can be asked, its clock counts, and not one that is wrong here.
        world.platform.start()
        world.witness.weather(APP).set(clock=31 * DAY)
        assert len(list_alerts(world.kim)) == 1


def test_crashed_this_second():
    """What was signed up to that second counts no more; who asks again then is signed in all the same."""
    with FaultWorld() as world:
        world.new_key()
        paired = pair(world)
        assert paired.process.returncode == 0, paired.sentence
        world.platform.kill()
        with contextlib.closing(sqlite3.connect(world.platform.folder / "platform.db")) as database:
            database.execute("DELETE FROM sessions")
            database.execute("UPDATE platform SET epoch_began = ?", [int(time.time()) + 1])
            database.commit()
        world.platform.start()
        assert world.kim.status() == sentences.NOBODY


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
