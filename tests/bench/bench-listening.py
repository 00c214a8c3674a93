#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the app costs while it listens without a window and nothing happens.

    bench-listening.py [MINUTES]

Times that it woke up, processor time, and growth of memory, over so many minutes after a first one;
scaled to an hour where it was less. Aims for an hour: keep-alives only (two a minute), under 0.1
seconds, no growth.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from gi.repository import GLib  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402

SETTLE = 60
AIM_SECONDS = 0.1


def let_pass(seconds):
    loop = GLib.MainLoop()
    GLib.timeout_add_seconds(seconds, loop.quit)
    loop.run()


def read(pid):
    """Wake-ups, processor seconds and resident KiB, of all threads."""
    wakes, nanoseconds = 0, 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        status = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
        wakes += int(status["voluntary_ctxt_switches"])
        nanoseconds += int((task / "schedstat").read_text().split()[0])
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return wakes, nanoseconds / 1e9, int(status["VmRSS"].split()[0]), int(status["RssAnon"].split()[0])


def main():
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with World(platform=True, display="virtual") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        app = world.start("app", "enigm-app", "--listen")
        let_pass(SETTLE)
        before = read(app.popen.pid)
        let_pass(minutes * 60)
        after = read(app.popen.pid)
        app.stop()
    wakes, seconds, grown, anonymous = (b - a for a, b in zip(before, after))
    hour = 60 / minutes
    print(f"listening without a window for {minutes} minutes after the first, nothing happening:")
    print(f"  woke up {wakes} times ({wakes * hour:.0f} an hour)")
    print(f"  {seconds:.3f} s of processor ({seconds * hour:.2f} s an hour; aim {AIM_SECONDS})")
    print(f"  {before[2]} KiB resident, grew by {grown} KiB, {anonymous} of them its own")


if __name__ == "__main__":
    main()
