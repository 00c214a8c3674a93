#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures that the metainfo names, of the app as it is built, into data/screenshots:

    ENIGM_BUILD_DIR=_build ENIGM_SOURCE_DIR=. tests/ui/take-screenshots.py

No test: whoever changes what a picture shows runs it, and looks at what it made."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from driver import Window  # noqa: E402
from gi.repository import Atspi  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402

FOLDER = pathlib.Path(os.environ["ENIGM_SOURCE_DIR"]).resolve() / "data/screenshots"


def take(window, name):
    """A picture of the window opened last, as large as it is."""
    place = window.frames()[-1].get_extents(Atspi.CoordType.WINDOW)
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(window.process.popen.pid)],
                           stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    window.world.run("import", "-window", found[-1], "-strip", "+dither", "-colors", "256",
                     f"PNG8:{FOLDER / name}.png")
    print(name, place.width, place.height, flush=True)


def prove(owner, key, friends):
    """A drill that everybody has seen."""
    key.ctl("hold")
    lines = owner.follow("drill")
    next(line for line in lines if line.get("step") == "watch")
    for friend in friends:
        friend.ctl("alerts", "seen", friend.ctl("alerts")["alerts"][0]["id"])
    for _ in lines:
        pass


def main():
    with World(keys=1, display="virtual", screen="760x720") as world:
        people = {name: Person(name, world.add_person(name)) for name in ("grace", "linus", "mary")}
        for person in people.values():
            person.sign_up(world.platform)
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        key = world.keys[0]

        window = Window(world)
        window.press("Pair a Key")
        window.await_text("Hold the key's button until its light turns.")
        key.ctl("hold")
        window.press("Next")
        window.type("Setup code", key.setup_code)
        window.press("Check the Code")
        window.await_text("Press its button once")
        take(window, "pairing")
        key.ctl("press")
        window.await_text("Your Key Is Paired")
        window.close()
        for name, label in (("grace", "Grace Hopper"), ("linus", "Linus")):
            ada.ctl("contacts", "add", people[name].contact_id, "--label", label)
            people[name].ctl("contacts", "accept", ada.contact_id)
        people["mary"].ctl("contacts", "add", ada.contact_id)
        prove(ada, key, [people["grace"], people["linus"]])

        window = Window(world)
        window.await_text("Ready. Proved by a drill")
        take(window, "status")
        window.press("Contacts")
        window.await_text("asks you to be their contact")
        take(window, "contacts")
        window.open_with("ctrl+comma", "Settings")
        window.await_text("Your keys")
        window.click("Enigm Key")
        window.await_text("What you can do")
        take(window, "key")
        window.leave("Settings")
        key.ctl("position", "52.5163", "13.3777", "12")
        felt = key.watch()
        key.ctl("press3")
        felt.await_line("event alert accepted")
        people["grace"].ctl("alerts", "seen", people["grace"].ctl("alerts")["alerts"][0]["id"])
        window.press("Status")
        window.await_text("Your alert is under way.")
        window.press("Open")
        window.await_text("Last position")
        window.check_fit(760)  # it has slid in by then
        take(window, "alert")
        window.close()


if __name__ == "__main__":
    main()
