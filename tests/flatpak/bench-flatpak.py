#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Flatpak costs: its size, the time from its file to its first frame, and its start beside
the same app outside the sandbox, in one run.

    bench-flatpak.py FIRST-FRAME ENIGM-APP
"""
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "world")]
from person import Person  # noqa: E402
from sandbox import ID, Installation, SandboxWorld  # noqa: E402

RUNS = 5


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
            os.environ["PATH"] = os.environ["PATH"].split(os.pathsep, 1)[1]
            Person("other", dict(os.environ)).sign_up(world.platform)
            outside = [first_frame(native) for _ in range(RUNS)]
        print(f"bundle: {installation.bundle.stat().st_size / 1024:.0f} KiB")
        print(f"from the bundle to the first frame: {app * 1000 + first:.0f} ms, of which installing {app * 1000:.0f} ms "
              f"(the runtime, once: {runtime:.1f} s)")
        print(f"start to first frame, signed in: in the sandbox {statistics.median(inside):.0f} ms, "
              f"outside {statistics.median(outside):.0f} ms")
    finally:
        installation.remove()


if __name__ == "__main__":
    main()
