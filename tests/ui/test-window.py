#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey through the window: a newcomer's account, a key, a contact, a drill, revoking; and
what bad input gets. Real parts; the window is driven through AT-SPI. A picture of each page is kept
in the build folder, under screenshots/."""
import fcntl
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from codes import other_code, slip  # noqa: E402
from driver import Window  # noqa: E402
from person import Person  # noqa: E402
from steps import create_account, open_window, pair_in_terminal  # noqa: E402
from window_journey import WindowJourney  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from world import World  # noqa: E402


def call_radio(world, path, method, arguments=None):
    interface, name = method.rsplit(".", 1)
    return world.connect("system").call_sync("org.bluez", path, interface, name, arguments, None,
                                             Gio.DBusCallFlags.NONE, -1, None)


def switch_bluetooth_off(world):
    call_radio(world, "/org/bluez/hci0", "org.freedesktop.DBus.Properties.Set",
               GLib.Variant("(ssv)", ("org.bluez.Adapter1", "Powered", GLib.Variant("b", False))))


def test_journey():
    with World(keys=1, display="virtual", screen="760x720") as world:
        friends = [Person(name, world.add_person(name)) for name in ("friend", "other")]
        for friend in friends:
            friend.sign_up(world.platform)
        journey = WindowJourney(open_window(world), world.keys[0], *friends)
        for step in journey.steps:
            step(journey)
        journey.window.close()


def test_contact():
    """Somebody chose the person at the window, and needs them."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        pair_in_terminal(friend, world.keys[0])
        window = open_window(world)
        create_account(window, "ada")
        window.press("Contacts")
        window.await_text("Nobody Yet")
        own = Person("ada", dict(os.environ)).ctl("account")["contact_id"]
        friend.ctl("contacts", "add", own)
        window.await_text("asks you to be their contact")
        window.press("Show as a Picture")
        window.await_text("Your contact ID as a QR code")
        window.picture("contacts-qr")
        window.key("Escape")
        window.press("Label…")
        window.type("Label", "Grace")
        window.press("Save")
        window.await_text("Grace asks you to be their contact")
        window.picture("contacts-invitation")
        window.press("Accept")
        window.await_text("You are a contact of Grace")

        world.keys[0].ctl("position", "52.5163", "13.3777", "12")
        world.keys[0].ctl("press3")
        window.press("Alerts")
        window.await_text("You have not said that you saw it.")
        window.click("ALERT, Grace")
        window.await_text("Grace needs you.")
        window.await_text("52.51630, 13.37770")
        window.picture("alert-other")
        window.press("I Have Seen This")
        await_seen(friend)
        world.keys[0].ctl("long-press")
        window.await_text("Ended on the key itself")
        window.await_text("This does not show that they are safe.")
        window.await_text("Not shown: the alert has ended.")
        window.picture("alert-other-ended")
        window.press("Back")

        # Removing can be taken back, and is done when it is not.
        window.press("Contacts")
        window.press("Invite…")
        window.type("Their contact ID", friend.contact_id)
        window.press("Invite")
        window.await_text("Invited just now, no answer yet")
        window.press("What to do with Grace")
        window.press("Remove")
        window.await_text("Removing Grace…")
        window.await_text("Being removed.")
        window.picture("contacts-undo")
        window.press("Undo")
        window.await_text("Invited just now, no answer yet")
        assert ctl_contacts() == ["Grace"], ctl_contacts()
        window.press("What to do with Grace")
        window.press("Remove")
        window.await_text("Removing Grace…")
        window.key("ctrl+q")
        assert window.process.popen.wait(30) == 0
        assert ctl_contacts() == [], ctl_contacts()


def ctl_contacts():
    return [item["label"] for item in Person("ada", dict(os.environ)).ctl("contacts")["contacts"]]


def read_edits(person):
    """How their changes stand on this computer, whether or not the platform can be reached."""
    words, _ = person.start("contacts").communicate()
    return json.loads(words)["edits"]


