#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as part of a desktop: what becomes of a key and of an account in it, the keyboard
instead of the mouse, help, notifications."""
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from person import Person  # noqa: E402
from notifications import NotificationServer  # noqa: E402
from steps import call, create_account, open_window, pair_in_terminal  # noqa: E402
from world import BUS_CONFIG, World  # noqa: E402


def open_key(window):
    window.open_with("ctrl+comma", "Settings")
    window.await_text("Your keys")
    window.click("Enigm Key")
    window.await_text("What you can do")


def test_lifecycle():
    """Lost, found, revoked without the network, released; and another key retired."""
    with World(keys=2, display="virtual", screen="760x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        window = open_window(world)
        window.await_text("An alert would reach nobody")
        open_key(window)
        window.press("I Lost It…")
        window.await_text("Mark “Enigm Key” as lost?")
        window.picture("lost-ask")
        window.press("Mark as Lost")
        window.button("I Found It…")
        window.picture("settings-lost")
        assert ada.ctl("keys")["keys"][0]["state"] == "restricted"
        window.press("I Found It…")
        window.await_text("Do you have “Enigm Key” in your hands?")
        window.press("I Have It")
        window.button("I Lost It…")
        assert ada.ctl("keys")["keys"][0]["state"] == "trusted"

        world.platform.kill()
        window.press("Revoke…")
        window.press("Revoke")
        window.await_text("Until it is sent, the key still works.")
        window.picture("settings-revoking")
        window.leave("Settings")
        window.await_text("Revoking waits for the network.")
        window.picture("status-revoking")
        world.platform.start()
        window.press("Try Again")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        window.picture("status-revoked")

        open_ended(window)
        window.press("Release…")
        window.await_text("Release “Enigm Key”?")
        window.press("Release")
        window.await_text("The key is released.")
        window.close()

        pair_in_terminal(ada, world.keys[1])
        window = open_window(world)
        window.await_text("An alert would reach nobody")
        open_key(window)
        window.press("Retire…")
        window.await_text("Retire “Enigm Key”?")
        window.picture("retire-ask")
        window.press("Retire")
        window.await_text("Your key is retired")
        window.picture("settings-retired")
        states = sorted(key["state"] for key in ada.ctl("keys")["keys"])
        assert states == ["retired", "revoked"], states
        window.close()


def open_ended(window):
    window.open_with("ctrl+comma", "Settings")
    window.await_text("Ended")
    window.click("Enigm Key")
    window.await_text("What you can do")


def test_session():
    """This computer is closed in the account, signed in again, and signed out."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        window = open_window(world)
        window.await_text("You have no key yet.")

        # The ninth computer closes the one that was seen least recently, which the platform knows to the second.
        elsewhere = Person("ada", world.add_person("elsewhere"))
        elsewhere.password = ada.password
        window.await_next_second()
        for _ in range(8):
            shutil.rmtree(pathlib.Path(elsewhere.env["XDG_DATA_HOME"]) / "enigm", ignore_errors=True)
            elsewhere.ctl("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca,
                          "--user", "ada", secrets=[("--password-fd", ada.password)])
        window.key("F5")
        window.await_text("This computer was closed in your account.")
        window.picture("session-ended")
        window.press("Sign In")
        window.await_text("Password")
        window.type("Password", "another password")
        window.press("Sign In")
        window.await_text("password")
        window.picture("sign-in-again")
        window.type("Password", ada.password)
        window.press("Sign In")
        window.await_text("You have no key yet.")

        window.open_with("ctrl+comma", "Settings")
        window.press("Account")
        window.press("Sign Out…")
        window.await_text("Your key goes on working.")
        window.picture("sign-out-ask")
        window.press("Sign Out")
        window.await_text("No platform yet?")
        window.close()


def test_no_access():
    """The system bus keeps this person from Bluetooth: said, with the way out of it."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        config = world.folder / "system-bus.conf"
        closed = '<policy context="mandatory"><deny send_destination="org.bluez"/></policy></busconfig>'
        before = config.read_text()
        assert before == BUS_CONFIG.format(socket=world.folder / "system-bus", services=""), before
        bus = world.connect("system")

        def set_policy(text):
            config.write_text(text)
            call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.ReloadConfig")

        set_policy(before.replace("</busconfig>", closed))
        window = open_window(world)
        create_account(window, "ada")
        window.press("Pair a Key")
        window.await_text("No Permission for Bluetooth")
        window.picture("pairing-no-access")
        set_policy(before)
        window.press("Try Again")
        window.await_text("Hold the key's button until its light turns.")
        window.close()


def test_keyboard():
    """The whole journey, and no mouse."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        key = world.keys[0]
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        window = open_window(world)
        window.await_text("No platform yet?")
        window.go_to("Create an Account")
        window.key("Return")
        window.go_to("User name", field=True)
        window.write("ada")
        window.go_to("Password", field=True)
        window.write("practice password")
        window.go_to("PIN (six digits)", field=True)
        window.write("135790")
        window.key("Return")
        window.await_text("You have no key yet.")

        window.go_to("Pair a Key")
        window.key("Return")
        window.await_text("Hold the key's button until its light turns.")
        key.ctl("hold")
        window.button("Next")
        window.key("Return")
        window.entry("Setup code")
        window.write(key.setup_code.replace("-", "").lower())
        window.button("Check the Code")
        window.key("Return")
        window.await_text("Press its button once")
        key.ctl("press")
        window.await_text("Your Key Is Paired")
        window.go_to("Invite Contacts")
        window.key("Return")
        window.entry("Their contact ID")
        window.write(friend.contact_id)
        window.go_to("Label (only you see it)", field=True)
        window.write("Grace")
        window.key("Return")
        window.await_text("no answer yet")
        invitation = friend.ctl("contacts", "invitations")["invitations"][0]["contact_id"]
        friend.ctl("contacts", "accept", invitation)
        window.await_text("Accepted")

        window.key("ctrl+1")
        window.await_text("Paired, but not tried yet.")
        key.ctl("hold")
        window.go_to("Run a Drill")
        window.key("Return")
        window.await_text("The platform holds it for them.")
        friend.ctl("alerts", "seen", friend.ctl("alerts")["alerts"][0]["id"])
        window.await_text("Everybody Has Seen It")
        window.key("Escape")
        window.await_text("Ready. Proved by a drill")

        window.key("ctrl+3")
        window.await_text("1 of 1 contact has seen it.")
        window.go_to("DRILL, Enigm Key")
        window.key("Return")
        window.await_text("Ended in the app of your account")
        window.key("Escape")

        window.open_with("ctrl+comma", "Settings")
        window.await_text("Your keys")
        window.go_to("Enigm Key")
        window.key("Return")
        window.await_text("What you can do")
        window.go_to("Revoke…")
        window.key("Return")
        window.await_text("Revoke “Enigm Key”?")
        # The dangerous answer is not the one that Return gives.
        window.key("Return")
        window.go_to("Revoke…")
        window.key("Return")
        window.go_to("Revoke")
        window.key("Return")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        window.close()


