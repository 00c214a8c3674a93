#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app without its window: what reaches a person, and what they are told of whether it would."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from notifications import NotificationServer  # noqa: E402
from person import Person  # noqa: E402
from steps import pair_in_terminal  # noqa: E402
from world import World  # noqa: E402

LISTENS = "Enigm App goes on listening"
DEAF = "Enigm App cannot listen for alerts"
ALERT = "ALERT: somebody needs you"


class Unseen(Window):
    """The app, started so that it has no window at first."""

    def __init__(self, world, env):
        self.world, self.env = world, env
        self.pictures = pathlib.Path(os.environ["ENIGM_BUILD_DIR"]) / "screenshots"
        self.process = world.start("app", "enigm-app", "--listen", env=env)


def befriend(owner, contact):
    owner.ctl("contacts", "add", contact.contact_id)
    contact.ctl("contacts", "accept", owner.contact_id)


def sign_up_both(world):
    friend = Person("friend", world.add_person("friend"))
    friend.sign_up(world.platform)
    pair_in_terminal(friend, world.keys[0])
    ada = Person("ada", dict(os.environ))
    ada.sign_up(world.platform)
    befriend(friend, ada)
    return ada


def listening_env():
    """Ada has switched listening on."""
    settings = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0/settings/keyfile"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[io/enigm/App]\nlisten-when-closed=true\n")
    return dict(os.environ, GSETTINGS_BACKEND="keyfile")


def await_title(window, server, title):
    window.await_true(lambda: title in server.titles(), f"“{title}”; there is {server.titles()}", deadline=60)


def say_last(server):
    return server.shown[-1][4]


def close_from_elsewhere(world):
    elsewhere = Person("ada", world.add_person("elsewhere"))
    elsewhere.sign_in(world.platform)
    elsewhere.ctl("close-computers", secrets=[("--pin-fd", "135790")])


def test_closed():
    """With the window closed an alert reaches its person; that none could is said, and why."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        server = NotificationServer(world)
        sign_up_both(world)
        window = Window(world, env=listening_env())
        window.await_text("You have no key yet.")
        window.press("Close")
        await_title(window, server, LISTENS)
        world.keys[0].ctl("press3")
        await_title(window, server, ALERT)
        assert LISTENS in server.titles(), server.titles()

        world.platform.kill()
        await_title(window, server, DEAF)
        assert "cannot be reached" in say_last(server), server.shown[-1]
        assert LISTENS not in server.titles(), server.titles()
        world.platform.start()
        await_title(window, server, LISTENS)
        assert DEAF not in server.titles(), server.titles()

        close_from_elsewhere(world)
        await_title(window, server, DEAF)
        assert "closed in your account" in say_last(server), server.shown[-1]
        assert LISTENS not in server.titles(), server.titles()
        # Its window says it, too, and the desktop need not any more.
        subprocess.run(["enigm-app"], env=window.env, check=True, timeout=30)
        window.await_text("This computer was closed in your account.")
        window.await_true(lambda: DEAF not in server.titles(), "the notification to go")
        window.close()


def test_listen():
    """Started without a window it shows that it listens, hears, and has a window when asked for it."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        server = NotificationServer(world)
        sign_up_both(world)
        window = Unseen(world, listening_env())
        await_title(window, server, LISTENS)
        world.keys[0].ctl("press3")
        await_title(window, server, ALERT)
        subprocess.run(["enigm-app"], env=window.env, check=True, timeout=30)
        window.await_text("You have no key yet.")
        window.await_true(lambda: LISTENS not in server.titles(), "the notification to go")
        window.close()


if __name__ == "__main__":
    tap.main(globals())
