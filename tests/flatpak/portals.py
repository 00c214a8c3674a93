# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads where a portal allows, refuses, is not there, or answers late: in the sandbox's
window, with the real portals and, behind them, a desktop that does as the test says."""
import json
import os
import subprocess

import sandbox  # noqa: F401, it knows where the world's modules are
from keyrings import hand_over_ca
from person import Person
from sandbox import ID, SandboxWorld
from sandbox_window import SandboxWindow
from steps import pair_in_terminal

SETTLED = "Enigm App goes on listening when its window is closed."
STARTS = "Enigm App starts when you sign in to this computer, and listens without a window."
ASKED_LATE = ("Your desktop has not answered yet. Until it allows it, Enigm App listens only while its window is "
              "open.")
REFUSED = "Your desktop does not allow it. Enigm App listens only while its window is open."
MISSING = "This desktop offers no way to allow it. Enigm App listens only while its window is open."
NO_FILE = "Your desktop handed over no file. Nothing was changed."
FILE_LATE = "Your desktop has not handed over a file yet."
FILE_MISSING = "This desktop offers no way to hand a file to Enigm App. Trust the platform by its public key instead."
SAVE_LATE = "Your desktop has not asked where to"
SAVE_REFUSED = "Your desktop handed over no place for it. Nothing else was changed."
SAVE_MISSING = "This desktop offers no way to hand a file over from Enigm App."
TRIED = "A practice notification is sent. If you do not see it, allow Enigm App in your desktop's settings"
NOT_TRIED = "This desktop takes no notifications from Enigm App."
STARTED = ["flatpak", "run", "--command=enigm-app", ID, "--listen"]  # what the desktop is asked to start
NOT_STARTED = "Your desktop does not start it when you sign in; open it yourself."


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


def export(window):
    """Asks for the account's data, from the settings."""
    window.press("Account")
    window.press("Export…")


def saved(world):
    """Where the desktop has the account's data put."""
    return world.platform.ca.parent / "account.json"


def test_portals_allow(installation):
    with world_with("allows", installation) as world:
        window = open_form(world)
        window.press("Choose a File")
        window.await_node(lambda node: str(world.platform.ca.name) in window.text(node) and "/doc/" in window.text(node))
        create_account(window)
        window.open_settings()
        window.flip("Listen when closed")
        window.await_text(SETTLED)
        # Not to start by itself: only once the person wants that, too.
        assert world.starts() == [], world.starts()
        window.flip("Start when you sign in to this computer")
        window.await_text(STARTS)
        assert world.starts() == STARTED, world.starts()
        window.press("Try a Notification")
        window.await_text(TRIED)
        world.await_asked(lambda _, notices: any(item["title"] == "Notifications reach you" for item in notices.values()))
        window.picture("portals-allowed")
        export(window)
        window.await_text("The file is written")
        assert json.loads(saved(world).read_text())["account"]["user"] == "ada"
        # Where one was is another now, as the desktop has asked.
        export(window)
        window.await_true(lambda: len([1 for item in world.ask_desktop("Asked")[0] if item[0] == "SaveFile"]) == 2,
                          "the desktop to be asked again")
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
        window.picture("portals-refused")
        # Allowed afterwards, but not to start by itself; nor can that be written down.
        world.permit("background", "background", "yes")
        world.autostart.parent.write_text("")
        window.flip("Listen when closed")
        window.await_text(SETTLED)
        window.flip("Start when you sign in to this computer")
        window.await_text(NOT_STARTED)
        _, notices = world.ask_desktop("Asked")
        assert notices == {}, notices
        export(window)
        window.await_text(SAVE_REFUSED)
        window.picture("export-refused")
        assert not saved(world).exists()
        window.press("Close")
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
        window.picture("portals-absent")
        export(window)
        window.await_text(SAVE_MISSING)
        window.picture("export-absent")
        window.press("Close")
        window.end()


def test_portals_late(installation):
    with world_with("late", installation) as world:
        world.permit("background", "background", "ask")
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
        window.picture("portals-late")
        assert world.ask_desktop("Asked")[1] == {}
        world.ask_desktop("Answer")
        window.await_text(SETTLED)
        world.await_asked(lambda _, notices: any(item["title"] == "Notifications reach you" for item in notices.values()))

        # The file goes where the desktop says once it has asked; nothing is written before.
        world.ask_desktop("Hold")
        export(window)
        window.await_text(SAVE_LATE)
        window.picture("export-late")
        assert not saved(world).exists()
        world.ask_desktop("Answer")
        window.await_text("The file is written")
        assert json.loads(saved(world).read_text())["account"]["user"] == "ada"
        window.await_true(lambda: not window.shows(SAVE_LATE), "what was said of it to go")
        window.end()


def test_notification_is_answered(installation):
    """A drill is shown by the desktop, through its portal, and answered there without the window."""
    with SandboxWorld(installation, keys=1, display="virtual", desktop="allows") as world:
        friend = Person("friend", world.add_native_person("friend"))
        friend.sign_up(world.platform)
        pair_in_terminal(friend, world.keys[0])
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        friend.ctl("contacts", "add", ada.contact_id)
        ada.ctl("contacts", "accept", friend.contact_id)
        window = SandboxWindow(world)
        window.await_text("You have no key yet.")
        world.keys[0].ctl("press5")
        name, notice = world.await_asked(
            lambda _, notices: next((item for item in notices.items() if item[1]["title"].startswith("DRILL")), None))
        assert "friend" not in notice["body"] and friend.contact_id not in notice["body"], notice
        assert [button["label"] for button in notice["buttons"]] == ["I Have Seen This"], notice
        assert not stage(friend).get("seen"), stage(friend)
        world.ask_desktop("Press", ID, name, "I Have Seen This")
        window.await_true(lambda: stage(friend).get("seen"), "that the owner hears it was seen")
        world.await_asked(lambda _, notices: name not in notices)

        # An alert is opened by its notification.
        world.keys[0].ctl("press3")
        name = world.await_asked(
            lambda _, notices: next((key for key, item in notices.items() if item["title"].startswith("ALERT")), None))
        world.ask_desktop("Press", ID, name, "")
        window.await_text("needs you.")
        window.button("I Have Seen This")
        window.end()


def stage(person):
    """What this person hears of the one contact of their last alert."""
    return person.ctl("alerts")["alerts"][0]["contacts"][0]
