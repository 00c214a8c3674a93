#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event is gone when its 30 days are over: from the platform's answers, and from its disk."""
import contextlib
import sqlite3
import struct
import sys
import threading
import time

from faults import DAY, FaultWorld, pair
from points import PLATFORM
import tap
from world import DEADLINE

LATITUDE, LONGITUDE = 52516300, 13377700


def read_files(world):
    """Whatever the platform keeps of what happens, by the name of the file."""
    folder = world.platform.folder
    return {name: (folder / name).read_bytes() if (folder / name).exists() else b""
            for name in ("platform.db", "platform.db-wal", "platform.journal")}


def find(world, what):
    return [name for name, data in read_files(world).items() if what in data]


def look_at_events(world):
    with contextlib.closing(sqlite3.connect(f"file:{world.platform.folder}/platform.db?mode=ro", uri=True)) as database:
        return list(database.execute("SELECT id, delete_on FROM events"))


def test_thirty_days():
    # SQLite writes them one after the other, CBOR each after a byte of its own.
    places = [struct.pack(">i", LATITUDE), struct.pack(">i", LONGITUDE)]
    with FaultWorld() as world:
        key = world.new_key()
        assert pair(world).process.returncode == 0
        key.ctl("position", "52.5163", "13.3777", "12")
        felt = key.watch()
        key.ctl("press3")
        felt.await_line("event alert accepted")
        event = world.kim.ctl("alerts")["alerts"][0]["id"]
        key.ctl("long-press")
        felt.await_line("event alert ended")
        felt.stop()
        key.kill()
        (identifier, delete_on), = look_at_events(world)
        assert identifier.hex() == event
        assert all(set(find(world, place)) & {"platform.db", "platform.db-wal"} for place in places)

        # Four seconds before the end of the thirtieth day, and then it passes.
        world.platform.kill()
        world.witness.weather(PLATFORM).set(clock=delete_on - 4 - int(time.time()))
        deleted = threading.Event()

        def plan(who, what, n):
            if (who, what) == (PLATFORM, "syncs platform.db") and not look_at_events(world):
                deleted.set()
            return False

        world.witness.reset(plan)
        world.platform.start()
        assert delete_on - time.time() > 29 * DAY
        assert deleted.wait(DEADLINE), "it was not deleted, nor its place in the file overwritten"
        until = time.monotonic() + DEADLINE
        while read_files(world)["platform.db-wal"] and time.monotonic() < until:
            deleted.wait(0.01)
        left = {what: find(world, what) for what in (*places, identifier)}
        # What the journal keeps for ever: that there was one, when it ended and by what.
        assert left == {places[0]: [], places[1]: [], identifier: ["platform.journal"]}, left
        world.witness.reset()
        world.witness.weather(PLATFORM).set()


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
