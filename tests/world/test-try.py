#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./try starts once it has built: the journey told in the terminal, and the window with a practice key."""
import contextlib
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import threading

import tap
from world import DEADLINE, World

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 10 * DEADLINE


class Run:
    """A run of a program, whose words are read line by line, and which must leave nothing behind."""

    def __init__(self, words, terminal):
        self.place = tempfile.TemporaryDirectory()
        self.hand, outer = pty.openpty() if terminal else (None, subprocess.PIPE)
        self.process = subprocess.Popen(words, env=dict(os.environ, TMPDIR=self.place.name), stderr=subprocess.STDOUT,
                                        stdin=outer if terminal else subprocess.DEVNULL, stdout=outer,
                                        start_new_session=True)
        if terminal:
            os.close(outer)
        self.lines = open(self.hand if terminal else self.process.stdout.fileno(), errors="replace", closefd=False)
        self.said = []
        self.limit = threading.Timer(LIMIT, self.process.kill)
        self.limit.start()

    def await_line(self, wanted):
        """Reads on until a line has these words."""
        with contextlib.suppress(OSError):  # a terminal whose other end has closed
            for line in self.lines:
                self.said.append(line.rstrip())
                if wanted in line:
                    return
        raise AssertionError(f"'{wanted}' was not said, but\n" + "\n".join(self.said))

    def type(self, letters):
        os.write(self.hand, letters.encode())

    def end(self):
        """Returns its exit code, once everything has gone that it made."""
        with contextlib.suppress(OSError):
            self.said += map(str.rstrip, self.lines)
        code = self.process.wait()
        self.limit.cancel()
        self.lines.close()
        if self.hand is not None:
            os.close(self.hand)
        else:
            self.process.stdout.close()
        left = os.listdir(self.place.name)
        assert not left, f"{left} is left behind"
        assert not alive(self.place.name), f"{alive(self.place.name)} are left running"
        self.place.cleanup()
        return code


def alive(place):
    """Programs that run in a world below this folder."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"ENIGM_WORLD={place}/".encode() in (process / "environ").read_bytes():
                found.append((process / "comm").read_text().strip())
    return found


def test_narrated():
    run = Run([HERE.parent / "journey.py", "--narrate"], False)
    assert run.end() == 0, run.said
    assert run.said[-1] == "All of it held.", run.said
    assert not any("✗" in line for line in run.said), run.said


def test_window():
    with World(adapters=None, keyring=False, display="virtual"):
        run = Run([HERE / "try-window.py"], True)
        run.await_line("q quit")
        run.type("h")
        run.await_line("the key: light on")
        run.type("a")
        run.await_line("nobody has invited the contact yet")
        run.type("x")
        run.await_line("q quit")
        run.type("3")
        run.await_line("the key: vibrate refused")
        run.type("q")
        assert run.end() == 0, run.said


def test_window_without_a_terminal():
    with World(adapters=None, keyring=False, display="virtual") as outer:
        run = Run([HERE / "try-window.py"], False)
        run.await_line("The small window beside it is the practice key.")
        # Its first button has the focus.
        outer.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^Practice Key$",
                  "windowfocus", "--sync", "key", "space")
        run.await_line("the key: light on")
        window, = outer.run("xdotool", "search", "--onlyvisible", "--name", "^Enigm App$").split()
        outer.run("xdotool", "windowclose", window)
        run.end()


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
