# SPDX-License-Identifier: GPL-3.0-or-later
"""A private world whose programs are watched: each event waits until the test says go on."""
import base64
import collections
import contextlib
import hashlib
import json
import mmap
import os
import pathlib
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "world"))
import gi  # noqa: E402

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402
from person import Person  # noqa: E402
from points import JOINING, RELAYED, RELEASING, REPLACING  # noqa: E402
from world import DEADLINE, Key, World, WorldError  # noqa: E402

DAY = 24 * 60 * 60
MAKERS = (("enigm-key", "make-ca"), ("enigm-key", "factory"), ("enigm-platform", "init"))
STATES = {1: "pending", 2: "trusted", 3: "restricted"}
# What means nothing by itself: a file that is still to be put in place by renaming it.
IGNORED = re.compile(r"syncs (state\.new|account\.sealed\.[A-Z0-9]{6})$")
TYPES = {1: "start", 2: "share", 3: "confirm", 4: "refused", 6: "resume", 7: "resume-share", 8: "resume-confirm"}


def name_event(line):
    """An event in the words of the table: numbers of types by name, identifiers left out."""
    line = re.sub(r"[0-9a-f]{32}", "{binding}", line)
    plain = re.fullmatch(r"sends (\d{1,2})", line)
    return f"sends {TYPES[int(plain[1])]}" if plain else line


class Witness:
    """Hears of every event of the programs it was preloaded into, one at a time, and lets each go on.

    `plan(who, what, n)` is called for the n-th time that `who` does `what` since the last
    reset(); what it does happens before the event takes effect. If it returns true, nothing more
    is planned until the next reset().
    """

    def __init__(self, world):
        self.folder = world.folder / "witness"
        self.folder.mkdir()
        self.library = world.build / "tests/faults/enigm-witness.so"
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.events = []
        self.plan = None

    def environment(self, who, env):
        """What `who` is to be started with, on top of `env`."""
        place = self.folder / who
        if not place.exists():
            server = socket.socket(socket.AF_UNIX)
            server.bind(str(place))
            server.listen()
            threading.Thread(target=self.serve, args=(who, server), daemon=True).start()
        Weather.ensure(self.folder / f"{who}.weather")
        return dict(env, LD_PRELOAD=str(self.library), ENIGM_WITNESS=str(place),
                    ENIGM_WEATHER=str(self.folder / f"{who}.weather"))

    def weather(self, who):
        return Weather(self.folder / f"{who}.weather")

    def serve(self, who, server):
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self.listen, args=(who, connection), daemon=True).start()

    def listen(self, who, connection):
        with connection, connection.makefile("r") as lines:
            try:
                for line in lines:
                    what = name_event(line.rstrip("\n"))
                    if not IGNORED.match(what):
                        self.happen(who, what)
                    connection.sendall(b".")
            except OSError:
                pass  # it was killed

    def happen(self, who, what):
        with self.lock:
            self.counts[who, what] += 1
            event = (who, what, self.counts[who, what])
            self.events.append(event)
            if self.plan and self.plan(*event):
                self.plan = None

    def reset(self, plan=None):
        """Counts anew from here."""
        with self.lock:
            self.counts.clear()
            self.events.clear()
            self.plan = plan


class Weather:
    """What one program has to live with; weather.c says what each means."""

    SIZE = struct.calcsize("qii")

    @classmethod
    def ensure(cls, path):
        if not path.exists():
            path.write_bytes(bytes(cls.SIZE))

    def __init__(self, path):
        self.ensure(path)
        self.path = path

    def set(self, clock=0, disk_full=False, no_network=False):
        """Without arguments, fair."""
        with open(self.path, "r+b") as file, mmap.mmap(file.fileno(), self.SIZE) as page:
            page[:] = struct.pack("qii", clock, disk_full, no_network)


