#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start to first frame and peak memory of enigm-app, beside an empty libadwaita window, in one run.

    bench-start.py FIRST-FRAME EMPTY-WINDOW ENIGM-APP

The app is signed in and shows its status page. The two take turns; figures are medians, and the
ratios are what counts: machines differ, and so does one machine from minute to minute.
"""
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from person import Person  # noqa: E402
from world import World  # noqa: E402

RUNS = 9
AIM = 1.3


def measure(tool, program):
    done = subprocess.run([tool, program], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} drew nothing: {done.stderr}")
    return [float(word) for word in done.stdout.split()]


def main():
    tool, empty, app = sys.argv[1:]
    with World(platform=True, display="virtual") as world:
        Person("owner", dict(os.environ)).sign_up(world.platform)
        for program in (empty, app):
            measure(tool, program)
        pairs = [(measure(tool, empty), measure(tool, app)) for _ in range(RUNS)]
    for index, (what, unit) in enumerate((("start to first frame", "ms"), ("peak memory", "KiB"))):
        base = statistics.median(pair[0][index] for pair in pairs)
        ours = statistics.median(pair[1][index] for pair in pairs)
        ratio = statistics.median(pair[1][index] / pair[0][index] for pair in pairs)
        print(f"{what}: empty window {base:.0f} {unit}, enigm-app {ours:.0f} {unit}, "
              f"ratio {ratio:.2f} (aim: at most {AIM})")


if __name__ == "__main__":
    main()
