#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./try does where there is a screen: the app's window in a private world, and the practice
key's button under this terminal's keyboard, or in a small window if there is no terminal. When the
app's window closes, everything is gone."""
import os
import pathlib
import select
import signal
import subprocess
import sys
import termios
import tty

from person import Person
from world import World, WorldError, die_with_parent

HAND = pathlib.Path(__file__).with_name("hand-window.py")
HELP = ("h hold (starts pairing) · p press · 3 three presses · 5 five presses · l long press\n  "
        "a the contact accepts · s the contact has seen it · q quit")
BUTTONS = {"h": "hold", "p": "press", "3": "press3", "5": "press5", "l": "long-press"}


def say(words):
    print(words, flush=True)


def accept(contact):
    """What the contact does in their own app: accepts whoever asks."""
    asked = [item for item in contact.ctl("invitations")["invitations"]
             if item["state"] == "invited"]
    for item in asked:
        contact.ctl("invitations", "accept", item["contact_id"])
    say("  the contact accepted" if asked else "  nobody has invited the contact yet")


def see(contact):
    """What the contact does when told: says they have seen it."""
    told = [item for item in contact.ctl("alerts")["alerts"] if item["state"] == "active"]
    for item in told:
        contact.ctl("alerts", "seen", item["id"])
        say(f"  the contact has seen your {item['kind']}")
    if not told:
        say("  nothing is under way that the contact was told of")


def react(letter, key, contact):
    """Does what one letter means. Returns False to end."""
    if letter in ("q", "\x03", "\x04", ""):
        return False
    try:
        if letter in BUTTONS:
            key.ctl(BUTTONS[letter])
        elif letter == "a":
            accept(contact)
        elif letter == "s":
            see(contact)
        else:
            say("  " + HELP)
    except WorldError as error:
        say(f"  {error}")
    return True


def show(felt):
    """Says what the key does: every line that has come. Returns whether more may come."""
    while (line := felt.line()) is not None:
        say(f"  the key: {line}")
        if b"\n" not in felt.buffer:
            return True
    return False


def attend(app, key, contact, hand):
    """Until the window closes or somebody quits, shows what the key does and moves its button as the
    letters say that come from `hand`."""
    felt = key.watch()
    pipe = felt.popen.stdout.fileno()
    closed = os.pidfd_open(app.pid)
    watched = [pipe, closed, hand]
    while True:
        ready = select.select(watched, [], [])[0]
        if closed in ready:
            return app.wait()
        if pipe in ready and not show(felt):
            watched.remove(pipe)
        if hand in ready:
            letter = os.read(hand, 1).decode(errors="replace")
            if not letter and hand != sys.stdin.fileno():
                watched.remove(hand)  # the small window is closed, and the app goes on
            elif not react(letter, key, contact):
                app.terminate()
                app.wait()
                return 0


def main():
    say("Starting a private world: buses, radio, keyring, platform, a key…")
    with World(keys=1, display="inherit") as world:
        owner, contact = Person("owner", dict(os.environ)), Person("contact", world.add_person("contact"))
        owner.sign_up(world.platform)
        contact.sign_up(world.platform)
        key = world.keys[0]
        before = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
        if before:
            tty.setcbreak(sys.stdin)  # first, for it drops what was typed before
        say(f"""
  You are signed in as   {owner.name}, password "{owner.password}"
  Your key's setup code  {key.setup_code}   (it would be printed inside the lid)
  Your contact's ID      {contact.contact_id}
  The platform           {world.platform.origin}, trusted through {world.platform.ca}

  {HELP if sys.stdin.isatty() else "The small window beside it is the practice key."}
""")
        try:
            app = subprocess.Popen(["enigm-app"], stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
            if before:
                return attend(app, key, contact, sys.stdin.fileno())
            small = world.start("hand", HAND)
            return attend(app, key, contact, small.popen.stdout.fileno())
        finally:
            if before:
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(main())
    except (WorldError, OSError) as error:
        sys.exit(f"try: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