class FaultWorld(World):
    """A world with a platform and one person, Kim. Keys come one after the other, all on hci1."""

    def __init__(self, **more):
        super().__init__(platform=True, **more)
        self.witness = None
        self.key = None
        self.alex = None
        self.released = None  # nullable: the binding that its key does not know to be over
        self.replaced = None  # nullable: the binding of the key before

    def make_folders(self):
        super().make_folders()
        self.witness = Witness(self)
        Weather(self.folder / "long-ago").set(clock=-30 * DAY)

    def run(self, *argv, **more):
        """What is made in this world was made a month ago, so that a clock may be a day behind."""
        if argv[:2] in MAKERS:
            more["env"] = dict(os.environ, LD_PRELOAD=str(self.witness.library),
                               ENIGM_WEATHER=str(self.folder / "long-ago"))
        return super().run(*argv, **more)

    def start(self, name, *argv, **more):
        if name == "platform" or name.startswith("key-"):
            more["env"] = self.witness.environment(name.split("-")[0], more.get("env", os.environ))
        return super().start(name, *argv, **more)

    def furnish(self):
        super().furnish()
        self.kim = Kim("kim", self.witness.environment("app", os.environ))
        self.kim.sign_up(self.platform)

    def set_range(self, in_range):
        """Whether computer and key hear each other."""
        bus = self.connect("system")
        bus.call_sync("org.bluez", "/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1", "SetRange",
                      GLib.Variant("(ssb)", ("hci0", "hci1", in_range)), None, Gio.DBusCallFlags.NONE, -1, None)
        bus.close_sync(None)

    def lock_keyring(self):
        """As a person or the screen saver does; restart_keyring() unlocks it."""
        bus = self.connect("session")
        bus.call_sync("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
                      "Lock", GLib.Variant("(ao)", (["/org/freedesktop/secrets/collection/login"],)), None,
                      Gio.DBusCallFlags.NONE, -1, None)
        bus.close_sync(None)

    def restart_keyring(self):
        self.keyring.stop()
        self.start_keyring()

    def start_keyring(self, *words, **more):
        self.keyring = super().start_keyring(*words, **more)
        return self.keyring

    def new_key(self):
        """A key from the factory, running, with its button held. No other one is there, or bound."""
        if self.key:
            for binding in self.look_platform():
                self.kim.ctl("revoke", binding, "--reason=retired", "--yes")
            self.key.kill()
            self.forget_secrets()
        self.released = self.replaced = None
        return self.take_next_key()

    def take_next_key(self):
        """The same, and what was bound before stays so."""
        self.key = FaultKey(self)
        self.key.start()
        self.key.ctl("hold")
        return self.key

    def prepare(self, table):
        """A key, and what is known of it, as a table of points.py has them when the pairing begins.
        Returns what `pair` is told besides its code."""
        key = self.new_key()
        if table is RELAYED:
            key.ctl("network", "off")
        elif table is JOINING:
            self.pair_before(self.kim)
            self.forget_secrets()
            key.ctl("hold")  # for longer than a key makes a computer wait that comes right after another
        elif table is RELEASING:
            self.released = self.pair_before(self.add_alex())
            key.ctl("network", "off")  # it does not hear that it is free
            self.alex.ctl("retire", self.released, "--yes")
            key.ctl("network", "on")
            key.ctl("hold")
        elif table is REPLACING:
            self.replaced = self.pair_before(self.kim)
            key.kill()
            self.take_next_key()
            return [f"--replace={self.replaced}"]
        return []

    def pair_before(self, person):
        tried = pair(self, person)
        assert tried.process.returncode == 0, tried.sentence
        binding, = self.look_platform()
        return binding

    def add_alex(self):
        """Somebody else with an account, whom a key may belong to before it is Kim's."""
        if not self.alex:
            self.alex = Kim("alex", self.witness.environment("alex", self.add_person("alex")))
            self.alex.sign_up(self.platform)
        return self.alex

    def forget_secrets(self):
        """As a second computer of the account's would be: it holds no secret for any key."""
        subprocess.run(["secret-tool", "clear", "xdg:schema", "io.enigm.App", "kind", "key"], env=self.kim.env,
                       check=False)

    # What can be seen of the three afterwards

    def look(self, person=None):
        """How app, key and platform stand, as a dictionary."""
        seen = {"app": self.look_app(person or self.kim), "key": self.look_key(), "platform": self.look_platform()}
        if self.released and self.released == seen["key"]["binding_id"]:
            seen["key"].update(binding="released", binding_id=None)
        if self.replaced:
            seen["replaced"] = {"app": seen["app"].pop(self.replaced, None), "platform": self.is_trusted(self.replaced)}
        return seen

    def look_app(self, person):
        """Which bindings this computer holds a management secret for, and those secrets."""
        done = subprocess.run(["secret-tool", "search", "--all", "xdg:schema", "io.enigm.App", "kind", "key"],
                              env=person.env, capture_output=True, check=False)
        bindings = re.findall(rb"^attribute\.binding = (\w+)$", done.stdout + done.stderr, re.M)
        secrets = re.findall(rb"^secret = (.+)$", done.stdout, re.M)
        return dict(zip((binding.decode() for binding in bindings), (base64.b64decode(text) for text in secrets)))

    def look_key(self):
        """What the key says of itself, with the bytes of its flash."""
        state = json.loads(self.key.ctl("state"))
        flash = self.key.state / "state"
        return dict(state, flash=flash.read_bytes() if flash.exists() else b"")

    def look_platform(self):
        """The state of each binding of this key's certificate that is not over, and offers that wait."""
        with sqlite3.connect(f"file:{self.platform.folder}/platform.db?mode=ro", uri=True) as database:
            states = dict(database.execute("SELECT lower(hex(id)), state FROM bindings WHERE state IN (1, 2, 3)"
                                           " AND certificate = ?", [self.key.certificate]))
        return {binding: STATES[state] for binding, state in states.items()}


    def is_trusted(self, binding):
        with sqlite3.connect(f"file:{self.platform.folder}/platform.db?mode=ro", uri=True) as database:
            state, = database.execute("SELECT state FROM bindings WHERE lower(hex(id)) = ?", [binding]).fetchone()
        return STATES.get(state) == "trusted"