def test_menu():
    """Help, shortcuts and About, by the menu and by their keys."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        Person("ada", dict(os.environ)).sign_up(world.platform)
        window = open_window(world)
        window.await_text("You have no key yet.")
        window.press("Main Menu")
        window.press("Help")
        window.await_text("Three quick presses raise an alert")
        window.picture("help")
        window.leave("Help")
        window.open_with("F1", "Help")
        window.await_text("Three quick presses raise an alert")
        window.leave("Help")

        window.key("ctrl+question")
        window.await_text("Ask the platform again")
        window.picture("shortcuts")
        window.key("Escape")

        window.press("Main Menu")
        window.press("About Enigm App")
        window.await_text("The Enigm App contributors")
        window.picture("about")
        window.click("Legal")
        window.await_text("GNU General Public License, version 3 or later")
        window.picture("about-legal")
        window.close()


def test_notification():
    """An alert of somebody else's is shown by the desktop, names nobody, and opens where it belongs."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        server = NotificationServer(world)
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        pair_in_terminal(friend, world.keys[0])
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        friend.ctl("contacts", "add", ada.contact_id)
        ada.ctl("contacts", "accept", friend.contact_id)
        window = open_window(world)
        window.await_text("You have no key yet.")
        world.keys[0].ctl("press3")
        window.await_true(lambda: server.shown, "a notification")
        app, _, icon, title, body, actions, hints, _ = server.shown[0]
        assert app == "Enigm App", server.shown
        assert title == "ALERT: somebody needs you", title
        assert friend.contact_id not in body and "friend" not in body, body
        assert hints["urgency"] == 2 and hints["desktop-entry"] == "io.enigm.App", hints
        assert "default" in actions, actions
        assert hints["image-path"] == "io.enigm.App-alert", hints
        window.await_true(lambda: friend.ctl("alerts")["alerts"][0]["contacts"][0].get("notified"),
                          "that the owner hears it was shown")
        server.click(1, "default")
        window.await_text("needs you.")
        window.button("I Have Seen This")
        world.keys[0].ctl("long-press")
        window.await_text("Ended on the key itself")

        # One that nobody clicked goes when what it tells of has ended.
        world.keys[0].ctl("press3")
        window.await_true(lambda: len(server.shown) > 1, "another notification")
        world.keys[0].ctl("long-press")
        window.await_true(lambda: 2 in server.closed, "the notification to go")

        # A drill is answered where it is shown.
        world.keys[0].ctl("press5")
        window.await_true(lambda: len(server.shown) > 2, "the drill's notification")
        title, actions = server.shown[2][3], server.shown[2][5]
        assert title == "DRILL: a practice alert", title
        answer = actions[actions.index("I Have Seen This") - 1]
        server.click(3, answer)
        window.await_true(lambda: friend.ctl("alerts")["alerts"][0]["contacts"][0].get("seen"),
                          "that the owner hears it was seen")

        # And so is the next one, which is another.
        world.keys[0].ctl("long-press")
        window.await_true(lambda: friend.ctl("alerts")["alerts"][0]["state"] == "ended", "the drill to end")
        world.keys[0].ctl("press5")
        window.await_true(lambda: len(server.shown) > 3, "the next drill's notification")
        title, body, actions, hints = (server.shown[3][i] for i in (3, 4, 5, 6))
        assert title == "DRILL: a practice alert" and hints["urgency"] != 2, server.shown[3]
        assert hints["image-path"] == "io.enigm.App-drill", hints
        assert friend.contact_id not in body and "friend" not in body, body
        labels = dict(zip(actions[1::2], actions[0::2]))
        assert not friend.ctl("alerts")["alerts"][0]["contacts"][0].get("seen"), "seen before it was said"
        server.click(4, labels["I Have Seen This"])
        window.await_true(lambda: friend.ctl("alerts")["alerts"][0]["contacts"][0].get("seen"),
                          "that the owner hears it was seen")
        assert len(server.shown) == 4, server.shown[4:]
        window.close()


if __name__ == "__main__":
    tap.main(globals())
