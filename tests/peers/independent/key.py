#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Enigm Key from PROTOCOL.md alone, for tests: it can be paired, raises drills, and can be revoked.

    key.py factory --state DIR --maker DIR --platform-key FILE    makes a key; prints its setup code
    key.py run --state DIR --adapter hci1                         prints "ready", then what one would feel

It reads from standard input what a hand does, one word a line: hold, press, press5, long-press, ask.
Left out, since tests do without: alerts, positions, the relay through an app.
"""
import argparse
import concurrent.futures
import random
import secrets
import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import GLib  # noqa: E402

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

import page  # noqa: E402
from air import Air  # noqa: E402
from flash import Flash, make  # noqa: E402
from page import Refused, check, number, raw  # noqa: E402
from wire import Line, authority  # noqa: E402

NONE, PENDING, TRUSTED, RESTRICTED = range(4)
PROOF, DRILL, END, STATE = 1, 3, 5, 6
PATHS = {PROOF: "/key/v1/proof", DRILL: "/key/v1/events", END: "/key/v1/ends", STATE: "/key/v1/state"}
(ACCEPTED, STALE, SEQUENCE, EPOCH, REPLAYED, FORBIDDEN, GONE, RELEASED, MALFORMED, UNKNOWN_EVENT) = range(10)
FAILURES = 1000
BATTERY = 80


def say(*words):
    print(*words, flush=True)


class Key:
    """The whole key: one session with a computer at most, one request in flight at most."""

    def __init__(self, folder, adapter):
        self.flash = Flash(folder)
        self.memory = self.flash.data
        self.certificate_key = ec.derive_private_key(int.from_bytes(self.memory["key"], "big"), ec.SECP256R1())
        self.certificate_hash = page.sha256(self.memory["chain"][0])
        self.clock = 0  # what the platform's time is ahead of ours
        self.session, self.window, self.tries = None, False, []
        self.event = None  # (event ID, whether the platform has it)
        self.jobs, self.busy, self.wait = [], False, 1
        self.line, self.thread = Line(), concurrent.futures.ThreadPoolExecutor(1)
        self.air = Air(adapter, self)
        GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_hand)

    def on_ready(self):
        if self.pending():
            self.hand_in()
        say("ready")

    def hello(self):
        return page.pack([1, [1], self.memory["discriminator"], self.memory["owner"] is not None])

    # Its bindings

    def pending(self):
        return next((binding for binding in self.memory["bindings"] if binding["state"] == PENDING), None)

    def binding(self):
        """The one whose state is told: the pending one, or the one that is in force."""
        held = self.memory["bindings"]
        return self.pending() or (held[-1] if held else None)

    def in_force(self):
        return next((binding for binding in self.memory["bindings"] if binding["state"] >= TRUSTED), None)

    def forget(self, binding):
        self.memory["bindings"].remove(binding)
        self.memory["computers"] = [item for item in self.memory["computers"]
                                    if item["active"] or item["binding"] != binding["id"]]
        self.flash.save()

    def wipe(self):
        self.memory.update(owner=None, bindings=[], computers=[])
        self.event = None
        self.flash.save()

    def now(self):
        return int(time.time()) + self.clock

    # The hand

    def on_hand(self, source, condition):
        word = sys.stdin.readline().strip()
        if not word:
            loop.quit()
            return False
        if word == "hold":
            self.window = True
            self.felt_confirm = False
            self.air.advertise(b"\1" + self.memory["discriminator"].to_bytes(2, "big")
                               + bytes([self.memory["owner"] is not None]))
            GLib.timeout_add_seconds(120, self.air.silence)
        elif word == "press" and self.session and self.session.pressed:
            self.session.pressed()
        elif word == "press5" and self.event:
            self.submit(DRILL, self.event[0], lambda age: [age, []])
        elif word == "press5":
            self.raise_drill()
        elif word == "long-press" and self.event:
            self.submit(END, self.event[0], lambda age: [age])
        elif word == "ask":
            self.submit(STATE)
        return True

    def on_advertising(self):
        say("light on")

    def raise_drill(self):
        self.event = (secrets.token_bytes(16), False)
        self.submit(DRILL, self.event[0], lambda age: [age, []])

    def vibrate_for_confirmation(self):
        if not self.felt_confirm:
            self.felt_confirm = True
            say("vibrate confirm")

    # One computer

    def on_connected(self, device):
        if self.session is None:
            self.session = Session(self, device)
        elif self.session.device != device:
            self.air.drop(device)

    def on_frame(self, device, frame):
        self.on_connected(device)
        if self.session.device == device:
            self.session.on_frame(frame)

    def on_gone(self, device):
        if self.session and self.session.device == device:
            self.session.end()
            self.session = None

    # What it says to its platform

    def hand_in(self):
        """The attestation of the pending binding, to learn whether the platform has it."""
        binding = self.pending()
        body = page.pack([binding["offer"], binding["attestation"], self.memory["chain"]])
        self.send(binding, "/v1/attestations", {"Content-Type": "application/cbor"}, body,
                  lambda answer: self.on_receipt(binding, answer))

    def on_receipt(self, binding, answer):
        try:
            status, _, body = answer
            receipt, signature = check(page.unpack(body), raw(1, 256), raw(64))
            if status == 200 and self.read_receipt(binding, receipt, signature) == NONE:
                self.forget(binding)
                say("state none")
                return
            self.submit(PROOF)
        except (TypeError, Refused):
            self.later(self.hand_in)

    def read_receipt(self, binding, receipt, signature):
        _, state, of, its_hash, _ = check(page.unpack(receipt), 1, number(1), raw(16), raw(32), number((1 << 40) - 1))
        if not page.verify(self.memory["platform"], "enigm receipt 1", receipt, signature):
            raise Refused(16)
        if of != binding["id"] or its_hash != page.sha256(binding["offer"], binding["attestation"]):
            raise Refused(17)
        return state

    def submit(self, kind, event=b"", detail=lambda age: []):
        self.jobs.append({"kind": kind, "event": event, "detail": detail, "since": time.time(), "body": None,
                          "tried": set()})
        self.go_on()

    def go_on(self):
        """Signs and sends the first request that waits."""
        if self.busy or not self.jobs or not self.memory["bindings"]:
            return False
        job = self.jobs[0]
        binding = (self.pending() if job["kind"] == PROOF else self.in_force()) or self.binding()
        if binding["handle"] in job["tried"]:
            binding = next((item for item in self.memory["bindings"] if item["handle"] not in job["tried"]), binding)
        if job["body"] is None or job["handle"] != binding["handle"] or time.time() - job["made"] > 10:
            binding["sequence"] += 1
            self.flash.save()
            age = int(time.time() - job["since"])
            job.update(made=time.time(), handle=binding["handle"], body=page.pack(
                [job["kind"], binding["epoch"], binding["sequence"], job["event"], False, BATTERY,
                 job["detail"](age)]))
        path = PATHS[job["kind"]]
        fields = page.request_headers(page.request_key(binding["credential"]), binding["handle"],
                                      authority(binding["origin"]), path, job["body"], self.now(),
                                      secrets.token_bytes(16))
        self.send(binding, path, fields, job["body"],
                  lambda answer: self.on_answer(job, binding, fields["Signature"], answer))
        return False

    def send(self, binding, path, fields, body, done):
        self.busy = True

        def on_sent(future):
            def back():
                self.busy = False
                done(None if future.exception() else future.result())
                return False
            GLib.idle_add(back)
        self.thread.submit(self.line.post, binding["origin"], binding["pins"], path, fields, body
                           ).add_done_callback(on_sent)

    def later(self, what):
        GLib.timeout_add(int(self.wait * random.uniform(750, 1250)), what)
        self.wait = min(60, self.wait * 2)

    def on_answer(self, job, binding, signature, answer):
        told = answer and page.check_answer(page.answer_key(binding["credential"]), binding["handle"], signature,
                                            *answer)
        if not told:
            say("unanswered")
            self.later(self.go_on)
            return
        outcome, its_time, following, epoch, state, _, pins, computers, events = told
        self.wait, before = 1, self.report()
        binding["pins"] = pins
        if state != NONE:
            self.memory["computers"] = [item for item in self.memory["computers"]
                                        if item["id"] in computers or not item["active"]]
        if outcome in (STALE, SEQUENCE, EPOCH, REPLAYED):
            self.clock = its_time - int(time.time()) if outcome == STALE else self.clock
            if outcome != STALE:
                binding.update(sequence=following - 1, epoch=epoch)
                job["body"] = None
            self.flash.save()
            job["again"] = job.get("again", 0) + 1
            if outcome == REPLAYED or job["again"] > 3:
                self.later(self.go_on)
            else:
                self.go_on()
            return
        self.jobs.remove(job)
        binding["reached"] = 1
        self.on_state(binding, outcome, state)
        if job["kind"] == DRILL and outcome == ACCEPTED and events == 0:
            self.raise_drill()  # it was ended elsewhere, so five presses are a new one
        elif job["kind"] == DRILL and outcome == ACCEPTED:
            self.event = (job["event"], True)
            say("event drill accepted")
        elif outcome in (FORBIDDEN, GONE) and job["kind"] in (DRILL, END) and set(
                item["handle"] for item in self.memory["bindings"]) - job["tried"] - {binding["handle"]}:
            job["tried"].add(binding["handle"])
            self.jobs.insert(0, job)
        elif outcome != ACCEPTED:
            say("vibrate refused", outcome)
            self.event = None
        elif job["kind"] == END or events == 0 and self.event and self.event[1]:
            self.event = None
            say("event ended")
        self.flash.save()
        if self.session and self.session.channel and self.report() != before:
            self.session.send(22, *self.report())
        say("answered", job["kind"], outcome, state)
        self.go_on()

    def on_state(self, binding, outcome, state):
        """What an answer under the credential's MAC says of that binding."""
        if outcome == RELEASED:
            self.wipe()
            say("state released")
        elif outcome == GONE or state == NONE:
            self.forget(binding)
            say("state none")
        elif state != binding["state"]:
            if binding["state"] == PENDING:
                self.memory["bindings"] = [binding]
                self.memory["owner"] = {"binding": binding["id"], "pseudonym": binding["pseudonym"]}
                for item in self.memory["computers"]:
                    item["active"] = True
            binding["state"] = state
            say("state", ("none", "pending", "trusted", "restricted")[state])

    def report(self):
        """The elements of a state message."""
        binding = self.binding()
        return [binding["state"] if binding else NONE, binding["reached"] if binding else 0, BATTERY,
                binding["id"] if binding else b"", 2 if self.event else 0]


