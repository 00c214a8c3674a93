# SPDX-License-Identifier: GPL-3.0-or-later
"""The independent key as a process in a test's world, and somebody's hand on it."""
import pathlib
import subprocess

import page
from flash import Flash

HERE = pathlib.Path(__file__).resolve().parent


class PeerKey:
    """Made under the world's maker; `memory` is what it keeps, as on a laboratory's bench."""

    def __init__(self, world, adapter="hci1"):
        self.world, self.adapter = world, adapter
        self.folder = world.folder / "independent"
        self.process = None
        self.setup_code = world.run("/usr/bin/python3", HERE / "key.py", "factory", "--state", self.folder, "--maker",
                                    world.maker_ca, "--platform-key", world.platform.identity).strip()
        self.memory_file = self.folder / "memory"

    def memory(self):
        return Flash(self.folder).data

    def another_code(self):
        """A code that finds this key and is not its own."""
        words = page.setup_code(self.memory()["discriminator"], bytes(5))
        return "-".join(words[i:i + 4] for i in (0, 4, 8))

    def start(self):
        self.process = self.world.start("independent", "/usr/bin/python3", HERE / "key.py", "run", "--state",
                                        self.folder, "--adapter", self.adapter, stdin=subprocess.PIPE)
        self.process.await_line("ready")

    def kill(self):
        self.process.popen.stdin.close()
        self.process.kill()

    def hand(self, word):
        self.process.popen.stdin.write(word.encode() + b"\n")
        self.process.popen.stdin.flush()

    def await_line(self, start):
        return self.process.await_line(start)

    def pair(self, person):
        """Pairs it with that person's app; returns the app's last line."""
        self.hand("hold")
        self.await_line("light on")
        last = {}
        for last in person.follow("pair", secrets=[("--code-fd", self.setup_code)]):
            if (last.get("step"), last.get("state")) == ("confirm", "waiting"):
                self.await_line("vibrate confirm")
                self.hand("press")
        return last