class Kim(Person):
    """Somebody who looks at the first page, too."""

    def look_at_status(self):
        """Asks the platform. Returns the sentence that answers whether it would work, and what to do
        if the key is not in order."""
        process = self.start("status")  # it ends with a code that says so, too
        out, _ = process.communicate(timeout=DEADLINE)
        answer = json.loads(out.strip().splitlines()[-1])
        row = next((row for row in answer["evidence"] if row["id"] == "key"), None)
        assert row, f"nothing is said of the key: {answer}"
        return answer["sentence"], None if row["level"] == "ok" else row["remedy"]

    def status(self):
        """The sentence alone."""
        return self.look_at_status()[0]


class FaultKey(Key):
    """A key of its own for each run, all of them on the same adapter."""

    made = 0

    def __init__(self, world):
        FaultKey.made += 1
        super().__init__(world, FaultKey.made)
        self.adapter = "hci1"
        self.hand = threading.Lock()
        # The leaf stands in the factory's file as it is: DER, whose second field is its length.
        made = (self.state / "factory").read_bytes()
        leaf = made[made.index(b"\x30\x82"):]
        self.certificate = hashlib.sha256(leaf[:4 + int.from_bytes(leaf[2:4], "big")]).digest()

    def ctl(self, *words):
        """There is one hand: what it is to do next waits until the button is let go."""
        with self.hand:
            return super().ctl(*words)


