#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole journey on real parts, through enigmctl: pair, contacts, drill, revoke.

    tests/journey.py             as a test: one case a step, in TAP
    tests/journey.py --narrate   for people; ./try runs this where there is no screen

The owner and the contact each have a computer of their own; the key, the platform and the radio are
programs beside them. Exits 0 only if every step held.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "world"))
from person import Person  # noqa: E402
from world import World, WorldError  # noqa: E402

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
        pressed, done, last = False, [], {}
        for last in self.owner.follow("pair", secrets=[("--code-fd", self.key.setup_code)]):
            step, state = last.get("step"), last.get("state")
            if step == "confirm" and state == "waiting" and not pressed:
                # The hand answers what it feels, as a person's would.
                self.felt.await_line("vibrate confirm")
                self.key.ctl("press")
                pressed = True
            if state == "done":
                done.append(step)
                self.tell(NAMES[STEPS.index(step)], last["message"])
        assert done == STEPS, done
        self.binding = last["binding"]
        keys = self.owner.ctl("keys")["keys"]
        assert [(key["binding"], key["state"]) for key in keys] == [(self.binding, "trusted")], keys
        return f"the key is trusted, {time.monotonic() - started:.1f} s after the button was held"

    def credentials(self):
        """What the app keeps is in the keyring, and nowhere else"""
        found, secrets = {}, []
        for kind in ("session", "computer", "key", "files"):
            words = ["secret-tool", "search", "--all", "xdg:schema", SCHEMA, "kind", kind]
            done = subprocess.run(words, env=self.owner.env, capture_output=True, check=False)
            found[kind] = (done.stdout + done.stderr).count(b"attribute.kind = ")
            secrets += re.findall(rb"^secret = (.+)$", done.stdout, re.M)
        assert set(found.values()) == {1} and len(secrets) == 4, found
        home = pathlib.Path(self.owner.env["HOME"])
        for path in home.rglob("*"):
            if path.is_file() and "keyrings" not in path.parts:
                text = path.read_bytes()
                assert not any(secret in text for secret in secrets), f"{path} holds a secret"
        return "session, this computer's key, the management secret, the key of the sealed files"

    def contacts(self):
        """A contact is invited and accepts"""
        self.owner.ctl("contacts", "add", self.contact.contact_id, "--label=Kim")
        asked = self.contact.ctl("invitations")["invitations"]
        assert [item["contact_id"] for item in asked] == [self.owner.contact_id], asked
        self.contact.ctl("invitations", "accept", self.owner.contact_id)
        listed = self.owner.ctl("contacts")["contacts"]
        assert [(item["state"], item["label"]) for item in listed] == [("eligible", "Kim")], listed
        return f"{self.contact.contact_id}, whom the owner calls Kim, would be told"

    def drill(self):
        """A drill travels the whole way, marked as one"""
        self.key.ctl("hold")
        lines = self.owner.follow("drill")
        last = next(line for line in lines if line.get("step") == "watch")
        told = self.contact.ctl("alerts")["alerts"]
        assert [item["kind"] for item in told] == ["drill"], told
        assert told[0]["from"] == self.owner.contact_id, told
        self.contact.ctl("alerts", "seen", told[0]["id"])
        for last in lines:
            pass
        contacts = last["contacts"]
        assert [item["contact_id"] for item in contacts] == [self.contact.contact_id], last
        assert contacts[0]["seen_ms"] is not None, last
        return (f"heard by the platform after {last['latency_ms']} ms, "
                f"seen by the contact after {contacts[0]['seen_ms']} ms")

    def revoke(self):
        """The key is revoked"""
        self.owner.ctl("revoke", self.binding, "--reason=lost", "--yes")
        state = [key["state"] for key in self.owner.ctl("keys")["keys"] if key["binding"] == self.binding]
        assert state == ["revoked"], state
        return "the platform refuses the key from now on"

    def refused(self):
        """The revoked key's next alert is refused"""
        before = self.contact.ctl("alerts")["alerts"]
        self.key.ctl("press3")
        self.felt.await_line("vibrate refused")
        after = self.contact.ctl("alerts")["alerts"]
        assert [item["id"] for item in after] == [item["id"] for item in before], after
        assert not any(item["kind"] == "alert" for item in after), after
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
