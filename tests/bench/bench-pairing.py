#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one pairing costs on the practice radio: round trips, bytes on the air, and time without people.

    bench-pairing.py PAIRING-CRYPTOGRAPHY

Time runs from the app's first sight of the key to Ready; the button is pressed as soon as the key
vibrates. It stands beside the time that the cryptography alone takes, measured in the same run.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from gi.repository import Gio, GLib  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402

RUNS = 5
AIM_TRIPS, AIM_BYTES = 9, 2800


def radio(method):
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    return bus.call_sync("org.bluez", "/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1", method, None,
                         None, Gio.DBusCallFlags.NONE, -1, None).unpack()


def pair(world, key, owner):
    felt = key.watch()
    radio("ResetStatistics")
    key.ctl("hold")
    process = owner.start("pair", secrets=[("--code-fd", key.setup_code)])
    started = ended = None
    for line in process.stdout:
        step = json.loads(line)
        if (step.get("step"), step.get("state")) == ("find", "done"):
            started = time.monotonic()
        if (step.get("step"), step.get("state")) == ("confirm", "waiting"):
            felt.await_line("vibrate confirm")
            key.ctl("press")
        if (step.get("step"), step.get("state")) == ("ready", "done"):
            ended = time.monotonic()
    if process.wait():
        sys.exit(process.stderr.read())
    count = radio("Statistics")[0]
    trips = count["Reads"] + count["WriteRequests"] + count["CccdWrites"]
    return (ended - started) * 1000, trips, count["Notifications"], count["BytesToServer"] + count["BytesToClient"]


def main():
    runs = []
    for _ in range(RUNS):
        with World(keys=1) as world:
            owner = Person("owner", dict(os.environ))
            owner.sign_up(world.platform)
            runs.append(pair(world, world.keys[0], owner))
    cryptography = float(subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True).stdout)
    wall, trips, notifications, size = (statistics.median(run[i] for run in runs) for i in range(4))
    print(f"round trips: {trips:.0f} (aim {AIM_TRIPS}), and {notifications:.0f} notifications")
    print(f"bytes on the air, ATT headers included: {size:.0f} (aim {AIM_BYTES})")
    print(f"time from sight to Ready: {wall:.0f} ms, its cryptography alone {cryptography:.0f} ms, "
          f"ratio {wall / cryptography:.2f}")


if __name__ == "__main__":
    try:
        main()
    except GLib.Error as error:
        sys.exit(error.message)
