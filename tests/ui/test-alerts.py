#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An alert's page, as its owner and as a contact have it before them, on a narrow screen."""
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "world"), str(HERE.parent / "faults")]
import tap  # noqa: E402
from driver import Window  # noqa: E402
from faults import Weather  # noqa: E402
from notifications import NotificationServer  # noqa: E402
from person import Person  # noqa: E402
from steps import pair_in_terminal  # noqa: E402
from world import World  # noqa: E402

def befriend(owner, contact):
    owner.ctl("contacts", "add", contact.contact_id)
    contact.ctl("contacts", "accept", owner.contact_id)


class MovingWorld(World):
    """A world in which the clock of app, key and platform can be moved."""

    weather = None

    def make_folders(self):
        super().make_folders()
        self.weather = Weather(self.folder / "weather")

    def start(self, name, *argv, **more):
        if name == "app" or name == "platform" or name.startswith("key-"):
            more["env"] = dict(more.get("env", os.environ), ENIGM_WEATHER=str(self.weather.path),
                               LD_PRELOAD=str(self.build / "tests/faults/enigm-witness.so"))
        return super().start(name, *argv, **more)


def open_alert(world, scheme, words):
    window = Window(world, env=dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}"))
    window.press("Alerts")
    window.await_text(words)
    window.click(words)
    return window


def test_owner():
    """Where it was, that its key was lost meanwhile, and the proof that sharing has stopped."""
    with World(keys=1, display="virtual", screen="360x760") as world:
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        befriend(ada, friend)
        world.keys[0].ctl("position", "52.5163", "13.3777", "12")
        felt = world.keys[0].watch()
        world.keys[0].ctl("press3")
        felt.await_line("event alert accepted")
        window = open_alert(world, "light", "ALERT, Enigm Key")
        window.await_text("Your alert is under way. 0 of 1 contact has seen it.")
        window.await_text("52.51630, 13.37770 · within 12 m")
        window.await_text("for you alone")
        window.picture("narrow-light-alert-own")
        window.press("Open in a Map Program…")
        window.await_text("Enigm App itself asks nobody for maps.")
        window.picture("narrow-light-alert-map")
        window.press("Cancel")
        ada.ctl("lost")
        window.await_text("The key was marked as lost. It sends no more positions, and cannot end this.")
        window.picture("narrow-light-alert-lost")
        assert friend.ctl("alerts")["alerts"][0]["stopped"] == "lost"
        window.press("End the Alert")
        window.await_text("End your alert?")
        window.press("End the Alert")
        window.await_text("shows contacts no position any more.")
        window.await_text("Ended in the app of your account")
        window.picture("narrow-light-alert-ended")
        ended = friend.ctl("alerts")["alerts"][0]
        assert ended["position"] is None and ended["stopped"] == "", ended
        window.press("Delete Now")
        window.await_text("The alert is deleted")
        window.await_text("No Alerts")
        window.close()


def test_contact():
    """That it was seen waits for the network in plain sight, and gets there by itself."""
    with World(keys=1, display="virtual", screen="360x760") as world:
        server = NotificationServer(world)
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        pair_in_terminal(friend, world.keys[0])
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        befriend(friend, ada)
        felt = world.keys[0].watch()
        world.keys[0].ctl("press5")
        felt.await_line("event drill accepted")
        window = open_alert(world, "dark", f"DRILL, {friend.contact_id}")
        window.await_text("tries their key. Nobody is in need.")
        window.picture("narrow-dark-drill-other")
        world.platform.kill()
        window.press("I Have Seen This")
        window.await_text("That you have seen it waits for the network.")
        window.picture("narrow-dark-drill-waiting")
        world.platform.start()
        window.await_text("You said that you saw it:")
        window.await_true(lambda: server.shown, "the drill's notification")
        assert len(server.shown) == 1, server.shown
        window.close()


def test_removed():
    """Who is removed while the alert is open before them sees nothing of it any more, at once."""
    with World(keys=1, display="virtual", screen="360x760") as world:
        server = NotificationServer(world)
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        pair_in_terminal(friend, world.keys[0])
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        befriend(friend, ada)
        world.keys[0].ctl("position", "52.5163", "13.3777", "12")
        felt = world.keys[0].watch()
        world.keys[0].ctl("press3")
        felt.await_line("event alert accepted")
        window = open_alert(world, "light", f"ALERT, {friend.contact_id}")
        window.await_text("52.51630, 13.37770 · within 12 m")
        window.await_true(lambda: server.shown, "the alert's notification")
        friend.ctl("contacts", "remove", ada.contact_id)
        window.await_text("You are not shown this any more")
        window.await_text("This does not show that they are safe.")
        assert not window.shows("52.51"), window.describe()
        assert not window.shows("needs you") and not window.shows("I Have Seen This"), window.describe()
        window.await_true(lambda: 1 in server.closed, "the notification to go")
        window.picture("narrow-light-alert-gone")
        assert ada.ctl("alerts")["alerts"] == []
        window.press("Back")
        window.await_text("No Alerts")
        window.close()


