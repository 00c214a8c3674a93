# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do in the window again and again."""
from gi.repository import Gio

from driver import Window


def open_window(world, **more):
    return Window(world, "--platform", world.platform.origin, "--ca-file", str(world.platform.ca), **more)


def create_account(window, user, then="You have no key yet."):
    window.press("Create an Account")
    window.type("User name", user)
    window.type("Password", "practice password")
    window.type("PIN (six digits)", "135790")
    window.press("Create Account")
    if then:
        window.await_text(then)


def pair_in_terminal(person, key):
    """A key paired with enigmctl."""
    felt = key.watch()
    key.ctl("hold")
    for line in person.follow("pair", secrets=[("--code-fd", key.setup_code)]):
        if (line.get("step"), line.get("state")) == ("confirm", "waiting"):
            felt.await_line("vibrate confirm")
            key.ctl("press")


def call(connection, name, path, method, arguments=None):
    """Calls a method, named with its interface, and returns what it answers."""
    interface, method = method.rsplit(".", 1)
    return connection.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, -1, None)
