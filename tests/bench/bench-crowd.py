#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app while it scans among 500 others that advertise ten times a second each.

    bench-crowd.py BARE-LISTENER [KEY-ROW]

Processor time, beside a program that takes every signal of org.bluez and looks at none; and how long it
takes from bluetoothd's signal to the end of the frame that shows the key's row, beside a row in the same
list that no radio has to do with.

"alone": only the app scans, and bluetoothd tells nobody of strangers. "beside another": some other
program has bluetoothd look for everything and tell of every advertisement, the worst there is.
"""
import os
import pathlib
import select
import statistics
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "world"), str(HERE.parent / "world/radio")]
from gi.repository import Gio, GLib  # noqa: E402
from hand import ADAPTER, BLUEZ, Hand  # noqa: E402
from world import World  # noqa: E402

STRANGERS, PER_SECOND, SECONDS = 500, 10, 10
AIM = 5.0  # per cent of one core
ROWS = 15
FRAME_MS = 1000 / 60
SERVICE = "5b1e0001-9d3c-4f5a-8a77-c40e8d2f61b3"


def spent(process):
    """Seconds of processor time so far."""
    words = pathlib.Path(f"/proc/{process.popen.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def measure(hand, *processes):
    """Per cent of one core each takes, and how many advertisements a second the radio heard."""
    hand.count()
    before = [spent(process) for process in processes]
    since = time.monotonic()
    select.select([], [], [], SECONDS)  # what is measured is how much happens in a time
    took = time.monotonic() - since
    return ([100 * (spent(process) - was) / took for process, was in zip(processes, before)],
            hand.count()["Advertisements"] / took)


def scan_for_all(hand):
    """What a Bluetooth settings page may do."""
    for method, parameters in (
            ("SetDiscoveryFilter", GLib.Variant("(a{sv})", ({"Transport": GLib.Variant("s", "le"),
                                                             "DuplicateData": GLib.Variant("b", True)},))),
            ("StartDiscovery", None)):
        hand.bus.call_sync(BLUEZ, "/org/bluez/hci0", ADAPTER, method, parameters, None,
                           Gio.DBusCallFlags.NONE, -1, None)


def rows(world, hand, key, tool):
    """Milliseconds for the row of a key that is found again and again."""
    window = world.start("key-row", tool)
    key.ctl("hold")
    took = []
    for _ in range(ROWS + 1):
        took.append(float(window.line()))
        for path in hand.devices(service=SERVICE):
            hand.call("/org/bluez/hci0", ADAPTER, "RemoveDevice", GLib.Variant("(o)", (path,)))
    window.kill()
    return took[1:]  # what the first row loads, the others find loaded


def describe(what, took, bare):
    typical, worst = statistics.median(took), max(took)
    print(f"signal to row, {what}: {typical:.1f} ms, at most {worst:.1f} ms; bare row {bare:.1f} ms, "
          f"ratio {typical / bare:.2f} (aim: the next frame, {FRAME_MS:.1f} ms)")


def bench_rows(tool):
    with World(keys=1, keyring=False, display="virtual") as world:
        hand, key = Hand(world), world.keys[0]
        bare = statistics.median([float(line) for line in world.run(tool, "--bare", ROWS + 1).split()][1:])
        describe("nobody else", rows(world, hand, key, tool), bare)
        hand.crowd(STRANGERS, PER_SECOND)
        describe(f"{STRANGERS} strangers, alone", rows(world, hand, key, tool), bare)


def main():
    bench_processor(sys.argv[1])
    for tool in sys.argv[2:]:
        bench_rows(tool)


def bench_processor(listener):
    with World(adapters=2, keyring=False) as world:
        hand = Hand(world)
        app = world.start("app", "enigmctl", "scan", "--seconds=600", "--json")
        bare = world.start("bare", listener)
        hand.await_scan()
        (quiet, bare_quiet), _ = measure(hand, app, bare)
        hand.crowd(STRANGERS, PER_SECOND)
        (alone, bare_alone), heard = measure(hand, app, bare)
        print(f"nobody else: app {quiet:.1f} % of a core, bare listener {bare_quiet:.1f} %")
        print(f"{STRANGERS} strangers, alone, {heard:.0f} advertisements/s: app {alone:.1f} % (aim: under {AIM:.0f}), "
              f"bare listener {bare_alone:.1f} %")
        scan_for_all(hand)
        (beside, bare_beside), heard = measure(hand, app, bare)
        print(f"{STRANGERS} strangers, beside another, {heard:.0f} advertisements/s: app {beside:.1f} % "
              f"(aim: under {AIM:.0f}), bare listener {bare_beside:.1f} %, ratio {beside / max(bare_beside, 0.1):.2f}")
        app.kill()
        bare.kill()


if __name__ == "__main__":
    main()
