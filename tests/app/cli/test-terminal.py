#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""enigmctl on a terminal: how secrets are asked, and what becomes of the terminal and of what was typed."""
import contextlib
import errno
import fcntl
import os
import pathlib
import pty
import select
import socket
import subprocess
import sys
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world/radio"))
import tap  # noqa: E402
from codes import slip  # noqa: E402
from ctl import INTERRUPTED, KEY, OK, PASSWORD, USAGE, ask, refused, sign_up  # noqa: E402
from hand import Hand  # noqa: E402
from world import DEADLINE, World  # noqa: E402

CTRL_C = b"\x03"


class Terminal:
    """A terminal with somebody before it, and enigmctl as the program that has it."""

    def __init__(self, *words):
        self.screen = b""
        self.hand, tty = pty.openpty()
        self.before = termios.tcgetattr(tty)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(tty, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(["enigmctl", *map(str, words)], stdin=tty, stdout=tty, stderr=tty,
                                        preexec_fn=take_terminal)
        os.close(tty)

    def read(self):
        """What was written since; nothing once the program has gone."""
        assert select.select([self.hand], [], [], DEADLINE)[0], self.screen
        try:
            return os.read(self.hand, 4096)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""

    def await_words(self, words):
        while words.encode() not in self.screen:
            piece = self.read()
            assert piece, self.screen
            self.screen += piece

    def echoes(self):
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.hand)[3] & termios.ECHO)

    def await_silence(self):
        """Waits until nothing that is typed would be shown: the prompt comes a moment before."""
        while self.echoes():
            assert self.process.poll() is None, self.screen

    def type(self, text):
        os.write(self.hand, text)

    def end(self):
        """Waits for the program, and returns how it ended and how the terminal is left."""
        while piece := self.read():
            self.screen += piece
        code = self.process.wait(DEADLINE)
        after = termios.tcgetattr(self.hand)
        os.close(self.hand)
        return code, after


def test_asked_in_silence():
    """The password is asked for, not shown while it is typed, and the terminal is left as it was."""
    with World(adapters=None, platform=True) as world:
        sign_up(world)
        ask("sign-out")
        terminal = Terminal("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca,
                            "--user", "owner")
        terminal.await_words("Password: ")
        terminal.await_silence()
        terminal.type(PASSWORD.encode() + b"\n")
        code, after = terminal.end()
        assert code == OK, (code, terminal.screen)
        assert PASSWORD.encode() not in terminal.screen, terminal.screen
        assert after == terminal.before
        assert ask("account")["user"] == "owner"


def test_interrupted_while_asked():
    """Ctrl-C while a secret is typed ends it with nothing sent, and the terminal shows letters again."""
    with World(adapters=None, platform=True) as world:
        for typed in (b"", b"half a pass"):
            terminal = Terminal("sign-up", "--platform", world.platform.origin, "--ca", world.platform.ca,
                                "--user", "owner")
            terminal.await_words("Password: ")
            terminal.await_silence()
            terminal.type(typed + CTRL_C + b"\n")
            code, after = terminal.end()
            assert code == INTERRUPTED, (code, terminal.screen)
            assert b"Nothing was sent." in terminal.screen, terminal.screen
            assert not typed or typed not in terminal.screen, terminal.screen
            assert after == terminal.before
        # The name is still free.
        assert sign_up(world)["user"] == "owner"


def test_no_terminal():
    """Without a terminal nobody is asked, and it is said how a secret is given."""
    with World(adapters=None, keyring=True):
        refused("pair", code=USAGE, says="Give it with --code-fd. Nothing was sent.")


@contextlib.contextmanager
def listening_for(world):
    """In the platform's place, something that answers nothing and tells whether anybody called."""
    world.platform.kill()
    port = int(world.platform.origin.rsplit(":", 1)[1])
    calls = []
    with contextlib.ExitStack() as stack:
        ears = [stack.enter_context(socket.create_server((host, port), family=family))
                for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
                if family == socket.AF_INET or socket.has_dualstack_ipv6()]
        yield calls
        calls += [ear for ear in select.select(ears, [], [], 0)[0]]


def test_slip_in_the_code():
    """A code with a slip is caught here: the radio carries nothing, and the platform is not called."""
    with World(keys=1) as world:
        sign_up(world)
        key = world.keys[0]
        key.ctl("hold")
        hand = Hand(world)
        hand.count()
        with listening_for(world) as calls:
            for code in (slip(key.setup_code), key.setup_code[:-1], key.setup_code + "0", "?"):
                refused("pair", code=KEY, says="There is a slip in the setup code. Nothing was sent.",
                        secrets=[("--code-fd", code + "\n")])
        assert calls == [], "the platform was called"
        assert set(hand.count().values()) == {0}
        world.platform.start()
        assert ask("status", code=10)["sentence"] == "You have no key yet."


if __name__ == "__main__":
    tap.main(globals())
