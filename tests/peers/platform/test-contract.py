#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real platform beside its openapi.yaml: every route that the file has, asked from outside.

The asker is neither app nor key of ours: it signs up and signs as PROTOCOL.md says, and each answer it gets
is held to the file. That needs every route to be there, to know who may ask, and to refuse what the file
says is refused; what a pairing and a drill bring about, ../npm/test-npm.py holds to the same file.
"""
import base64
import http.client
import importlib.util
import json
import os
import pathlib
import re
import secrets
import ssl
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
sys.path[:0] = [str(HERE.parent / "independent"), str(SOURCE / "tests/world")]

from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: E402

import page  # noqa: E402
from peer_key import PeerKey  # noqa: E402
from person import Person  # noqa: E402
import tap  # noqa: E402
from world import World  # noqa: E402

METHODS = ("GET", "PUT", "POST", "DELETE")
NOBODY = "00" * 16
KEY_PATHS = {1: "/key/v1/proof", 3: "/key/v1/events", 4: "/key/v1/positions", 5: "/key/v1/ends", 6: "/key/v1/state"}
# What a request needs to be read at all, where `{}` is not enough.
BODIES = {
    "/v1/keys/{binding}/state": {"to": "lost", "reason": "lost"},
    "/v1/keys/{binding}/orders": {"purpose": "drill", "session": page.base64url(bytes(32)),
                                  "nonce": page.base64url(bytes(32))},
    "/v1/events/{id}/stage": {"stage": "seen"},
    "/v1/invitations/{id}": {"answer": "accept"},
}


def load_checker():
    spec = importlib.util.spec_from_file_location("check_answers", HERE / "check-answers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Api(SOURCE / "peers/platform/openapi.yaml")


API = load_checker()


class Life:
    """What the tests share, one after the other."""
    world = asker = owner = key = None


class Asker:
    """Somebody with an account, a computer's key and a TLS connection, and nothing of this project's code."""

    def __init__(self, platform):
        self.host = platform.origin.removeprefix("https://")
        name, port = self.host.rsplit(":", 1)
        self.connection = http.client.HTTPSConnection(
            name, int(port), timeout=30, context=ssl.create_default_context(cafile=str(platform.ca)))
        self.private, self.point = page.new_pair()
        self.token = self.computer = None

    def send(self, method, path, headers, body):
        """(status, type, answer); the answer has been held to openapi.yaml."""
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        data = answer.read()
        text = data.decode() if kind.endswith("json") else ""
        is_json = headers.get("Content-Type") == "application/json"
        found = API.check({"method": method, "path": path, "request": body.decode() if is_json else "",
                           "status": answer.status, "type": kind, "answer": text})
        assert found is None, f"{method} {path} {answer.status}: {found}"
        return answer.status, kind, json.loads(text) if text else data

    def ask(self, method, path, words=None, signed=False, bearer=True, spoil=None):
        """Like send(), with what the request needs; `spoil` is what is wrong with it."""
        body = b"" if words is None else json.dumps(words).encode()
        headers = {"Content-Type": "application/json", "Host": self.host}
        if bearer:
            headers["Authorization"] = "Bearer " + (page.base64url(bytes(32)) if spoil == "bearer" else self.token)
        if path == "/v1/contacts" and method == "PUT":
            headers["If-Match"] = '"1"'
        if signed:
            self.sign(method, path, headers, body)
        if spoil == "signature":
            text = headers["Signature"]
            headers["Signature"] = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
        return self.send(method, path, headers, body)

    def sign(self, method, path, headers, body):
        headers["Content-Digest"] = page.digest(body)
        values = {"@method": method, "@authority": self.host, "@path": path, "content-type": "application/json",
                  "content-digest": page.digest(body)}
        values.update((name.lower(), headers[name]) for name in ("If-Match", "Authorization") if name in headers)
        params = "({});created={};nonce=\"{}\";keyid=\"{}\";tag=\"enigm-computer\"".format(
            " ".join(f'"{name}"' for name in values), int(time.time()), page.base64url(secrets.token_bytes(16)),
            self.computer)
        lines = [f'"{name}": {value}' for name, value in values.items()]
        base = "\n".join([*lines, f'"@signature-params": {params}']).encode()
        r, s = utils.decode_dss_signature(self.private.sign(base, ec.ECDSA(hashes.SHA256())))
        signature = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
        headers.update({"Signature-Input": "enigm=" + params, "Signature": f"enigm=:{signature}:"})

    def sign_up(self):
        words = {"user": "asker", "password": "practice password", "pin": "135790",
                 "computer": {"name": "a computer", "public_key": page.base64url(self.point)}}
        status, _, answer = self.ask("POST", "/v1/accounts", words, bearer=False)
        assert status == 201, answer
        self.token, self.computer = answer["session"]["token"], answer["computer"]["id"]


def operations():
    """(method, pattern, path with IDs that nobody has, wants a bearer, wants a signature, operation)"""
    for pattern, item in API.api["paths"].items():
        for method in METHODS:
            if method.lower() in item:
                operation = item[method.lower()]
                security = operation.get("security", [{}])[0]
                yield (method, pattern, re.sub(r"\{\w+\}", NOBODY, pattern),
                       bool({"bearer", "administrator"} & set(security)), "signature" in security, operation)


def is_administrators(operation):
    """Whether it is Command's: an account's session is none there, as the first test sees."""
    return "administrator" in operation.get("security", [{}])[0]


def problem(answer):
    return answer[2]["type"].removeprefix("urn:enigm:problem:") if answer[1] == "application/problem+json" else None


def test_every_route_is_in_the_file():
    served = set()
    for source in (SOURCE / "peers/platform").glob("enigm-*.c"):
        served |= set(re.findall(r'^  \{ "(GET|PUT|POST|DELETE)", "(/[^"]*)", ENIGM_ROUTE', source.read_text(), re.M))
    written = {(method, re.sub(r"\{\w+\}", "{}", pattern)) for method, pattern, *_ in operations()}
    assert len(served) > 30 and served == written, served ^ written


def test_only_who_may_is_answered():
    counted = 0
    for method, pattern, path, bearer, signed, operation in operations():
        words = None if method in ("GET", "DELETE") else {}
        if bearer:
            for spoil in ("bearer", None) if is_administrators(operation) else ("bearer",):
                told = Life.asker.ask(method, path, words, signed, spoil=spoil)
                assert (told[0], problem(told)) == (401, "session-ended"), (method, pattern, told)
            without = Life.asker.ask(method, path, words, bearer=False)
            assert without[0] == 401, (method, pattern, without)
        if signed:
            for spoil in ("signature", None):
                told = Life.asker.ask(method, path, words, spoil is not None, bearer, spoil)
                assert (told[0], problem(told)) == (401, "signature-wrong"), (method, pattern, told)
        counted += bearer or signed
    assert counted > 25, counted


def test_what_does_not_parse_is_refused():
    for method, pattern, path, bearer, signed, operation in operations():
        if is_administrators(operation):
            continue
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            told = Life.asker.ask(method, path, [], signed, bearer)
            assert (told[0], problem(told)) == (400, "malformed"), (method, pattern, told)
            if operation["requestBody"]["content"]["application/json"]["schema"].get("$ref", "").endswith("/Nothing"):
                continue
            told = Life.asker.ask(method, path, {"unheard": 1}, signed, bearer)
            assert (told[0], problem(told)) == (400, "malformed"), (method, pattern, told)


def test_what_nobody_has_is_unknown():
    counted = 0
    for method, pattern, path, bearer, signed, operation in operations():
        if is_administrators(operation):
            continue
        if "{" in pattern and "unknown" in operation.get("x-problems", []) and not pattern.endswith("/joins"):
            words = None if method in ("GET", "DELETE") else BODIES.get(pattern, {})
            told = Life.asker.ask(method, path, words, signed, bearer)
            assert (told[0], problem(told)) == (404, "unknown"), (method, pattern, told)
            counted += 1
    assert counted >= 8, counted


def test_what_everybody_may_see():
    for method, pattern, path, bearer, signed, operation in operations():
        if method == "GET" and "{" not in pattern and pattern != "/v1/stream" and not is_administrators(operation):
            told = Life.asker.ask(method, path, None, signed, bearer)
            assert told[0] == 200, (pattern, told)
        other = next(name for name in ("PATCH", "PUT", "DELETE", "GET") if name.lower() not in API.find(path))
        assert Life.asker.ask(other, path, None, bearer=False)[0] == 405, pattern


def ask_as_key(kind, event=b"", detail=(), sequence=None, created=None, body=None, secret=None):
    """(status, outcome); outcome None where the answer has no signature."""
    held = Life.held
    Life.sequence += 1
    if body is None:
        body = page.pack([kind, held["epoch"], sequence or Life.sequence, event, False, 80, list(detail)])
    key = page.request_key(secret or held["credential"])
    fields = page.request_headers(key, held["handle"], Life.asker.host, KEY_PATHS[kind], body,
                                  created or int(time.time()), secrets.token_bytes(16))
    status, kind_of_answer, answer = Life.asker.send("POST", KEY_PATHS[kind], {**fields, "Host": Life.asker.host}, body)
    return status, page.unpack(answer)[0] if kind_of_answer == "application/cbor" else None


def test_what_a_key_is_told():
    Life.key.pair(Life.owner)
    Life.key.kill()
    Life.held, = Life.key.memory()["bindings"]
    Life.sequence = Life.held["sequence"]
    event, position = b"\1" * 16, [51500000, -120000, 15, 0]
    told = {(1, b"", ()): (200, 0), (3, event, (0, ())): (200, 0), (4, event, (tuple(position),)): (200, 0),
            (5, event, (0,)): (200, 0), (6, b"", ()): (200, 0), (4, b"\2" * 16, (tuple(position),)): (404, 9),
            (5, b"\2" * 16, (0,)): (404, 9)}
    for (kind, of, detail), expected in told.items():
        got = ask_as_key(kind, of, [list(part) if isinstance(part, tuple) else part for part in detail])
        assert got == expected, (kind, of, got)
    for kind in KEY_PATHS:
        assert ask_as_key(kind, secret=b"\0" * 32) == (401, None), kind
        assert ask_as_key(kind, created=int(time.time()) - 1000) == (409, 1), kind
        assert ask_as_key(kind, body=b"\x80") == (400, 8), kind
    assert ask_as_key(6, sequence=1) in ((409, 2), (409, 4))
    Life.owner.ctl("lost", Life.held["id"].hex())
    assert ask_as_key(3, b"\3" * 16, [0, []]) == (403, 5)
    assert ask_as_key(6) == (200, 0)
    Life.owner.ctl("revoke", Life.held["id"].hex(), "--reason=stolen", "--yes")
    assert ask_as_key(3, b"\3" * 16, [0, []]) == (410, 6)


def test_the_last_words():
    status, _, answer = Life.asker.ask("POST", "/v1/sessions/renewal", {}, signed=True, bearer=False)
    assert status == 201
    Life.asker.token = answer["token"]
    assert Life.asker.ask("DELETE", "/v1/session", signed=True)[0] == 200
    assert problem(Life.asker.ask("GET", "/v1/account")) == "session-ended"


def main():
    with World(platform=True) as Life.world:
        Life.owner = Person("owner", dict(os.environ))
        Life.owner.sign_up(Life.world.platform)
        Life.key = PeerKey(Life.world)
        Life.key.start()
        Life.asker = Asker(Life.world.platform)
        Life.asker.sign_up()
        tap.main(globals())


if __name__ == "__main__":
    main()