class Try:
    """One run of `enigmctl pair`, and the hand that presses the button when it is asked to."""

    def __init__(self, world, person=None, words=(), press=True, on_line=lambda line: None):
        self.world = world
        self.press = press
        self.on_line = on_line
        self.lines = []
        self.process = (person or world.kim).start("pair", *words, secrets=[("--code-fd", world.key.setup_code)])
        self.fault = None
        self.reader = threading.Thread(target=self.follow)
        self.reader.start()

    def follow(self):
        try:
            self.read()
        except Exception as fault:  # whoever waits for the end is told
            self.fault = fault

    def read(self):
        for text in self.process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            self.on_line(line)
            if line.get("state") == "waiting" and self.press:
                self.press = False
                with contextlib.suppress(WorldError):  # who was killed meanwhile feels no finger
                    self.world.key.ctl("press")

    def wait(self):
        """Waits for its end. Returns its exit code, negative if it was killed."""
        try:
            self.process.wait(timeout=DEADLINE * 5)
        except subprocess.TimeoutExpired:
            self.fault = self.fault or WorldError("the pairing goes on and on: " + "; ".join(map(str, self.lines)))
        finally:
            self.process.kill()  # nothing may keep the account from the cases to come
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.errors = self.process.stderr.read()
        self.process.stderr.close()
        if self.fault:
            raise self.fault
        return self.process.returncode

    @property
    def step(self):
        """The last step that was told of."""
        return next((line["step"] for line in reversed(self.lines) if "step" in line), "none")

    @property
    def sentence(self):
        """The last thing the person read."""
        read = [line.get("error", line.get("message")) for line in self.lines]
        return next((words for words in reversed(read) if words), "")


def pair(world, person=None, words=()):
    """Pairs, undisturbed."""
    tried = Try(world, person, words)
    tried.wait()
    return tried


def describe(seen):
    held = ", ".join(f"{binding[:8]} {state}" for binding, state in sorted(seen["platform"].items())) or "nothing"
    key = seen["key"]
    if "replaced" in seen:
        held += f"; the key before: {'trusted' if seen['replaced']['platform'] else 'replaced'}"
    return (f"app: {', '.join(binding[:8] for binding in seen['app']) or 'nothing'}; "
            f"key: {key['binding']}{' ' + key['binding_id'][:8] if key['binding_id'] else ''}; platform: {held}")


def fits(seen, fell_back=False):
    """What always has to be true of the three, and whether the key is bound whole.

    A key whose flash fell back may have forgotten what the platform still waits for."""
    key, app, platform = seen["key"], seen["app"], seen["platform"]
    trusted = [binding for binding, state in platform.items() if state == "trusted"]
    pending = [binding for binding, state in platform.items() if state == "pending"]
    assert len(trusted) <= 1 and len(pending) <= 1, "two bindings of one key"
    if trusted:
        # What it holds as pending is as good: it proves that next, and hears that it is trusted.
        assert key["binding_id"] == trusted[0], "trusted, and the key lacks the credential"
    else:
        assert key["binding"] != "trusted", "the key believes it is trusted"
    assert fell_back or not pending or key["binding_id"] == pending[0], "an orphan on the platform"
    for binding in app:
        assert binding in platform, f"an orphan in the keyring: {binding}"
    assert len(app) <= 1, "two secrets for one key"
    if "replaced" in seen:
        before = seen["replaced"]
        assert before["platform"] != bool(trusted), "of a key and the one before it, one protects"
        assert before["app"], "the secret is gone with which the key before is wiped"
    return bool(trusted) and any(secret in key["flash"] for secret in app.values())


def settle(world):
    """Waits until the key has heard how its pending binding ended, as it does once it reaches the platform."""
    felt = world.key.watch()
    until = time.monotonic() + 4 * DEADLINE
    while world.look_key()["binding"] == "pending":
        assert time.monotonic() < until, "the key has not finished by itself"
        with contextlib.suppress(WorldError):
            felt.line(deadline=2)  # the news may have come before the watch began
    felt.stop()
