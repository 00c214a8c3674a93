#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world's launcher, seen from outside: what it gives a command, and that nothing is left."""
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile

import tap
from world import DEADLINE, World, WorldError

LAUNCHER = pathlib.Path(__file__).with_name("world.py")


def launch(*words, **more):
    return subprocess.Popen([LAUNCHER, "--no-radio", *words], stdout=subprocess.PIPE, text=True, **more)


def marked(folder):
    """Processes that belong to the world in this folder."""
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"ENIGM_WORLD={folder}".encode() in place.read_bytes().split(b"\0"):
                found.append(place.parent.name)
        except OSError:
            pass
    return found


def test_command():
    launcher = launch("--no-keyring", "--", "sh", "-c", "echo $ENIGM_WORLD; echo $HOME; exit 7")
    folder, home = launcher.communicate(timeout=DEADLINE)[0].split()
    assert launcher.returncode == 7
    assert home.startswith(folder + "/")
    assert not os.path.exists(folder)


def test_environment_comes_back():
    before = dict(os.environ)
    with World(adapters=None, keyring=False) as world:
        assert os.environ["HOME"].startswith(str(world.folder))
        assert world.connect("system").is_closed() is False
    assert dict(os.environ) == before


def test_keyring():
    with World(adapters=None) as world:
        store = subprocess.run(["secret-tool", "store", "--label=x", "kind", "test"], input=b"kept")
        assert store.returncode == 0
        assert world.run("secret-tool", "lookup", "kind", "test") == "kept"


def test_two_people():
    with World(adapters=None) as world:
        other = world.add_person("other")
        for env, secret in ((None, b"mine"), (other, b"theirs")):
            subprocess.run(["secret-tool", "store", "--label=x", "kind", "test"], input=secret, env=env, check=True)
        assert world.run("secret-tool", "lookup", "kind", "test") == "mine"
        assert world.run("secret-tool", "lookup", "kind", "test", env=other) == "theirs"
        assert other["HOME"] != os.environ["HOME"]


def test_display():
    with World(adapters=None, keyring=False, display="virtual", screen="320x200") as world:
        picture = world.folder / "picture.png"
        world.screenshot(picture)
        assert "320x200" in world.run("identify", picture)
        answer = world.run("gdbus", "call", "--session", "-d", "org.a11y.Bus", "-o", "/org/a11y/bus",
                           "-m", "org.a11y.Bus.GetAddress")
        assert str(world.folder) in answer, answer


def test_crash_is_told():
    try:
        with World(adapters=None, keyring=False) as world:
            world.start("crasher", "sh", "-c", "kill -SEGV $$").popen.wait()
    except WorldError as error:
        assert "crasher" in str(error)
    else:
        raise AssertionError("nobody noticed")


def test_late_is_told():
    try:
        with World(adapters=None, keyring=False) as world:
            world.start("ender", "sh", "-c", "echo something else").await_line("ready")
    except WorldError as error:
        assert "before it said 'ready'" in str(error)
    else:
        raise AssertionError("nobody noticed")


def end_by(number):
    """Ends a launcher by a signal while its command runs, and one more has cut itself loose."""
    read, write = os.pipe()
    with tempfile.TemporaryDirectory() as around:
        launcher = launch("--", "sh", "-c",
                          "echo $ENIGM_WORLD; setsid -f tail -f /dev/null; exec tail -f /dev/null",
                          env=dict(os.environ, TMPDIR=around), pass_fds=[write])
        os.close(write)
        folder = launcher.stdout.readline().strip()
        assert os.path.isdir(folder)
        assert marked(folder)
        launcher.send_signal(number)
        launcher.wait(timeout=DEADLINE)
        # The command and what tidies up after it hold our pipe; it ends when the last of them has.
        assert select.select([read], [], [], DEADLINE)[0], marked(folder)
        assert os.read(read, 1) == b""
        assert not os.path.exists(folder)
    os.close(read)


def test_interrupted():
    end_by(signal.SIGINT)


def test_terminated():
    end_by(signal.SIGTERM)


def test_killed():
    end_by(signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