class Session:
    """What one connected computer says, and what it is answered."""

    def __init__(self, key, device):
        self.key, self.device, self.memory = key, device, key.memory
        self.incoming, self.channel, self.pressed = page.Frames(), None, None
        self.try_, self.resumption, self.by_code, self.order = None, None, False, None
        self.deadline = GLib.timeout_add_seconds(10, self.close)
        self.waiting = 0

    def end(self):
        for source in (self.deadline, self.waiting):
            if source:
                GLib.source_remove(source)
        self.deadline = self.waiting = 0

    def close(self):
        self.deadline = 0
        self.key.air.drop(self.device)
        return False

    def send(self, kind, *elements):
        message = page.pack([kind, *elements])
        if kind >= 16:
            message = page.pack([5, self.channel.seal(message)])
        self.key.air.notify(message)

    def done(self, kind, signature=b""):
        self.send(29, kind, signature)

    def on_frame(self, frame):
        try:
            message = self.incoming.take(frame)
            if message is not None:
                self.on_message(page.unpack(message))
        except Refused as refused:
            if self.channel:
                self.send(30, refused.reason, refused.seconds)
            else:
                self.send(4, refused.reason, refused.seconds)
                self.close()
        except page.InvalidTag:
            self.close()

    def on_message(self, message):
        if not isinstance(message, list) or not message:
            raise Refused(1)
        kind, *rest = message
        if self.channel:
            _, sealed = check(message, 5, raw(17, 4080))
            inner = page.unpack(self.channel.open(sealed))
            if not isinstance(inner, list) or not inner:
                raise Refused(1)
            kind, *rest = inner
            handlers = {17: self.on_release, 18: self.on_offer, 21: self.on_receipt, 25: self.on_ask,
                        26: self.on_vibrate, 27: self.on_order, 28: self.on_keep}
        else:
            handlers = {1: self.on_start, 3: self.on_confirm, 6: self.on_resume, 8: self.on_resume_confirm}
        if kind not in handlers:
            raise Refused(1)
        handlers[kind](rest)

    # Checking the code

    def on_start(self, rest):
        app_hello, share_p = check(rest, raw(1, 32), page.is_point)
        if page.unpack(app_hello) != [1, 1]:
            raise Refused(2)
        now, tries = time.monotonic(), self.key.tries
        if self.memory["failures"] >= FAILURES:
            raise Refused(5)
        pause = 10 if self.memory["failures"] >= 10 else 1
        if tries and now - tries[-1] < pause:
            raise Refused(3, pause)
        tries[:] = [now]
        context = b"enigm setup 1" + page.sha256(self.key.hello()) + page.sha256(app_hello)
        self.try_ = page.Verifier(int.from_bytes(self.memory["w0"], "big"), self.memory["L"], context, share_p)
        self.memory["failures"] += 1
        self.key.flash.save()
        self.send(2, self.try_.share, self.try_.confirm_v)

    def on_confirm(self, rest):
        confirm_p, = check(rest, raw(32))
        if self.try_ is None:
            raise Refused(1)
        if not page.same(confirm_p, self.try_.confirm_p):
            raise Refused(4)
        self.memory["failures"], self.key.tries[:] = 0, []
        self.key.flash.save()
        self.open(page.Channel.with_code(self.try_.shared))
        self.by_code, self.nonce = True, secrets.token_bytes(32)
        owner = self.memory["owner"]
        self.send(16, self.memory["chain"], self.nonce, owner["binding"] if owner else b"")

    def open(self, channel):
        self.channel = channel
        GLib.source_remove(self.deadline)
        self.deadline = 0

    # Binding

    def on_release(self, rest):
        release, signature = check(rest, raw(1, 256), raw(64))
        if not page.verify(self.memory["platform"], "enigm release 1", release, signature):
            raise Refused(16)
        owner = self.memory["owner"]
        if not self.by_code or owner is None:
            raise Refused(24)
        _, certificate, binding, nonce = check(page.unpack(release), 1, raw(32), raw(16), raw(32))
        if (certificate, binding) != (self.key.certificate_hash, owner["binding"]):
            raise Refused(17)
        if nonce != self.nonce:
            raise Refused(18)
        self.key.wipe()
        self.done(17)

    def on_offer(self, rest):
        offer, signature = check(rest, raw(1, 1024), raw(64))
        if not page.verify(self.memory["platform"], "enigm offer 1", offer, signature):
            raise Refused(16)
        if not self.by_code:
            raise Refused(24)
        parts = check(page.unpack(offer), *page.OFFER)
        if parts[5] != self.key.certificate_hash:
            raise Refused(17)
        if (parts[6], parts[7]) != (self.nonce, self.channel.session):
            raise Refused(18)
        owner = self.memory["owner"]
        if owner and owner["pseudonym"] != parts[4]:
            raise Refused(19)
        if self.key.event:
            raise Refused(6)
        self.await_press(lambda: self.attest(offer, parts))

    def await_press(self, then):
        def on_pressed():
            GLib.source_remove(self.waiting)
            self.waiting, self.pressed = 0, None
            then()

        def on_late():
            self.waiting, self.pressed = 0, None
            self.send(30, 20, 0)
            return False
        self.pressed, self.waiting = on_pressed, GLib.timeout_add_seconds(60, on_late)
        self.key.vibrate_for_confirmation()
        self.send(19, 60)

    def attest(self, offer, parts):
        private, point = page.new_pair()
        signature = page.sign(self.key.certificate_key, "enigm attestation 1", offer + point)
        attestation = page.pack([1, point, signature])
        self.memory["bindings"] = [binding for binding in self.memory["bindings"] if binding["state"] != PENDING]
        self.memory["bindings"].append({
            "id": parts[2], "handle": parts[3], "pseudonym": parts[4], "origin": parts[8], "pins": parts[9],
            "epoch": parts[12], "sequence": 0, "state": PENDING, "reached": 0, "offer": offer,
            "attestation": attestation,
            "credential": page.credential(page.ecdh(private, parts[10]), offer, attestation)})
        self.key.clock = parts[13] - int(time.time())
        self.key.flash.save()
        self.send(20, attestation)

    def on_receipt(self, rest):
        receipt, signature, computer, secret = check(rest, raw(1, 256), raw(64), raw(16), raw(32))
        binding = self.key.pending()
        if binding is None:
            raise Refused(24)
        if self.key.read_receipt(binding, receipt, signature) == NONE:
            self.key.forget(binding)
            raise Refused(23)
        self.keep(computer, secret, binding, active=False)
        self.done(21)
        self.send(22, *self.key.report())
        self.key.submit(PROOF)

    def keep(self, computer, secret, binding, active):
        kept = [item for item in self.memory["computers"] if item["id"] != computer]
        if len(kept) >= 8:
            raise Refused(22)
        self.memory["computers"] = [*kept, {"id": computer, "secret": secret, "binding": binding["id"],
                                            "active": active}]
        self.key.flash.save()

    # Later, without the code

    def on_resume(self, rest):
        share, nonce, hint = check(rest, page.is_point, raw(32), raw(32))
        if self.try_ or self.resumption:
            raise Refused(1)
        known = next((item for item in self.memory["computers"]
                      if item["active"] and page.same(page.hint(item["secret"], share, nonce), hint)), None)
        self.resumption = page.Resumption(known and known["secret"], known and known["binding"], share, nonce)
        self.computer = known and known["id"]
        self.send(7, self.resumption.share, self.resumption.nonce, self.resumption.mac_k)

    def on_resume_confirm(self, rest):
        mac_a, = check(rest, raw(32))
        if self.resumption is None:
            raise Refused(1)
        if not page.same(mac_a, self.resumption.mac_a):
            raise Refused(8)
        self.open(self.resumption.channel)
        self.nonce = self.resumption.nonce
        self.send(22, *self.key.report())

    def on_ask(self, rest):
        check(rest)
        self.send(22, *self.key.report())

    def on_vibrate(self, rest):
        check(rest)
        say("vibrate found")
        self.done(26)

    def on_order(self, rest):
        order, signature = check(rest, raw(1, 512), raw(64))
        if not page.verify(self.memory["platform"], "enigm order 1", order, signature):
            raise Refused(16)
        _, purpose, binding, session, nonce, computer, _ = check(
            page.unpack(order), 1, number(3), raw(16), raw(32), raw(32), raw(16), number((1 << 40) - 1))
        held = self.key.in_force()
        if held is None or purpose == 0 or (purpose == 1) != self.by_code and purpose != 3:
            raise Refused(24)
        if binding != held["id"]:
            raise Refused(17)
        if (session, nonce) != (self.channel.session, self.nonce):
            raise Refused(18)
        if purpose == 1:
            self.await_press(lambda: self.join(order, computer))
        elif purpose == 2:
            self.key.raise_drill()
            self.done(27)
        else:
            self.key.wipe()
            self.done(27)

    def join(self, order, computer):
        self.order = computer
        self.done(27, page.sign(self.key.certificate_key, "enigm join 1", order))

    def on_keep(self, rest):
        computer, secret = check(rest, raw(16), raw(32))
        if self.order != computer:
            raise Refused(24)
        self.keep(computer, secret, self.key.in_force(), active=True)
        self.done(28)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("verb", choices=["factory", "run"])
    parser.add_argument("--state", required=True)
    parser.add_argument("--maker")
    parser.add_argument("--platform-key")
    parser.add_argument("--adapter", default="hci1")
    option = parser.parse_args()
    if option.verb == "factory":
        say(make(option.state, option.maker, option.platform_key))
    else:
        loop = GLib.MainLoop()
        key = Key(option.state, option.adapter)
        loop.run()