def test_deleted_elsewhere():
    """The page of an alert that its owner deletes on another computer closes, and says why."""
    with World(keys=1, display="virtual", screen="360x760") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        elsewhere = Person("ada", world.add_person("elsewhere"))
        elsewhere.sign_in(world.platform)
        world.keys[0].ctl("position", "52.5163", "13.3777", "12")
        felt = world.keys[0].watch()
        world.keys[0].ctl("press3")
        felt.await_line("event alert accepted")
        world.keys[0].ctl("long-press")
        felt.await_line("event alert ended")
        window = open_alert(world, "light", "ALERT, Enigm Key")
        window.await_text("52.51630, 13.37770 · within 12 m")
        elsewhere.ctl("alerts", "delete", elsewhere.ctl("alerts")["alerts"][0]["id"])
        window.await_text("The alert is deleted")
        window.await_text("No Alerts")
        assert not window.shows("52.51"), window.describe()
        window.picture("narrow-light-alert-deleted-elsewhere")
        assert ada.ctl("alerts")["alerts"] == []
        window.close()


def look_again(window, words):
    """The page as it is at this time: what ages on it would age by itself, were the clock not moved."""
    window.press("Back")
    window.go_to(words)  # a click would not hit what is still sliding into its place
    window.key("Return")


def test_times():
    """A key that was out of reach: what is shown is old and says so, gaps are gaps, a late press is late."""
    with MovingWorld(keys=1, display="virtual", screen="360x760") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        key = world.keys[0]
        pair_in_terminal(ada, key)
        key.ctl("position", "52.5163", "13.3777", "12")
        felt = key.watch()
        key.ctl("press3")
        felt.await_line("event alert accepted")
        window = open_alert(world, "light", "ALERT, Enigm Key")
        window.await_text("52.51630, 13.37770 · within 12 m")
        window.await_text("for you alone")
        assert not window.shows("No newer one has come since."), window.describe()

        key.ctl("network", "off")
        world.weather.set(clock=300)
        look_again(window, "ALERT, Enigm Key")
        window.await_text("No newer one has come since.")
        window.picture("narrow-light-alert-old-position")
        key.ctl("position", "52.5200", "13.4050", "8")
        key.ctl("network", "on")
        window.await_text("52.52000, 13.40500 · within 8 m")
        window.await_true(lambda: not window.shows("No newer one has come since."), "that it is a new one")
        window.click("Positions")
        window.await_text("No position for 5 minutes")
        window.picture("narrow-light-alert-gap")
        key.ctl("long-press")
        window.await_text("Ended on the key itself")

        # Pressed where there is no network, and heard of five minutes later.
        key.ctl("network", "off")
        key.ctl("press3")
        world.weather.set(clock=600)
        key.ctl("network", "on")
        window.press("Back")
        window.await_text("Now")
        window.go_to("ALERT, Enigm Key")
        window.key("Return")
        window.await_text("the key had no connection until then.")
        window.picture("narrow-light-alert-late")
        pressed, received = (ada.ctl("alerts")["alerts"][0][name] for name in ("pressed", "received"))
        assert 290 <= received - pressed <= 400, (pressed, received)
        window.close()


def add_map_program(world):
    """A program that opens positions, and keeps what it was asked for."""
    asked = world.folder / "asked-map"
    program = world.folder / "map"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {asked}.new && mv {asked}.new {asked}\n')
    program.chmod(0o755)
    applications = pathlib.Path(os.environ["XDG_DATA_HOME"]) / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    (applications / "practice-map.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Map\nExec={program} %u\nMimeType=x-scheme-handler/geo;\n")
    lists = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "mimeapps.list"
    lists.parent.mkdir(parents=True, exist_ok=True)
    lists.write_text("[Default Applications]\nx-scheme-handler/geo=practice-map.desktop\n")
    return asked


def test_taken_along():
    """A position is copied, and opened by a program; an alert of one's own becomes a file."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        world.keys[0].ctl("position", "52.5163", "13.3777", "12")
        felt = world.keys[0].watch()
        world.keys[0].ctl("press3")
        felt.await_line("event alert accepted")
        asked = add_map_program(world)
        window = open_alert(world, "light", "ALERT, Enigm Key")
        window.await_text("52.51630, 13.37770 · within 12 m")
        window.press("Open in a Map Program…")
        window.await_text("Enigm App itself asks nobody for maps.")
        assert not asked.exists()
        window.press("Open")
        window.await_true(asked.exists, "the map program to be asked")
        assert asked.read_text() == "geo:52.51630,13.37770;u=12", asked.read_text()

        window.press("End the Alert")
        window.await_text("End your alert?")
        window.press("End the Alert")
        window.await_text("Ended in the app of your account")
        file = world.folder / "kept.json"
        window.press("Export…")
        window.await_text("Name:")
        window.type("Name:", str(file))
        window.key("Return")
        window.await_text("The file is written")
        event = json.loads(file.read_text())["events"][0]
        assert event["id"] == ada.ctl("alerts")["alerts"][0]["id"], event
        assert (event["positions"][0]["latitude"], event["ended"]["by"]) == (52.5163, "app"), event
        assert file.stat().st_mode & 0o077 == 0, oct(file.stat().st_mode)

        # What was copied is what another field takes.
        window.press("Copy the Position")
        window.await_text("The position is copied")
        window.press("Back")
        window.press("Contacts")
        window.press("Invite…")
        window.entry("Their contact ID")
        window.key("ctrl+v")
        window.await_true(lambda: window.text(window.entry("Their contact ID")) == "52.51630, 13.37770", "what was copied")
        window.key("Escape")
        window.close()


if __name__ == "__main__":
    tap.main(globals())
