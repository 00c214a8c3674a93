#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One app for one person: started by the session bus from the file that is installed for that, and
raised, not doubled, when it is started again."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from steps import call  # noqa: E402
from gi.repository import GLib  # noqa: E402
from world import DEADLINE, World  # noqa: E402

ID = "io.enigm.App"
APPLICATION = "org.freedesktop.Application"


class ActivatingWorld(World):
    """Its session bus starts the app when it is called, from where it was built."""

    def make_services(self):
        services = super().make_services()
        installed = (self.build / f"data/{ID}.service").read_text()
        program = next(line for line in installed.splitlines() if line.startswith("Exec=")).split()[0]
        (self.folder / "services" / f"{ID}.service").write_text(
            installed.replace(program, f"Exec={self.build}/ui/enigm-app"))
        return services


def windows():
    return len(subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "enigm-app"], stdout=subprocess.PIPE,
                              text=True, check=False).stdout.split())


def owner(bus):
    return call(bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner", GLib.Variant("(s)", (ID,))).unpack()


def start_again():
    """Starts the app as its desktop entry does; where another runs, this ends at once and well."""
    done = subprocess.run(["enigm-app"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE,
                          check=False)
    assert done.returncode == 0 and not done.stderr, done


def test_activation():
    with ActivatingWorld(adapters=None, display="virtual", screen="760x720") as world:
        bus = world.connect()
        call(bus, ID, "/io/enigm/App", f"{APPLICATION}.Activate", GLib.Variant("(a{sv})", ({},)))
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", "enigm-app"], check=True,
                       stdout=subprocess.DEVNULL, timeout=DEADLINE)
        first = owner(bus)
        start_again()
        call(bus, ID, "/io/enigm/App", f"{APPLICATION}.Activate", GLib.Variant("(a{sv})", ({},)))
        assert owner(bus) == first and windows() == 1, (first, owner(bus), windows())
        # It ends when it is told to, and then the bus starts another.
        call(bus, ID, "/io/enigm/App", f"{APPLICATION}.ActivateAction", GLib.Variant("(sava{sv})", ("quit", [], {})))
        while windows():
            Window.pause()
        call(bus, ID, "/io/enigm/App", f"{APPLICATION}.Activate", GLib.Variant("(a{sv})", ({},)))
        assert owner(bus) != first
        call(bus, ID, "/io/enigm/App", f"{APPLICATION}.ActivateAction", GLib.Variant("(sava{sv})", ("quit", [], {})))
        bus.close_sync(None)


def test_second_start():
    """Started twice by hand, there is one window, and it is the first one's."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        window = Window(world)
        window.await_text("No platform yet?")
        window.press("Create an Account")
        window.type("User name", "ada")
        bus = world.connect()
        first = owner(bus)
        start_again()
        assert owner(bus) == first and windows() == 1, (first, owner(bus), windows())
        assert window.text(window.entry("User name")) == "ada"
        bus.close_sync(None)
        window.close()


if __name__ == "__main__":
    tap.main(globals())
