#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as part of a desktop: what becomes of a key and of an account in it, the keyboard
instead of the mouse, help, notifications, other languages, other looks."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
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

        # The ninth computer closes the one that was seen least recently.
        elsewhere = Person("ada", world.add_person("elsewhere"))
        elsewhere.password = ada.password
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
        assert friend.contact_id not in body and "friend" not in body, body
        labels = dict(zip(actions[1::2], actions[0::2]))
        assert not friend.ctl("alerts")["alerts"][0]["contacts"][0].get("seen"), "seen before it was said"
        server.click(4, labels["I Have Seen This"])
        window.await_true(lambda: friend.ctl("alerts")["alerts"][0]["contacts"][0].get("seen"),
                          "that the owner hears it was seen")
        assert len(server.shown) == 4, server.shown[4:]
        window.close()


def furnish(world):
    """An account with everything to be seen: key, contact, invitation, drill and alert."""
    friend = Person("friend", world.add_person("friend"))
    friend.sign_up(world.platform)
    ada = Person("ada", dict(os.environ))
    ada.sign_up(world.platform)
    pair_in_terminal(ada, world.keys[0])
    ada.ctl("contacts", "add", friend.contact_id, "--label", "Grace Hopper")
    friend.ctl("contacts", "accept", ada.contact_id)
    friend.ctl("contacts", "add", ada.contact_id)
    world.keys[0].ctl("position", "52.5163", "13.3777", "12")
    felt = world.keys[0].watch()
    world.keys[0].ctl("press3")
    felt.await_line("event alert accepted")
    friend.ctl("alerts", "seen", friend.ctl("alerts")["alerts"][0]["id"])
    return friend


def look_around(window, name, words, width, keys=True):
    """Takes a picture of each page; words are the labels of what is pressed, in the right language."""
    def look(page):
        window.check_fit(width)
        window.picture(f"{name}-{page}")

    window.button(words["open"])
    look("status")
    window.press(words["contacts"])
    window.await_text("Grace Hopper")
    look("contacts")
    window.press(words["alerts"])
    window.await_text(words["alert"])
    look("alerts")
    window.press(words["status"])
    window.press(words["open"])
    window.await_text("Grace Hopper")
    look("alert")
    window.press(words["back"])
    if keys:
        window.open_with("ctrl+comma", words["settings"])
        window.await_text(words["your keys"])
        look("settings")
        window.click("Enigm Key")
        window.await_text(words["what you can do"])
        look("key")
        window.press(words["revoke"])
        window.await_text(words["revoke?"])
        look("revoke")
        window.key("Escape")
        window.leave(words["settings"])
        window.open_with("F1", words["help"])
        look("help")
        window.leave(words["help"])
        window.open_with("ctrl+n", words["pair"])
        window.await_text(words["find"])
        look("pairing")
        window.leave(words["pair"])
    window.close()


ENGLISH = {"open": "Open", "contacts": "Contacts", "alerts": "Alerts", "alert": "ALERT", "status": "Status",
           "back": "Back", "your keys": "Your keys", "what you can do": "What you can do", "revoke": "Revoke…",
           "revoke?": "It stops working at once", "settings": "Settings", "help": "Help", "find": "Find Your Key",
           "pair": "Pair a Key"}
GERMAN = {"open": "Öffnen", "contacts": "Kontakte", "alerts": "Alarme", "alert": "ALARM", "status": "Status",
          "back": "Zurück", "your keys": "Ihre Schlüssel", "what you can do": "Was Sie tun können",
          "revoke": "Widerrufen…", "revoke?": "Er funktioniert ab sofort nicht mehr", "settings": "Einstellungen",
          "help": "Hilfe", "find": "Schlüssel finden", "pair": "Schlüssel koppeln"}


def test_looks():
    """High contrast, a narrow screen and a huge one: nothing is cut off on any page."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        furnish(world)
        for name, size, env in (
                ("contrast", "360x640", {"ADW_DEBUG_HIGH_CONTRAST": "1"}),
                ("4k", "3840x2160", {"GDK_SCALE": "2"})):
            world.start_display(size)
            window = Window(world, env=dict(os.environ, **env))
            look_around(window, name, ENGLISH, int(size.split("x")[0]))


def test_german():
    """The whole window in German, with German dates, on the narrowest screen."""
    with World(keys=1, display="virtual", screen="360x640") as world:
        furnish(world)
        locales = world.folder / "locales"
        locales.mkdir()
        world.run("localedef", "-i", "de_DE", "-f", "UTF-8", locales / "de_DE.UTF-8")
        env = dict(os.environ, LOCPATH=str(locales), LANG="de_DE.UTF-8", LANGUAGE="de")
        # As if it were installed, for this one program.
        script = """set -e; at=$1 from=$2; shift 2; there=$at
            until [ -d "$there" ]; do there=$(dirname "$there"); done
            [ "$there" = "$at" ] || { mount -t tmpfs none "$there"; mkdir -p "$at"; }
            mount --bind "$from" "$at"; exec enigm-app "$@" """
        program = ("unshare", "--mount", *(["--map-root-user"] if os.geteuid() else []), "sh", "-c", script, "sh",
                   locale_dir(), world.build / "po")
        window = Window(world, env=env, program=program)
        look_around(window, "german", GERMAN, 360)


def locale_dir():
    options = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", os.environ["ENIGM_BUILD_DIR"]],
                                        stdout=subprocess.PIPE, check=True).stdout)
    value = {option["name"]: option["value"] for option in options}
    return os.path.join(value["prefix"], value["localedir"])


class WaylandWindow(Window):
    """The window on a compositor of its own: no X, so no keys and no mouse."""

    def focus(self):
        pass

    def picture(self, name):
        self.check_names()
        with tempfile.TemporaryDirectory(prefix="enigm-shot-") as folder:
            self.world.run("weston-screenshooter", cwd=folder, env=self.env)
            shutil.move(next(pathlib.Path(folder).glob("*.png")), self.pictures / f"{name}.png")


def test_wayland():
    """On Wayland as on X11: light, dark, and with letters twice as large."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        furnish(world)
        version = int(subprocess.run(["weston", "--version"], stdout=subprocess.PIPE, text=True,
                                     check=True).stdout.split()[1].split(".")[0])
        backend = ["--backend=headless-backend.so", "--use-pixman"] if version < 12 else \
            ["--backend=headless", "--renderer=pixman"]
        env = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        env.update(GDK_BACKEND="wayland", WAYLAND_DISPLAY="enigm-wayland")
        weston = world.start("weston", "weston", *backend, "--debug", "--socket=enigm-wayland", "--width=1000",
                             "--height=900", "--idle-time=0", "--no-config", env=env)
        socket = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "enigm-wayland"
        until = time.monotonic() + 30
        while not socket.exists():
            assert weston.popen.poll() is None and time.monotonic() < until, weston.tail()
            Window.pause()
        # Where a desktop keeps how large letters are; nothing else reads these settings here.
        large = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0/settings/keyfile"
        large.parent.mkdir(parents=True)
        large.write_text("[org/gnome/desktop/interface]\ntext-scaling-factor=2.0\n")
        for name, more in (("light", {}), ("dark", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}),
                           ("large-text", {"GSETTINGS_BACKEND": "keyfile"})):
            window = WaylandWindow(world, env=dict(env, **more))
            look_around(window, f"wayland-{name}", ENGLISH, 1000, keys=False)


if __name__ == "__main__":
    tap.main(globals())
