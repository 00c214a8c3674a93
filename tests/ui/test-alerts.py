#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An alert's page, as its owner and as a contact have it before them, on a narrow screen."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from notifications import NotificationServer  # noqa: E402
from person import Person  # noqa: E402
from steps import pair_in_terminal  # noqa: E402
from world import World  # noqa: E402

def befriend(owner, contact):
    owner.ctl("contacts", "add", contact.contact_id)
    contact.ctl("contacts", "accept", owner.contact_id)


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


if __name__ == "__main__":
    tap.main(globals())
