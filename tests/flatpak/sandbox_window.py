# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's window as it comes out of the sandbox."""
import subprocess

import driver
from driver import Window
from gi.repository import Atspi, GLib
from sandbox import ID
from world import DEADLINE

# What a program in a sandbox says on its standard error that is no fault of the app's, and whose it is.
SPOKEN = (
    *driver.SPOKEN,
    # GTK, which asks for a portal that runs commands outside; these worlds do not have it
    "org.freedesktop.portal.Flatpak",
    # GTK on Wayland, which asks for a portal of settings; nor do they have that
    "Failed to read portal settings",
)


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
        said = [line for line in self.process.log.read_text().splitlines()
                if line and not any(words in line for words in SPOKEN)]
        assert not said, said

    def close(self):
        self.end()

    def picture(self, name):
        super().picture(f"flatpak-{name.removeprefix('flatpak-')}")

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
        self.press("Computer")
        self.await_text("Alerts of others")
