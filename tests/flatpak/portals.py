# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads where a portal allows, refuses, is not there, or answers late: in the sandbox's
window, with the real portals and, behind them, a desktop that does as the test says."""
import os
import pathlib
import subprocess

import sandbox  # noqa: F401, it knows where the world's modules are
from driver import Window
from gi.repository import Atspi, GLib
from person import Person
from sandbox import ID, SandboxWorld
from world import DEADLINE

SETTLED = "Enigm App goes on listening when its window is closed."
STARTS = "Enigm App starts when you sign in to this computer, and listens without a window."
ASKED_LATE = ("Your desktop has not answered yet. Until it allows it, Enigm App listens only while its window is "
              "open.")
REFUSED = "Your desktop does not allow it. Enigm App listens only while its window is open."
MISSING = "This desktop offers no way to allow it. Enigm App listens only while its window is open."
NO_FILE = "Your desktop handed over no file. Nothing was changed."
FILE_LATE = "Your desktop has not handed over a file yet."
FILE_MISSING = "This desktop offers no way to hand a file to Enigm App. Trust the platform by its public key instead."
TRIED = "A practice notification is sent. If you do not see it, allow Enigm App in your desktop's settings"
NOT_TRIED = "This desktop takes no notifications from Enigm App."
NOT_STARTED = "Your desktop does not start it when you sign in; open it yourself."


class SandboxWindow(Window):
    """The window, found by its name: what speaks for it outside is the sandbox's proxy."""

    def __init__(self, world, *arguments, **more):
        self.installation = world.installation
        super().__init__(world, *arguments, **more)

    def is_app(self, node):
        return node.get_name() in ("enigm-app", "Enigm App")

    def focus(self):
        """By its class: the process that X names is one of the sandbox's own numbers."""
        found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", "enigm"],
                               stdout=subprocess.PIPE, text=True, check=True, timeout=DEADLINE).stdout.split()
        subprocess.run(["xdotool", "windowfocus", found[-1]], check=False, stderr=subprocess.DEVNULL)

    @classmethod
    def is_named(cls, node):
        # What GTK 4.18 keeps folded inside a combo box is its own.
        above = node
        while above is not None and above.get_role_name() not in ("combo box", "application"):
            above = above.get_parent()
        return super().is_named(node) or (above is not None and above.get_role_name() == "combo box")

    def visible_windows(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "enigm"],
                               stdout=subprocess.PIPE, text=True, check=False).stdout.split()
        return len(found)

    def end(self):
        """Has it quit, and looks what it had to complain about."""
        self.act("/io/enigm/App", "quit")
        assert self.process.popen.wait(DEADLINE) == 0
        # GTK asks for a portal that runs commands outside, which these worlds do not have.
        complaints = [line for line in self.process.log.read_text().splitlines()
                      if ("WARNING" in line or "CRITICAL" in line) and "org.freedesktop.portal.Flatpak" not in line]
        assert not complaints, complaints

    def flip(self, name):
        """Turns a switch, which newer GTK calls by another role than older."""
        switch = self.await_node(lambda node: node.get_name() == name and "Action" in node.get_interfaces() and
                                 node.get_role_name() in ("switch", "check box", "toggle button"))
        Atspi.Action.do_action(switch, 0)

    def act(self, path, action):
        connection = self.world.connect()
        connection.call_sync(ID, path, "org.gtk.Actions", "Activate",
                             GLib.Variant("(sava{sv})", (action, [], {})), None, 0, -1, None)
        connection.close_sync(None)

    def open_settings(self):
        """As the menu does, whose entries AT-SPI does not reach without a window manager's focus."""
        self.act("/io/enigm/App/window/1", "settings")
        self.press("This Computer")
        self.await_text("Alerts of others")


def open_form(world):
    """A form that asks how the platform is trusted."""
    window = SandboxWindow(world, "--platform", world.platform.origin, "--ca-file", "/nowhere/yet.pem")
    window.press("Create an Account")
    window.entry("Authority's file (PEM)")
    return window


def create_account(window):
    window.type("User name", "ada")
    window.type("Password", "practice password")
    window.type("PIN (six digits)", "135790")
    window.press("Create Account")
    window.await_text("You have no key yet.")


def world_with(mode, installation):
    """The four ways a desktop may be: without anybody behind them, the portals offer only the Secret one."""
    return SandboxWorld(installation, platform=True, display="virtual", desktop=None if mode == "absent" else mode)


def hand_over_ca(world):
    """A way for the CA's file that needs no portal: the app's own folder."""
    inside = pathlib.Path(os.environ["HOME"]) / f".var/app/{ID}/config/ca.pem"
    inside.parent.mkdir(parents=True, exist_ok=True)
    inside.write_bytes(world.platform.ca.read_bytes())
    return str(inside)