def check_two_computers(screen, scheme):
    """Changes wait for the network in sight; what two computers changed is settled by the person."""
    with World(platform=True, display="virtual", screen=screen) as world:
        friends = [Person(name, world.add_person(name)) for name in ("grace", "linus", "mary")]
        for friend in friends:
            friend.sign_up(world.platform)
        env = dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}")
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        elsewhere = Person("ada", world.add_person("elsewhere"))
        elsewhere.sign_in(world.platform)
        ada.ctl("contacts", "add", friends[0].contact_id, "--label", "Grace")
        ada.ctl("contacts", "add", friends[1].contact_id, "--label", "Linus")
        ada.ctl("contacts", "note", "Linus", "Has a key to the flat")
        elsewhere.ctl("contacts")

        window = Window(world, env=env)
        window.press("Contacts")
        window.await_text("Has a key to the flat")
        world.platform.kill()
        window.press("What to do with Grace")
        window.press("Move Down")
        window.await_text("The new place waits for the network")
        window.await_text("Changes wait for the network")
        window.press("Invite…")
        window.type("Their contact ID", slip(friends[2].contact_id))
        window.await_text("typing error")  # at once, before anything is pressed
        window.type("Their contact ID", friends[2].contact_id)
        window.type("Label (only you see it)", "Mary")
        window.press("Invite")
        window.await_text("Not invited yet: an alert does not reach them")
        window.picture(f"contacts-waiting-{scheme}")
        assert ada.ctl("contacts", "label", "Mary", "Mary M.")["edits"] == "waiting"
        window.close()

        # It is there again, and is sent as soon as the platform answers.
        window = Window(world, env=env)
        window.press("Contacts")
        window.await_text("Not invited yet: an alert does not reach them")
        world.platform.start()
        window.await_true(lambda: not window.shows("Changes wait for the network"), "that nothing waits")
        assert ctl_contacts() == ["Linus", "Grace", "Mary M."], ctl_contacts()
        elsewhere.ctl("contacts")

        # Both change it without knowing of each other.
        world.platform.kill()
        window.press("What to do with Mary M.")
        window.press("Remove")
        window.await_text("Being removed.")
        window.await_true(lambda: read_edits(ada) == "waiting", "that it is kept on this computer")
        window.close()
        world.platform.start()
        assert elsewhere.ctl("contacts", "move", friends[2].contact_id, "up")["edits"] == "settled"
        window = Window(world, env=env)
        window.press("Contacts")
        window.await_text("One of them removed a contact whom the other moved.")
        window.picture(f"contacts-conflict-{scheme}")
        window.press("Keep the Other One")
        window.await_true(lambda: not window.shows("On the platform"), "that it is settled")
        assert ctl_contacts() == ["Linus", "Mary M.", "Grace"], ctl_contacts()

        # And so that one list can be made of both.
        window.close()
        elsewhere.ctl("contacts")
        world.platform.kill()
        assert ada.ctl("contacts", "remove", "Linus")["edits"] == "waiting"
        world.platform.start()
        assert elsewhere.ctl("contacts", "move", friends[2].contact_id, "down")["edits"] == "settled"
        window = Window(world, env=env)
        window.press("Contacts")
        window.await_text("Both changes together")
        window.picture(f"contacts-both-{scheme}")
        window.check_fit(int(screen.split("x", maxsplit=1)[0]))
        window.press("Use Both")
        window.await_true(lambda: not window.shows("Both changes together"), "that it is settled")
        assert ctl_contacts() == ["Grace", "Mary M."], ctl_contacts()
        window.close()


def test_contacts_on_two_computers():
    check_two_computers("760x900", "light")


def test_contacts_on_two_computers_narrow():
    check_two_computers("360x900", "dark")


def await_seen(person):
    """Waits until the other person's computer hears that it was seen."""
    for _ in range(100):
        alert = person.ctl("alerts")["alerts"][0]
        if any(stage.get("seen") for stage in alert["contacts"]):
            return
    raise AssertionError(alert)


