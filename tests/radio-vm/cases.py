# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on a radio, and what a person then reads. The same cases on every radio that is org.bluez.

A case takes a Stage. It asserts sentences in the order in which enigmctl says them; between them it may
say other things.
"""
import itertools
import json
import pathlib
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "world"), str(HERE.parent / "world/radio")]
from journey import Journey  # noqa: E402
from person import Person  # noqa: E402
from world import DEADLINE, Key, WorldError  # noqa: E402

HOLD = "Hold the key's button until its light turns."
OFF = "Bluetooth is off. Turn it on to find your key."
NO_ADAPTER = "This computer has no Bluetooth adapter. Plug one in; it is found by itself."
NO_SERVICE = ("This computer's Bluetooth service is not running. Start it (bluetooth.service, from the package "
              "bluez) and try again.")
LOST = ("The connection to the key was lost. Nothing was bound. Bring the key close to this computer, hold its button "
        "until its light turns, and try again.")
SILENT = LOST
UNHEARD = ("The pairing was interrupted, and the platform has not heard from the key yet. Your key finishes by itself "
           "when it has mobile data within ten minutes. Otherwise nothing is bound, and you can pair it again.")
ELSEWHERE = ("Your key is paired and works, but the pairing ended before it was certain that you can manage "
             "it from this computer. If you cannot, hold the key's button until its light turns and pair it here once "
             "more.")
PRESS = "Your key is vibrating. Press its button once."
READY = "Your key reached the platform by itself and proved who it is."
OUT_OF_STEP = ("The key and this computer lost track of each other. Nothing was bound. Hold the key's button until its "
               "light turns and try again.")
ADAPTERS = ["hci0", "hci1", "hci2"]  # the app's, and two keys'


class Stage:
    """A world with its owner signed up, one key in the hand, and a hand on the radio."""

    def __init__(self, world, hand, tell=lambda words: None):
        self.world = world
        self.hand = hand
        self.tell = tell
        self.journey = Journey(world, lambda what, words: tell(f"{what}: {words}"))
        self.journey.accounts()
        self.owner = self.journey.owner
        self.number = 100
        self.keys = []

    def new_key(self, adapter="hci1"):
        """One that nobody has paired, with somebody's hand on its button."""
        self.number += 1
        key = Key(self.world, self.number)
        key.adapter = adapter
        key.start()
        key.felt = key.watch()
        self.keys.append(key)
        return key

    def put_away(self, *keys):
        for key in keys:
            self.keys.remove(key)
            key.felt.kill()
            key.process.stop()

    def pair(self, key):
        return Pairing(self, key)

    def pairs(self, key, *again):
        """Nothing stands in the way: a hold, a press, and the key is paired. Where one of `again` is read instead,
        the person does as they are told, once."""
        again = list(again)
        while True:
            key.ctl("hold")
            pairing = Pairing(self, key)
            line = pairing.await_line(lambda line: line.get("message") == PRESS or "error" in line, f"'{PRESS}'")
            if "error" not in line:
                key.ctl("press")
                assert pairing.succeeds() == READY
                return
            # Only the second one within a second of the first.
            if not line["error"].startswith("The key asks for a pause of "):
                assert line["error"] in again, line
                again.remove(line["error"])
            pairing.end()

    def assert_nothing_left(self):
        """No key is in the computer's Bluetooth list."""
        assert self.hand.await_forgotten(), f"bluetoothd still knows {self.hand.devices()}"


class Pairing:
    """`enigmctl pair`, and who reads it and presses the button."""

    def __init__(self, stage, key):
        self.key = key
        self.said = []
        self.process = stage.owner.start("pair", secrets=[("--code-fd", key.setup_code)])
        self.limit = threading.Timer(DEADLINE * 2, self.process.kill)
        self.limit.start()

    def await_line(self, condition, wanted):
        for text in self.process.stdout:
            line = json.loads(text)
            self.said.append(f"{line.get('step', '')} {line.get('state', '')}: {line.get('message') or line}")
            if condition(line):
                return line
        raise AssertionError("enigmctl did not say " + wanted + " but\n" + "\n".join(self.said) +
                             "\n" + self.process.stderr.read())

    def reads(self, sentence):
        """Waits for a sentence, whatever is said before."""
        return self.await_line(lambda line: line.get("message") == sentence, f"'{sentence}'")

    def await_step(self, step, state):
        return self.await_line(lambda line: (line.get("step"), line.get("state")) == (step, state), f"{step} {state}")

    def press(self):
        """Presses once it vibrates, as somebody would who reads that they should."""
        self.reads(PRESS)
        self.key.ctl("press")

    def succeeds(self):
        line = self.await_step("ready", "done")
        assert self.end() == 0
        return line["message"]

    def fails(self, *sentences):
        """The run ends with one of these, and says it once more as its error."""
        error = self.await_line(lambda line: "error" in line, "an error")
        assert error["error"] in sentences, "\n".join(self.said)
        assert any(said.endswith(": " + error["error"]) and "failed" in said for said in self.said), self.said
        code = self.end()
        assert code == error["exit"] and code != 0, (code, error)
        return error["error"]

    def end(self):
        self.process.communicate()
        self.limit.cancel()
        return self.process.returncode

    def stop(self):
        """As Control-C would."""
        self.process.terminate()
        self.end()


