#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What app, key and platform sign, held against npm's RFC 9421, and what that signs against ours.

Everybody reaches the platform through witness.mjs, which verifies all that passes. Of the computers it
knows the public key that they sign up with; of the keys, what is in their memory, taken from there when
they have said it all.
"""
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "independent"), str(HERE.parents[1] / "world")]

import cbor2  # noqa: E402

import page  # noqa: E402
from peer_key import PeerKey  # noqa: E402
from person import Person  # noqa: E402
import tap  # noqa: E402
from world import World, WorldError, build_folder  # noqa: E402

WANTED = ("package.json", "package-lock.json", "witness.mjs")

# What one changed byte is told where it never comes to the MAC, or, for the body, is past it.
REFUSED = {"@authority": 400, "@path": 404, "content-type": 400, "tag": 400, "body": 400}


class Life:
    """What the tests share, one after the other."""
    world = witness = owner = contact = key = None


def install():
    """Brings the packages of the lock file into the build folder, once."""
    folder = build_folder().resolve() / "tests/peers/npm"
    stamp = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in WANTED)).hexdigest()
    if not (folder / stamp).exists():
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        for name in WANTED:
            shutil.copy(HERE / name, folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        if done.returncode:
            raise WorldError(f"npm could not install what package-lock.json names\n{done.stdout}")
        (folder / stamp).touch()
    return folder / "witness.mjs"


class Witness:
    """The process in the middle."""

    def __init__(self, world, script):
        self.platform = world.platform
        self.process = world.start("witness", "node", script, self.platform.folder / "server.pem",
                                   self.platform.folder / "server-key.pem", stdin=subprocess.PIPE)
        self.port = int(self.process.await_line("listening"))

    def ask(self, **words):
        self.process.popen.stdin.write(json.dumps(words).encode() + b"\n")
        self.process.popen.stdin.flush()
        line = self.process.line()
        assert line is not None, self.process.tail()
        return json.loads(line)

    def step_between(self, world):
        """Gives the platform the origin that leads here; it goes on listening where it did."""
        port = self.platform.origin.rsplit(":", 1)[1]
        self.platform.process.stop()
        conf = self.platform.folder / "platform.conf"
        conf.write_text(conf.read_text().replace("origin=https://localhost\n", f"origin=https://localhost:{self.port}\n"))
        self.platform.process = world.start("platform", "enigm-platform", "serve", "--config", conf, "--port", port)
        self.platform.origin = self.platform.process.await_line("listening on ")
        assert self.platform.origin == f"https://localhost:{self.port}"
        self.ask(to=int(port), ca=self.platform.ca.read_text())


def pair_real_key():
    key, felt = Life.world.keys[0], Life.world.keys[0].watch()
    key.ctl("hold")
    last = {}
    for last in Life.owner.follow("pair", secrets=[("--code-fd", key.setup_code)]):
        if (last.get("step"), last.get("state")) == ("confirm", "waiting"):
            felt.await_line("vibrate confirm")
            key.ctl("press")
    return last["binding"], felt


def test_our_key_is_verified_there():
    binding, felt = pair_real_key()
    key = Life.world.keys[0]
    key.ctl("position", "51.5", "-0.12", "15")
    key.ctl("press3")
    felt.await_line("event alert accepted")
    key.ctl("long-press")
    felt.await_line("event alert ended")
    memory = cbor2.loads((key.state / "state").read_bytes())
    handle, credential = memory[4][1], memory[4][8]
    assert memory[4][0].hex() == binding
    told = Life.witness.ask(verify=handle.hex(), request={"secret": page.request_key(credential).hex()},
                            answer={"secret": page.answer_key(credential).hex()})
    assert told["wrong"] == [] and told["requests"] == told["answers"] >= 3, told
    assert {"POST /key/v1/proof", "POST /key/v1/events", "POST /key/v1/ends"} <= set(told["paths"]), told
    assert {"@method", "@authority", "@path", "@status", "content-type", "content-digest", "signature", "created",
            "nonce", "tag", "body"} == set(told["changes"]), told
    other = Life.witness.ask(verify=handle.hex(), request={"secret": page.request_key(b"\0" * 32).hex()})
    assert other["requests"] == 0 and len(other["wrong"]) == told["requests"], other


def test_our_app_is_verified_there():
    Life.owner.ctl("contacts", "add", Life.contact.contact_id, "--label", "Kim")
    Life.contact.ctl("contacts", "accept", Life.owner.contact_id)
    Life.owner.ctl("revoke", Life.owner.ctl("keys")["keys"][0]["binding"], "--reason=lost", "--yes")
    signed = set()
    for exchange in Life.witness.ask(seen="/v1/accounts"):
        point = json.loads(exchange["request"])["computer"]["public_key"]
        computer = json.loads(exchange["answer"])["computer"]["id"]
        told = Life.witness.ask(verify=computer, request={"point": point})
        assert told["wrong"] == [] and told["requests"] >= 1, told
        signed.update(told["paths"])
        assert {"@method", "@path", "content-digest", "authorization", "nonce"} <= set(told["changes"]), told
    assert "PUT /v1/contacts" in signed and any(path.endswith("/state") for path in signed), signed


def credential_of_the_independent_key():
    held = Life.key.memory()["bindings"][-1]
    return held, {"handle": held["handle"].hex(), "request": {"secret": page.request_key(held["credential"]).hex()},
                  "answer": {"secret": page.answer_key(held["credential"]).hex()}}


def sign_there(kind, path, event=b"", detail=(), change=None, sequence=None):
    """Has npm sign a request of the independent key. Returns what came back, its answer decoded."""
    held, words = credential_of_the_independent_key()
    if sequence is None:
        Life.sequence += 1
    body = page.pack([kind, held["epoch"], sequence or Life.sequence, event, False, 42, list(detail)])
    told = Life.witness.ask(send={**words, "path": path, "body": body.hex(), "change": change})
    told["answer"] = page.unpack(bytes.fromhex(told["body"])) if told["signed"] else None
    return told


def test_what_it_signs_is_accepted():
    Life.key = PeerKey(Life.world, "hci2")
    Life.key.start()
    assert Life.key.pair(Life.owner)["reached"] == "own"
    Life.key.kill()  # from here on its credential is in other hands
    Life.sequence = Life.key.memory()["bindings"][-1]["sequence"]
    asked = sign_there(6, "/key/v1/state")
    assert (asked["status"], asked["answer"][0], asked["answer"][4]) == (200, 0, 2), asked
    raised = sign_there(3, "/key/v1/events", b"\5" * 16, [0, []])
    ended = sign_there(5, "/key/v1/ends", b"\5" * 16, [0])
    refused = sign_there(5, "/key/v1/ends", b"\6" * 16, [0])
    low = sign_there(6, "/key/v1/state", sequence=1)
    assert [told["status"] for told in (raised, ended, refused, low)] == [200, 200, 404, 409]
    for told in (asked, raised, ended, refused, low):
        assert told["verified"] is True and told["passed"] == [], told
    alert, = Life.contact.ctl("alerts")["alerts"]
    assert (alert["kind"], alert["state"]) == ("drill", "ended"), alert


def test_one_changed_byte_is_refused_by_ours():
    before = Life.owner.ctl("keys")["keys"]
    for change in ("@authority", "@path", "content-type", "content-digest", "signature", "created", "nonce", "tag",
                   "body"):
        told = sign_there(3, "/key/v1/events", b"\7" * 16, [0, []], change=change)
        assert told["status"] == REFUSED.get(change, 401) and not told["signed"], (change, told)
    after = Life.owner.ctl("keys")["keys"]
    alerts = Life.contact.ctl("alerts")["alerts"]
    assert before == after and len(alerts) == 1, (before, after, alerts)
    assert sign_there(6, "/key/v1/state")["status"] == 200


def test_all_of_it_is_as_openapi_says():
    spec = importlib.util.spec_from_file_location("check_answers", HERE.parent / "platform/check-answers.py")
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    api = checker.Api(HERE.parents[2] / "peers/platform/openapi.yaml")
    calls = Life.witness.ask(seen="/")
    wrong = [f"{call['method']} {call['path']} {call['status']}: {found}" for call in calls
             if (found := api.check({**call, "type": call["type"].split(";")[0]}))]
    assert wrong == [], "\n".join(wrong)
    answered = {re.sub("[0-9a-f]{32}", "{}", f"{call['method']} {call['path']} {call['status']}") for call in calls}
    print("# " + "\n# ".join(sorted(answered)))
    assert {"POST /v1/accounts 201", "POST /v1/offers 200", "POST /v1/attestations 200", "POST /key/v1/proof 200",
            "POST /key/v1/events 200", "POST /key/v1/ends 200", "GET /v1/keys 200", "POST /v1/keys/{}/state 200",
            "PUT /v1/contacts 200", "POST /v1/invitations/{} 200", "GET /v1/events 200"} <= answered, answered


def main():
    script = install()
    with World(keys=2) as Life.world:
        Life.world.keys.pop().kill()  # its adapter is for the other one
        Life.witness = Witness(Life.world, script)
        Life.witness.step_between(Life.world)
        Life.owner = Person("owner", dict(os.environ))
        Life.contact = Person("contact", Life.world.add_person("contact"))
        for person in (Life.owner, Life.contact):
            person.sign_up(Life.world.platform)
        tap.main(globals())


if __name__ == "__main__":
    main()
