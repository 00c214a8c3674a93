#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Flatpak costs: its size, the time from its file to its first frame, and its start beside
the same app outside the sandbox, in one run.

    bench-flatpak.py FIRST-FRAME ENIGM-APP
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "world")]
from person import Person  # noqa: E402
from sandbox import ID, Installation, SandboxWorld  # noqa: E402

RUNS = 5


def memory(world, installation):
    """KiB that the app holds once its window shows, and what its sandbox adds: each page counted by its
    share where several processes have it (PSS)."""
    process = world.start("app", "enigm-app")
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", "enigm"], check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    held = {True: 0, False: 0}
    mark = f"ENIGM_WORLD={world.folder}".encode()
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            name = (place / "comm").read_text().strip()
            if name in ("enigm-app", "bwrap", "xdg-dbus-proxy") and mark in (place / "environ").read_bytes().split(b"\0"):
                told = (place / "smaps_rollup").read_text()
                held[name == "enigm-app"] += int(re.search(r"^Pss: +([0-9]+) kB", told, re.M).group(1))
        except OSError:  # it ended meanwhile
            continue
    installation.run("gdbus", "call", "--session", "-d", ID, "-o", "/io/enigm/App", "-m",
                     "org.gtk.Actions.Activate", "quit", "[]", "{}")
    process.popen.wait()
    return held[True], held[False]


def main():
    tool, native = sys.argv[1:]
    installation = Installation()

    def first_frame(*program):
        done = subprocess.run([tool, *program], capture_output=True, text=True, check=False)
        if program[0] != native:
            installation.run("flatpak", "kill", ID)
        if done.returncode:
            sys.exit(f"{program} drew nothing: {done.stderr}")
        return float(done.stdout.split()[0])

    try:
        installation.make()
        with SandboxWorld(installation, platform=True, display="virtual") as world:
            runtime, app = installation.install()
            # What outlives the launcher inside the sandbox must not hold the tool's output open.
            sandboxed = ["sh", "-c", 'exec "$0" >/dev/null 2>&1', str(installation.bin / "enigm-app")]
            first = first_frame(*sandboxed)
            Person("owner", dict(os.environ)).sign_up(world.platform)
            inside = [first_frame(*sandboxed) for _ in range(RUNS)]
            held, around = memory(world, installation)
            os.environ["PATH"] = os.environ["PATH"].split(os.pathsep, 1)[1]
            Person("other", dict(os.environ)).sign_up(world.platform)
            outside = [first_frame(native) for _ in range(RUNS)]
            held_outside, _ = memory(world, installation)
        print(f"bundle: {installation.bundle.stat().st_size / 1024:.0f} KiB")
        print(f"from the bundle to the first frame: {app * 1000 + first:.0f} ms, of which installing {app * 1000:.0f} ms "
              f"(the runtime, once: {runtime:.1f} s)")
        print(f"start to first frame, signed in: in the sandbox {statistics.median(inside):.0f} ms, "
              f"outside {statistics.median(outside):.0f} ms: "
              f"{statistics.median(inside) / statistics.median(outside):.2f} times")
        print(f"memory, signed in: in the sandbox {held} KiB and {around} KiB for the sandbox itself, outside "
              f"{held_outside} KiB: {held / held_outside:.2f} times, {(held + around) / held_outside:.2f} with its sandbox")
    finally:
        installation.remove()


if __name__ == "__main__":
    main()