def case_scanning(stage):
    """Whatever happens to the radio while it scans is said, and it goes on by itself"""
    hand, key = stage.hand, stage.new_key()
    pairing = stage.pair(key)
    pairing.reads(HOLD)
    # All of them: one that belongs to a key would be taken for this computer's own.
    for adapter in reversed(ADAPTERS):
        hand.power(adapter, False)
    pairing.reads(OFF)
    for adapter in ADAPTERS:
        hand.power(adapter, True)
    pairing.reads(HOLD)
    for adapter in reversed(ADAPTERS):
        hand.unplug(adapter)
    pairing.reads(NO_ADAPTER)
    assert [hand.plug() for _ in ADAPTERS] == ADAPTERS
    pairing.reads(HOLD)
    hand.kill()
    pairing.reads(NO_SERVICE)
    hand.restart(len(ADAPTERS))
    pairing.reads(HOLD)
    key.ctl("hold")
    pairing.press()
    assert pairing.succeeds() == READY
    stage.assert_nothing_left()
    stage.put_away(key)


def lose_while_pairing(stage, lose, restore, *again):
    key = stage.new_key()
    key.ctl("hold")
    pairing = stage.pair(key)
    pairing.reads(PRESS)
    lose(stage.hand)
    pairing.fails(LOST)
    restore(stage.hand)
    stage.pairs(key, *again)
    stage.assert_nothing_left()
    stage.put_away(key)


def case_off_while_pairing(stage):
    """Bluetooth is switched off while the key waits for its button: said, and the next try pairs"""
    lose_while_pairing(stage, lambda hand: hand.power("hci0", False), lambda hand: hand.power("hci0", True))


def case_unplugged_while_pairing(stage):
    """The adapter is pulled out while the key waits for its button"""
    lose_while_pairing(stage, lambda hand: hand.unplug("hci0"), lambda hand: hand.plug())


def case_killed_while_pairing(stage):
    """bluetoothd crashes while the key waits for its button. The kernel keeps the link, of which a new bluetoothd
    may know one end alone: then the first try is out of step, and says so"""
    lose_while_pairing(stage, lambda hand: hand.kill(), lambda hand: hand.restart(len(ADAPTERS)), OUT_OF_STEP)


def case_key_switched_off(stage):
    """The key's own adapter goes while it waits for its button, and the key switches it on again"""
    lose_while_pairing(stage, lambda hand: hand.power("hci1", False), lambda hand: None)


def case_out_of_range(stage):
    """The key is carried away while it waits for its button, and back"""
    lose_while_pairing(stage, lambda hand: hand.set_range("hci0", "hci1", False),
                       lambda hand: hand.set_range("hci0", "hci1", True))


def await_state(key, state):
    """Waits until the key says that its binding is none, pending or trusted."""
    while json.loads(key.ctl("state"))["binding"] != state:
        key.felt.await_line("state ")


def pair_and_cut(stage, key, n):
    """Pairs while the link ends in place of the n-th packet. Returns how it went: `uncut` if there was no such packet,
    `went on` if the app began the link anew by itself or had no more need of it, else `lost`, and the person was told
    how things stand."""
    key.ctl("hold")
    stage.hand.cut_at(n)
    pairing = stage.pair(key)
    line = pairing.await_line(lambda line: line.get("message") == PRESS or "error" in line, "a word")
    if "error" not in line:
        key.ctl("press")
        line = pairing.await_line(lambda line: "error" in line or "binding" in line, "an end")
    pairing.end()
    was_cut = stage.hand.cut_at(0) == 0
    stage.tell(f"cut at {n}: {pairing.said[-2:][0]}")
    stage.assert_nothing_left()
    if "binding" in line:
        return "went on" if was_cut else "uncut"
    assert line["error"] in (LOST, UNHEARD, ELSEWHERE), "\n".join(pairing.said)
    # What was confirmed becomes trusted by itself, and what was not is forgotten.
    await_state(key, "none" if line["error"] == LOST else "trusted")
    in_force = [item["binding"] for item in stage.owner.ctl("keys")["keys"] if item["state"] in ("pending", "trusted")]
    bound = json.loads(key.ctl("state"))["binding_id"]
    assert in_force == ([bound] if bound else []), (in_force, bound)
    return "lost"