def test_portals_allow(installation):
    with world_with("allows", installation) as world:
        window = open_form(world)
        window.press("Choose a File")
        window.await_node(lambda node: str(world.platform.ca.name) in window.text(node) and "/doc/" in window.text(node))
        create_account(window)
        window.open_settings()
        window.flip("Listen when closed")
        window.await_text(SETTLED)
        assert world.await_asked(lambda asked, notices: True)
        asked, _ = world.ask_desktop("Asked")
        assert ["EnableAutostart", ID, False, ["enigm-app", "--listen"]][:3] in [item[:3] for item in asked], asked
        # Never by itself: only once the person wants that, too.
        assert not any(item[0] == "EnableAutostart" and item[2] for item in asked), asked
        window.flip("Start when you sign in to this computer")
        window.await_text(STARTS)
        started = world.await_asked(lambda asked, _: [item for item in asked if item[:3] == ["EnableAutostart", ID, True]])
        print(f"# the desktop is to start: {started[0][3]}")
        assert started[0][3][-2:] == ["enigm-app", "--listen"] or started[0][3][-1] == "--listen", started
        window.press("Try a Notification")
        window.await_text(TRIED)
        world.await_asked(lambda _, notices: any(item["title"] == "Notifications reach you" for item in notices.values()))
        window.picture("flatpak-portals-allowed")
        # Closed, it goes on, and shows that it does; a notification leads back.
        window.press("Close")
        window.await_node(lambda node: node.get_name() == "Pair a Key")
        window.press("Close")
        world.await_asked(lambda _, notices: any(item["title"] == "Enigm App goes on listening"
                                                 for item in notices.values()))
        assert window.process.popen.poll() is None
        assert window.visible_windows() == 0
        second = subprocess.run([world.installation.bin / "enigm-app"], capture_output=True, timeout=60, check=False)
        assert second.returncode == 0, second
        window.await_text("You have no key yet.")
        assert window.visible_windows() == 1
        world.await_asked(lambda _, notices: not any(item["title"] == "Enigm App goes on listening"
                                                     for item in notices.values()))
        window.end()


def test_portals_refuse(installation):
    with world_with("refuses", installation) as world:
        world.permit("background", "background", "no")
        world.permit("notifications", "notification", "no")
        window = open_form(world)
        window.press("Choose a File")
        window.await_text(NO_FILE)
        window.type("Authority's file (PEM)", hand_over_ca(world))
        create_account(window)
        window.open_settings()
        window.flip("Listen when closed")
        window.await_text(REFUSED)
        window.press("Try a Notification")
        window.await_text(TRIED)
        window.picture("flatpak-portals-refused")
        # Allowed afterwards, but not to start by itself.
        world.permit("background", "background", "yes")
        window.flip("Listen when closed")
        window.await_text(SETTLED)
        window.flip("Start when you sign in to this computer")
        window.await_text(NOT_STARTED)
        _, notices = world.ask_desktop("Asked")
        assert notices == {}, notices
        window.end()


def test_portals_absent(installation):
    with world_with("absent", installation) as world:
        window = open_form(world)
        window.press("Choose a File")
        window.await_text(FILE_MISSING)
        window.type("Authority's file (PEM)", hand_over_ca(world))
        create_account(window)
        window.open_settings()
        window.flip("Listen when closed")
        window.await_text(MISSING)
        window.press("Try a Notification")
        window.await_text(NOT_TRIED)
        window.picture("flatpak-portals-absent")
        window.end()


def test_portals_late(installation):
    with world_with("late", installation) as world:
        window = open_form(world)
        window.press("Choose a File")
        window.await_text(FILE_LATE)
        # The form goes on meanwhile, and the late answer still counts.
        window.type("User name", "ada")
        window.type("Password", "practice password")
        world.ask_desktop("Answer")
        window.await_node(lambda node: "/doc/" in window.text(node) and str(world.platform.ca.name) in window.text(node))
        create_account(window)
        window.open_settings()
        world.ask_desktop("Hold")
        window.flip("Listen when closed")
        window.await_text(ASKED_LATE)
        window.press("Try a Notification")
        window.await_text(TRIED)
        window.picture("flatpak-portals-late")
        world.ask_desktop("Answer")
        window.await_text(SETTLED)
        window.end()


def count_windows():
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "enigm"], stdout=subprocess.PIPE,
                           text=True, check=False).stdout.split()
    return len(found)


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
        call("Activate", GLib.Variant("(a{sv})", ({},)))
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", "enigm"], stdout=subprocess.DEVNULL,
                       check=True, timeout=DEADLINE)
        first = owner()
        call("Activate", GLib.Variant("(a{sv})", ({},)))
        again = subprocess.run([installation.bin / "enigm-app"], capture_output=True, text=True, timeout=DEADLINE,
                               check=False)
        assert again.returncode == 0, again
        assert owner() == first and count_windows() == 1, (owner(), first, count_windows())
        call("ActivateAction", GLib.Variant("(sava{sv})", ("quit", [], {})))
        connection.close_sync(None)
