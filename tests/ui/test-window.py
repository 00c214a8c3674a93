#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey through the window: a newcomer's account, a key, a contact, a drill, revoking; and
what bad input gets. Real parts; the window is driven through AT-SPI. A picture of each page is kept
in the build folder, under screenshots/."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def slip(code):
    """The code with its last character misread."""
    return code[:-1] + DIGITS[(DIGITS.index(code[-1]) + 1) % len(DIGITS)]


def open_window(world, **more):
    return Window(world, "--platform", world.platform.origin, "--ca-file", str(world.platform.ca), **more)


def create_account(window, user):
    window.press("Create an Account")
    window.type("User name", user)
    window.type("Password", "practice password")
    window.type("PIN (six digits)", "135790")
    window.press("Create Account")
    window.await_text("You have no key yet.")


def pair(window, key):
    """From the pairing window's first page to its last."""
    window.await_text("Hold the key's button until its light turns.")
    key.ctl("hold")
    window.press("Next")
    # As somebody copies it: small letters, no hyphens, O for 0, and the line's end with it.
    window.type("Setup code", key.setup_code.lower().replace("-", " ").replace("0", "o") + "\n")
    window.press("Check the Code")
    window.await_text("Press its button once")
    window.picture("pairing-confirm")
    key.ctl("press")
    window.await_text("Your Key Is Paired")


def test_journey():
    with World(keys=1, display="virtual", screen="760x720") as world:
        key = world.keys[0]
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        window = open_window(world)

        window.await_text("No platform yet?")
        window.picture("welcome")
        create_account(window, "ada")
        window.picture("status-no-key")

        window.press("Pair a Key")
        pair(window, key)
        window.await_text("Your key reached the platform by itself")
        window.picture("pairing-ready")

        window.press("Invite Contacts")
        window.type("Their contact ID", slip(friend.contact_id))
        window.press("Invite")
        window.await_text("typing error")
        window.picture("invite-mistyped")
        window.type("Their contact ID", friend.contact_id.lower())
        window.type("Label (only you see it)", "Grace")
        window.press("Invite")
        window.await_text("no answer yet")
        window.picture("contacts-invited")
        friend.ctl("contacts", "accept", world_invitation(friend))
        window.await_text("Accepted")
        window.picture("contacts-accepted")

        window.press("Status")
        window.await_text("Paired, but not tried yet.")
        window.picture("status-not-tried")
        key.ctl("hold")
        window.press("Run a Drill")
        window.await_text("The platform holds it for them.")
        window.picture("drill-watching")
        alert = friend.ctl("alerts")["alerts"][0]
        assert alert["kind"] == "drill", alert
        friend.ctl("alerts", "seen", alert["id"])
        window.await_text("Everybody Has Seen It")
        window.await_text("Has seen it, after")
        window.picture("drill-done")
        window.press("Close")
        window.await_text("Ready. Proved by a drill")
        window.picture("status-ready")

        window.press("Alerts")
        window.await_text("1 of 1 contact has seen it.")
        window.picture("alerts")

        key.ctl("press3")
        window.await_text("ALERT")
        window.picture("alerts-now")
        window.press("Status")
        window.await_text("Your alert is under way.")
        window.picture("status-alert")
        window.press("Open")
        window.await_text("Your alert is under way. 0 of 1 contact has seen it.")
        window.picture("alert-own")
        key.ctl("long-press")
        window.await_text("Ended on the key itself")
        window.picture("alert-ended")
        window.press("Back")

        window.key("ctrl+comma")
        window.await_text("Your keys")
        window.picture("settings-keys")
        window.click("Enigm Key")
        window.await_text("What you can do")
        window.picture("settings-key")
        window.press("Revoke…")
        window.await_text("It stops working at once, wherever it is.")
        window.picture("revoke-ask")
        window.press("Revoke")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        window.picture("settings-revoked")
        window.close()


def world_invitation(person):
    """Whoever asks this person."""
    return person.ctl("contacts", "invitations")["invitations"][0]["contact_id"]


if __name__ == "__main__":
    tap.main(globals())