def case_link_lost_anywhere(stage):
    """The link ends in place of a write or a notification: of each, or where that takes long of one in each step"""
    hand, ends = stage.hand, []
    hand.set_plain(True)
    key = stage.new_key()
    for item in stage.owner.ctl("keys")["keys"]:
        if item["state"] == "trusted":
            stage.owner.ctl("revoke", item["binding"], "--reason=retired", "--yes")
    for n in hand.cuts:
        ends.append(pair_and_cut(stage, key, n))
        if ends[-1] == "uncut":
            stage.tell(f"the pairing that held had {n - 1} packets to lose")
            break
        bound = json.loads(key.ctl("state"))["binding_id"]
        if bound:
            stage.owner.ctl("revoke", bound, "--reason=retired", "--yes")
            stage.put_away(key)
            key = stage.new_key()
    # The app goes on by itself before anything is said to the key, and has no more need of the link at last: no link is
    # begun anew in between.
    assert ends.count("lost") >= 3, ends
    assert [end for end, _ in itertools.groupby(ends)] in (
        ["went on", "lost", "went on"], ["went on", "lost", "went on", "uncut"], ["went on", "lost", "uncut"]), ends
    stage.put_away(key)
    hand.set_plain(False)


def case_notification_lost(stage):
    """What the key says is lost on its way. It is the key that gives up, and its word for that may arrive before
    the link ends: one of the two is said, and the next try pairs"""
    stage.hand.set_plain(True)
    key = stage.new_key()
    key.ctl("hold")
    stage.hand.lose(1)
    stage.pair(key).fails(LOST, OUT_OF_STEP)
    stage.pairs(key)
    stage.assert_nothing_left()
    stage.put_away(key)
    stage.hand.set_plain(False)


def case_notifications_late(stage):
    """What the key says comes half a second late, all of it: it pairs all the same"""
    stage.hand.set_plain(True)
    key = stage.new_key()
    stage.hand.delay(500)
    stage.pairs(key)
    stage.hand.delay(0)
    stage.assert_nothing_left()
    stage.put_away(key)
    stage.hand.set_plain(False)


def case_two_keys(stage):
    """Of two keys in reach, the one whose code is typed vibrates"""
    first, second = stage.new_key("hci1"), stage.new_key("hci2")
    first.ctl("hold")
    second.ctl("hold")
    pairing = stage.pair(second)
    pairing.press()
    assert pairing.succeeds() == READY
    stage.pairs(first)
    stage.put_away(first, second)


def case_crowd(stage):
    """Among strangers who advertise, only the key is shown, and it pairs"""
    key = stage.new_key()
    stage.hand.crowd(50, 2)
    key.ctl("hold")
    found = list(stage.owner.follow("scan", "--seconds=5"))
    assert [line.get("bound") for line in found] == [False], found
    stage.pairs(key)
    stage.hand.crowd(0, 0)
    stage.put_away(key)


def case_smallest_packets(stage):
    """With an MTU of 23, the smallest there is, it pairs all the same"""
    key = stage.new_key()
    stage.hand.set_mtu(23)
    started = time.monotonic()
    stage.pairs(key)
    stage.tell(f"{time.monotonic() - started:.1f} s")
    stage.hand.set_mtu(517)
    stage.put_away(key)


CASES = [value for name, value in list(globals().items()) if name.startswith("case_")]


def run(world, hand, words, without=()):
    """Runs the journey and the cases, or those that are named, and says how they went in TAP."""
    cases = {case.__name__.removeprefix("case_").replace("_", "-"): case for case in CASES
             if case not in without}
    names = words or ["journey", *cases]
    stage = Stage(world, hand, lambda text: print(f"# {text}", flush=True))
    todo = [(step.__name__, lambda step=step: stage.tell(step(stage.journey)))
            for step in (Journey.steps[1:] if "journey" in names else [])]
    steps = len(todo)
    todo += [(name, lambda name=name: cases[name](stage)) for name in names if name != "journey"]
    print(f"1..{len(todo)}", flush=True)
    failed = 0
    for number, (name, test) in enumerate(todo, 1):
        since = time.monotonic()
        try:
            test()
            print(f"ok {number} {name}")
        except Exception:  # the next case has a key of its own
            failed += 1
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            print("# " + hand.describe().replace("\n", "\n# "))
            print(f"not ok {number} {name}")
            stage.put_away(*stage.keys)
        print(f"# {name} took {time.monotonic() - since:.1f} s", flush=True)
        if number == steps:
            world.keys[0].process.stop()
    return 1 if failed else 0
