#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole journey on real parts, through enigmctl: pair, contacts, drill, revoke.

    tests/journey.py             as a test: one case a step, in TAP
    tests/journey.py --narrate   for people; ./try runs this where there is no screen

The owner and the contact each have a computer of their own; the key, the platform and the radio are
programs beside them. Exits 0 only if every step held.
"""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "world"))
from person import Person  # noqa: E402
from world import DEADLINE, World, WorldError  # noqa: E402

STEPS = ["find", "code", "confirm", "register", "keep", "ready"]
NAMES = ["Find", "Check the code", "Confirm on the key", "Register", "Keep", "Ready"]
SCHEMA = "io.enigm.App"


class Journey:
    """One run: `steps` in order, each told to `tell` when it held."""

    def __init__(self, world, tell):
        self.world = world
        self.tell = tell
        self.key = world.keys[0]
        self.felt = self.key.watch()
        self.owner = Person("owner", dict(os.environ))
        self.contact = Person("contact", world.add_person("contact"))
        self.binding = None

    def accounts(self):
        """Two accounts on the platform"""
        self.owner.sign_up(self.world.platform)
        self.contact.sign_up(self.world.platform)
        return f"owner and contact signed up at {self.world.platform.origin}"

    def pair(self):
        """The six named steps"""
        self.key.ctl("hold")
        started = time.monotonic()
        process = self.owner.start("pair", secrets=[("--code-fd", self.key.setup_code)])
        stop = threading.Timer(DEADLINE * 3, process.kill)
        stop.start()
        pressed, done, last = False, [], {}
        for line in process.stdout:
            last = json.loads(line)
            step, state = last.get("step"), last.get("state")
            if step == "confirm" and state == "waiting" and not pressed:
                # The hand answers what it feels, as a person's would.
                self.felt.await_line("vibrate confirm")
                self.key.ctl("press")
                pressed = True
            if state == "done" and step in STEPS:
                done.append(step)
                self.tell(NAMES[STEPS.index(step)], last.get("message", ""))
        process.wait()
        stop.cancel()
        if process.returncode:
            raise WorldError(f"pairing ended with {process.returncode}: {process.stderr.read()}")
        if done != STEPS:
            raise WorldError(f"these steps were done: {done}")
        keys = self.owner.ctl("keys")["keys"]
        assert len(keys) == 1 and keys[0]["state"] == "trusted", keys
        self.binding = keys[0]["binding"]
        return f"the key is trusted, after {time.monotonic() - started:.1f} s"

    def credentials(self):
        """What the app keeps is in the keyring, and nowhere else"""
        found = {}
        for kind in ("session", "computer", "key", "files"):
            words = ["secret-tool", "search", "--all", "xdg:schema", SCHEMA, "kind", kind]
            done = subprocess.run(words, env=self.owner.env, capture_output=True, text=True, check=False)
            found[kind] = (done.stdout + done.stderr).count("attribute.kind = ")
        if set(found.values()) != {1}:
            raise WorldError(f"in the keyring: {found}")
        return "session, this computer's key, the management secret, the key of the sealed files"

    def contacts(self):
        """A contact is invited and accepts"""
        self.owner.ctl("contacts", "add", self.contact.contact_id, "--label", "Kim")
        invitations = self.contact.ctl("contacts", "invitations")["invitations"]
        assert [item["contact_id"] for item in invitations] == [self.owner.contact_id], invitations
        self.contact.ctl("contacts", "accept", self.owner.contact_id)
        listed = self.owner.ctl("contacts")["contacts"]
        assert [item["state"] for item in listed] == ["eligible"], listed
        return f"{self.contact.contact_id} would be told"

    def drill(self):
        """A drill travels the whole way, marked as one"""
        answer = self.owner.ctl("drill")
        seen = [item for item in self.contact.ctl("alerts")["alerts"] if item["kind"] == "drill"]
        assert len(seen) == 1, seen
        return f"it reached the contact after {answer['latency_ms']} ms"

    def revoke(self):
        """The key is revoked"""
        self.owner.ctl("revoke", self.binding, "--reason", "lost", "--yes")
        state = [key["state"] for key in self.owner.ctl("keys")["keys"] if key["binding"] == self.binding]
        assert state == ["revoked"], state
        return "the platform refuses the key from now on"

    def refused(self):
        """The revoked key's next alert is refused"""
        before = len(self.contact.ctl("alerts")["alerts"])
        self.key.ctl("press3")
        self.felt.await_line("vibrate refused")
        after = self.contact.ctl("alerts")["alerts"]
        assert len(after) == before, after
        return "three presses: the key says so by vibrating, and nobody was told"

    steps = (accounts, pair, credentials, contacts, drill, revoke, refused)


def narrate(world):
    """Runs the journey and says in words what became true."""
    tell = lambda what, words: print(f"  ✓ {what:<20} {words}", flush=True)  # noqa: E731
    journey = Journey(world, tell)
    for step in Journey.steps:
        print(step.__doc__, flush=True)
        try:
            tell("held", step(journey))
        except (WorldError, AssertionError, KeyError, ValueError, OSError) as error:
            print(f"  ✗ {step.__name__} did not hold: {error}", flush=True)
            return 1
    print("All of it held.")
    return 0


def main():
    with World(keys=1) as world:
        if "--narrate" in sys.argv[1:]:
            return narrate(world)
        print(f"1..{len(Journey.steps)}", flush=True)
        journey = Journey(world, lambda what, words: print(f"# {what}: {words}", flush=True))
        failed = 0
        for number, step in enumerate(Journey.steps, 1):
            try:
                if failed:
                    raise WorldError("an earlier step did not hold")
                print(f"# {step(journey)}")
                print(f"ok {number} {step.__name__}", flush=True)
            except (WorldError, AssertionError, KeyError, ValueError, OSError) as error:
                failed += 1
                print("# " + "\n# ".join(f"{type(error).__name__}: {error}".splitlines()))
                print(f"not ok {number} {step.__name__}", flush=True)
        return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (WorldError, OSError) as error:
        sys.exit(f"journey: {error}")