def test_away():
    """The platform goes away, and comes back."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        window = open_window(world)
        create_account(window, "ada")
        world.platform.kill()
        window.key("F5")
        window.await_text("the platform cannot be reached")
        window.picture("status-away")
        window.press("Try Again")
        window.await_text("the platform cannot be reached")
        world.platform.start()
        window.key("F5")
        window.await_text("You have no key yet.")
        window.close()


def test_bad_input():
    with World(keys=1, display="virtual", screen="640x700") as world:
        key = world.keys[0]
        window = open_window(world)
        window.press("Create an Account")
        window.type("Platform address", "http://example.org/path")
        window.type("User name", "A b")
        window.press("Create Account")
        window.await_text("https")
        window.picture("sign-up-address")
        window.type("Platform address", world.platform.origin)
        window.press("Create Account")
        window.await_text("user name")
        window.type("User name", "ada")
        window.type("Password", "short")
        window.press("Create Account")
        window.await_text("assword")
        window.picture("sign-up-password")
        window.type("Password", "practice password")
        window.type("PIN (six digits)", "12345")
        window.press("Create Account")
        window.await_text("PIN")
        window.type("PIN (six digits)", "135790")
        window.press("Create Account")
        window.await_text("You have no key yet.")

        # The key's adapter would do for the app, too.
        key.kill()
        call_radio(world, "/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1.RemoveAdapter",
                   GLib.Variant("(s)", ("hci1",)))
        switch_bluetooth_off(world)
        window.press("Pair a Key")
        window.await_text("Bluetooth is off. Turn it on to find your key.")
        window.picture("pairing-bluetooth-off")
        window.press("Turn On Bluetooth")
        window.await_text("Hold the key's button until its light turns.")
        call_radio(world, "/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1.AddAdapter")
        key.start()
        key.ctl("hold")
        window.press("Next")
        window.type("Setup code", slip(key.setup_code))
        window.await_text("A character is wrong or out of place.")
        window.picture("pairing-mistyped")
        window.type("Setup code", other_code(key.setup_code))
        window.press("Check the Code")
        window.await_text("Your Key Is Not Paired")
        window.await_text("The code does not match this key.")
        window.picture("pairing-wrong-code")
        window.press("Try Again")
        window.await_text("This is not the code of that key.")
        window.picture("pairing-wrong-code-again")
        window.press("Cancel")
        window.await_text("Pairing is not finished. Nothing is bound.")
        window.close()


def test_no_bluetooth():
    with World(adapters=None, platform=True, display="virtual", screen="640x700") as world:
        window = open_window(world)
        create_account(window, "ada")
        window.press("Pair a Key")
        window.await_text("Bluetooth Service Not Running")
        window.picture("pairing-no-service")
        world.start_radio(0)
        window.press("Try Again")
        window.await_text("No Bluetooth Adapter")
        window.picture("pairing-no-adapter")
        window.close()


def test_trust():
    """A platform that is not trusted is not sent anything; nor one that is away."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        window = Window(world, "--platform", world.platform.origin)
        window.press("Create an Account")
        window.type("User name", "ada")
        window.type("Password", "practice password")
        window.type("PIN (six digits)", "135790")
        window.press("Create Account")
        window.await_text("certificate")
        window.picture("sign-up-not-trusted")
        window.close()


def test_one_owner():
    """enigmctl goes through the running app, which owns the account's state."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        window = open_window(world)
        create_account(window, "ada")
        ada = Person("ada", dict(os.environ))
        assert ada.ctl("contacts")["contacts"] == []
        window.close()


def test_in_use():
    """Another program owns the account's state: said, nothing touched, and it goes on afterwards."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        with open(pathlib.Path(os.environ["XDG_DATA_HOME"]) / "enigm" / "lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            window = open_window(world)
            window.await_text("Your account is in use")
            window.picture("in-use")
        window.press("Try Again")
        window.await_text("You have no key yet.")
        window.close()


def test_sizes_and_colours():
    """Every page fits 360 pixels, in the dark too."""
    with World(platform=True, display="virtual", screen="360x640") as world:
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        friend.ctl("contacts", "add", ada.contact_id)
        ada.ctl("contacts", "add", friend.contact_id)
        for scheme in ("light", "dark"):
            env = dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}")
            window = Window(world, env=env)
            window.await_text("You have no key yet.")
            window.picture(f"narrow-{scheme}-status")
            window.press("Contacts")
            window.await_text("asks you to be their contact")
            window.picture(f"narrow-{scheme}-contacts")
            window.press("Alerts")
            window.await_text("No Alerts")
            window.picture(f"narrow-{scheme}-alerts")
            window.key("ctrl+comma")
            window.await_text("Your keys")
            window.picture(f"narrow-{scheme}-settings")
            window.press("Close")
            window.press("Status")
            window.press("Pair a Key")
            window.await_text("Step 1 of 6: Find")
            window.picture(f"narrow-{scheme}-pairing")
            window.close()


if __name__ == "__main__":
    tap.main(globals())
