#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page on small screens and large ones, on X11 and Wayland, light and dark, in high contrast, with
large letters and in German: nothing is cut off, and a picture of each is kept to be looked at."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from gi.repository import Atspi  # noqa: E402
from person import Person  # noqa: E402
from steps import pair_in_terminal  # noqa: E402
from wayland import WaylandWindow, start_compositor  # noqa: E402
from world import World  # noqa: E402

DARK = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}
CONTRAST = {"ADW_DEBUG_HIGH_CONTRAST": "1"}


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
        for page in ("account", "computer", "keys"):
            window.press(words[page])
            window.await_text(words[f"of {page}"])
            look(f"settings-{page}")
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
           "back": "Back", "account": "Account", "of account": "Your account", "computer": "Computer",
           "of computer": "Alerts of others", "keys": "Keys", "of keys": "Your keys", "what you can do": "What you can do", "revoke": "Revoke…",
           "revoke?": "It stops working at once", "settings": "Settings", "help": "Help", "find": "Find Your Key",
           "pair": "Pair a Key"}
GERMAN = {"open": "Öffnen", "contacts": "Kontakte", "alerts": "Alarme", "alert": "ALARM", "status": "Status",
          "back": "Zurück", "account": "Konto", "of account": "Ihr Konto", "computer": "Rechner",
          "of computer": "Alarme anderer", "keys": "Schlüssel", "of keys": "Ihre Schlüssel", "what you can do": "Was Sie tun können",
          "revoke": "Widerrufen…", "revoke?": "Er funktioniert ab sofort nicht mehr", "settings": "Einstellungen",
          "help": "Hilfe", "find": "Schlüssel finden", "pair": "Schlüssel koppeln"}


def keep(size=None, text=None):
    """What a desktop keeps of the window's size and of how large letters are; returns what has it read.
    Nothing else reads these settings here."""
    settings = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0/settings/keyfile"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text((f"[io/enigm/App]\nwindow-size={size}\n" if size else "") +
                        (f"[org/gnome/desktop/interface]\ntext-scaling-factor={text}\n" if text else ""))
    return {"GSETTINGS_BACKEND": "keyfile"}


def test_contrast():
    """High contrast on the narrowest screen, light and dark."""
    with World(keys=1, display="virtual", screen="360x640") as world:
        furnish(world)
        for name, env in (("contrast", CONTRAST), ("contrast-dark", {**CONTRAST, **DARK})):
            look_around(Window(world, env=dict(os.environ, **env)), name, ENGLISH, 360)


def enlarge_letters(world, times):
    """As a desktop on X has them drawn."""
    conf = world.folder / "xsettings"
    conf.write_text(f"Xft/DPI {int(times * 96 * 1024)}\n")
    world.start("xsettings", "xsettingsd", "-c", conf)


def test_large_text():
    """Letters twice as large on the narrowest screen."""
    with World(keys=1, display="virtual", screen="360x640") as world:
        furnish(world)
        enlarge_letters(world, 2)
        look_around(Window(world), "large-text", ENGLISH, 360)


def test_wide():
    """A window as wide as the largest screen, whose pixels are counted in twos."""
    with World(keys=1, display="virtual", screen="3840x2160") as world:
        furnish(world)
        env = dict(os.environ, GDK_SCALE="2", **keep((1920, 1080)))
        window = Window(world, env=env)
        window.button("Open")
        frame = window.frames()[-1].get_extents(Atspi.CoordType.WINDOW)
        assert frame.width >= 1900, frame.width
        look_around(window, "4k", ENGLISH, 1920)


def test_german():
    """The whole window in German, with German dates, on the narrowest screen, also with GNOME's large text."""
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
        look_around(Window(world, env=env, program=program), "german", GERMAN, 360)
        enlarge_letters(world, 1.25)
        look_around(Window(world, env=env, program=program), "german-larger", GERMAN, 360)


def locale_dir():
    options = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", os.environ["ENIGM_BUILD_DIR"]],
                                        stdout=subprocess.PIPE, check=True).stdout)
    value = {option["name"]: option["value"] for option in options}
    return os.path.join(value["prefix"], value["localedir"])


def test_wayland():
    """On Wayland as on X11: light, dark, and with letters twice as large."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        furnish(world)
        env = start_compositor(world, 1000, 900)
        for name, more in (("light", {}), ("dark", DARK), ("large-text", keep(text=2.0))):
            window = WaylandWindow(world, env=dict(env, **more))
            look_around(window, f"wayland-{name}", ENGLISH, 1000, keys=False)


def test_wayland_narrow():
    """A narrow window, and one with letters twice as large."""
    with World(keys=1, display="virtual", screen="760x720") as world:
        furnish(world)
        env = start_compositor(world, 1000, 900)
        for name, text in (("narrow", 1.0), ("narrow-large-text", 2.0)):
            window = WaylandWindow(world, env=dict(env, **keep((360, 640), text)))
            look_around(window, f"wayland-{name}", ENGLISH, 360, keys=False)


if __name__ == "__main__":
    tap.main(globals())
