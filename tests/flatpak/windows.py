# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's window in its sandbox: the whole journey, starting, and on Wayland."""
import os
import subprocess
import time

from gi.repository import GLib
from keyrings import MAGIC, hand_over_ca, keyring_file
from person import Person
from sandbox import ID, SandboxWorld
from sandbox_window import SandboxWindow
from wayland import start_compositor, take_picture
from window_journey import WindowJourney
from world import DEADLINE


def test_window_journey(installation):
    """As the same journey outside of a sandbox; the people it meets use the app outside of one."""
    with SandboxWorld(installation, keys=1, display="virtual", screen="760x720") as world:
        friends = [Person(name, world.add_native_person(name)) for name in ("friend", "other")]
        for friend in friends:
            friend.sign_up(world.platform)
        window = SandboxWindow(world, "--platform", world.platform.origin, "--ca-file", hand_over_ca(world))
        journey = WindowJourney(window, world.keys[0], *friends)
        for step in journey.steps:
            started = time.monotonic()
            step(journey)
            print(f"# {step.__name__}: {time.monotonic() - started:.1f} s", flush=True)
        assert keyring_file().read_bytes().startswith(MAGIC)
        # The revoked key is refused, and nobody is told.
        felt = world.keys[0].watch()
        before = friends[0].ctl("alerts")["alerts"]
        world.keys[0].ctl("press3")
        felt.await_line("vibrate refused")
        assert friends[0].ctl("alerts")["alerts"] == before
        window.end()


def test_window(installation):
    with SandboxWorld(installation, platform=True, display="virtual") as world:
        Person("owner", dict(os.environ)).sign_up(world.platform)
        started = time.monotonic()
        window = SandboxWindow(world)
        window.await_text("You have no key yet.")
        print(f"# {time.monotonic() - started:.1f} s from its start to its home page, as a screen reader sees it")
        window.picture("status")
        # One account, one owner: this goes through the window that runs.
        done = world.enigmctl("account")
        assert done.returncode == 0, done
        window.end()


def test_activation(installation):
    """The bus starts the app from what the bundle exports; started again, the first one is raised."""
    with SandboxWorld(installation, adapters=None, display="virtual", activatable=True) as world:
        connection = world.connect()

        def call(method, arguments):
            connection.call_sync(ID, "/io/enigm/App", "org.freedesktop.Application", method, arguments, None, 0,
                                 DEADLINE * 1000, None)

        def owner():
            return connection.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetNameOwner",
                                        GLib.Variant("(s)", (ID,)), None, 0, -1, None).unpack()[0]

        def windows():
            return len(subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "enigm"],
                                      stdout=subprocess.PIPE, text=True, check=False).stdout.split())
        call("Activate", GLib.Variant("(a{sv})", ({},)))
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", "enigm"], stdout=subprocess.DEVNULL,
                       check=True, timeout=DEADLINE)
        first = owner()
        call("Activate", GLib.Variant("(a{sv})", ({},)))
        again = subprocess.run([installation.bin / "enigm-app"], capture_output=True, text=True, timeout=DEADLINE,
                               check=False)
        assert again.returncode == 0, again
        assert owner() == first and windows() == 1, (owner(), first, windows())
        call("ActivateAction", GLib.Variant("(sava{sv})", ("quit", [], {})))
        connection.close_sync(None)


class SandboxWaylandWindow(SandboxWindow):
    """On a compositor of its own: no X, so no keys and no mouse."""

    def focus(self):
        pass

    def picture(self, name):
        self.check_names()
        take_picture(self.world, self.env, self.pictures / f"flatpak-{name}.png")


def test_wayland(installation):
    """With the compositor's socket, and no X at all, as on most desktops."""
    with SandboxWorld(installation, platform=True, display="virtual") as world:
        Person("owner", dict(os.environ)).sign_up(world.platform)
        env = start_compositor(world, 760, 720)
        window = SandboxWaylandWindow(world, env=env)
        window.await_text("You have no key yet.")
        window.picture("wayland-status")
        window.press("Contacts")
        window.await_text("Nobody Yet")
        window.end()
