#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""enigmctl as a person and a script meet it, in private worlds: words, codes, keyring, platform."""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
import tap  # noqa: E402
from ctl import (AWAY, FAILED, KEY, KEYRING, NOT_KNOWN, NOT_READY, OK, PASSWORD, PIN, REFUSED,  # noqa: E402
                 SIGNED_OUT, USAGE, ask, data_folder, pair, refused, run, sign_up, state_of)
from person import Person  # noqa: E402
from world import DEADLINE, World  # noqa: E402

VERBS = {"sign-up", "sign-in", "scan", "pair", "keys", "rename", "contacts", "invitations", "status",
         "drill", "alerts", "lost", "found", "revoke", "retire", "release", "revoke-all", "account",
         "change-password", "change-pin", "computers", "close-computers", "delete-account", "sign-out"}
NOBODY = "0" * 32


# The command line itself

def test_help():
    with World(adapters=None, keyring=False):
        for words in (["--help"], ["help"]):
            code, out, err = run(*words)
            assert (code, err) == (OK, "")
            listed = {line.split()[0] for line in out.splitlines() if line[:2] == "  " and line[2:3].isalpha()}
            assert listed == VERBS, listed ^ VERBS
            assert "Exit codes:" in out
        code, out, err = run()
        assert code == USAGE and "Usage:" in out
        code, out, err = run("--version")
        assert code == OK and out.startswith("enigmctl ")
        assert not data_folder().exists()
        code, out, err = run("--help")
        assert "130 interrupted" in out, out


def test_errors_for_a_script():
    """With --json every refusal is a line of JSON as well, wherever it comes from."""
    with World(adapters=1, keyring=True) as world:
        for words in (["no-such-verb"], ["keys", "extra"], ["keys", "--no-such-option"], ["revoke", NOBODY],
                      ["scan", "--seconds=x"], ["account", "delete"],
                      ["sign-in", "--user=owner", "--password-fd=99"], ["sign-in", "--password-fd=x"],
                      ["pair"]):
            for line in ([*words, "--json"], [words[0], "--json", *words[1:]]):
                code, out, err = run(*line)
                told = json.loads(out)
                assert (code, told["exit"]) == (USAGE, USAGE), (line, code, out)
                assert err == told["error"] + "\n", (err, told)
        # What follows “--” is no option.
        code, out, err = run("keys", "--", "--json")
        assert (code, out) == (USAGE, ""), (code, out)
        # A scan that hears nothing says so in the same way.
        answer = ask("scan", "--seconds=1", code=KEY)
        assert answer["exit"] == KEY and answer["error"].startswith("No key is on the air."), answer
        refused("scan", "--seconds=1", code=KEY, says="No key is on the air.")
        # So does what keeps the program from its state.
        data_folder().parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(data_folder(), ignore_errors=True)
        data_folder().write_text("in the way")
        answer = ask("account", code=FAILED)
        assert answer["exit"] == FAILED and answer["error"].endswith("."), answer
        assert world.folder.exists()


def test_words_that_will_not_do():
    usage = {
        (): ["no-such-verb", "--no-such-option", "Keys"],
        ("keys",): ["extra", "--no-such-option", "--yes", "--json=1"],
        ("account",): ["extra", "delete"],
        ("account", "export"): ["extra"],
        ("computers",): ["extra", "close"],
        ("computers", "close"): ["0123", "x" * 32],
        ("computers", "close", NOBODY): ["two"],
        ("status",): ["extra"],
        ("scan",): ["extra", "--seconds", "--seconds=0", "--seconds=601", "--seconds=x"],
        ("drill", "one"): ["two"],
        ("rename",): ["one"],
        ("rename", "one", "two"): ["three"],
        ("lost", "one"): ["two", "--reason=lost"],
        ("found", "one"): ["two"],
        ("revoke",): ["--yes"],
        ("revoke", "one"): ["two", "--reason=because", "--reason"],
        ("revoke", "--yes"): [""],
        ("retire", "one", "--yes"): ["two", "--reason=lost"],
        ("release", "one"): ["two"],
        ("contacts",): ["add", "remove", "move", "replace", "label", "note", "accept", "decline", "leave", "nothing", "",
                        "--label=x"],
        ("contacts", "add", "one"): ["two"],
        ("contacts", "move", "one"): ["sideways", "11", "-11", "1.5", ""],
        ("contacts", "label", "one"): [],
        ("contacts", "invitations"): ["one"],
        ("contacts", "remove", "one"): ["--label=x"],
        ("invitations",): ["accept", "nothing"],
        ("alerts",): ["show", "seen", "end", "delete", "nothing", ""],
        ("alerts", "watch"): ["one"],
        ("alerts", "show", "one"): ["two"],
        ("alerts", "export", "one"): ["two"],
    }
    with World(adapters=None, keyring=True):
        for words, more in usage.items():
            for last in more:
                refused(*words, last, code=USAGE, says="enigmctl: ")
        # What follows “--” is a word, whatever it looks like.
        refused("rename", "--", "--yes", "--name", code=SIGNED_OUT, says="Nobody is signed in")


def test_what_cannot_be_undone_is_asked_once():
    with World(adapters=None, keyring=True):
        for verb in ("revoke", "retire", "release"):
            refused(verb, NOBODY, code=USAGE, says="This cannot be undone")
            refused(verb, NOBODY, code=USAGE, says="Nothing was changed. To do it, add --yes.")
            refused(verb, NOBODY, "--yes", code=SIGNED_OUT, says="Nobody is signed in")


# Nobody, and the keyring

def test_signed_out():
    with World(adapters=None, keyring=True):
        for words in (["keys"], ["account"], ["contacts"], ["invitations"], ["alerts"], ["alerts", "watch"],
                      ["lost", NOBODY], ["found"], ["rename", NOBODY, "Kitchen"], ["drill"],
                      ["contacts", "add", "0000-0000-0000-0000-0000"]):
            refused(*words, code=SIGNED_OUT, says="Nobody is signed in on this computer.")
            answer = ask(*words, code=SIGNED_OUT)
            assert answer["exit"] == SIGNED_OUT and answer["error"].startswith("Nobody is signed in")
        refused("pair", code=SIGNED_OUT, says="Nobody is signed in", secrets=[("--code-fd", "0000-0000\n")])
        answer = ask("status", code=NOT_KNOWN)
        assert (answer["ready"], answer["known"], answer["evidence"]) == (False, False, []), answer


def test_keyring_missing():
    with World(adapters=None, keyring=False, platform=True) as world:
        refused("sign-up", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner",
                code=KEYRING, says="keyring",
                secrets=[("--password-fd", PASSWORD + "\n"), ("--pin-fd", PIN + "\n")])
        # Nothing was sent, so the name is still free.
        world.start_keyring()
        assert sign_up(world)["user"] == "owner"


def lock_keyring(world):
    world.run("busctl", f"--address={os.environ['DBUS_SESSION_BUS_ADDRESS']}", "call",
              "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
              "Lock", "ao", "1", "/org/freedesktop/secrets/collection/login")


def test_keyring_locked_then_gone():
    with World(adapters=None, keyring=True, platform=True) as world:
        sign_up(world)
        keyring = next(process for process in world.processes if process.name == "keyring")
        lock_keyring(world)
        for words in (["keys"], ["account"], ["status"], ["revoke", NOBODY, "--yes"]):
            refused(*words, code=KEYRING, says="locked")
            assert ask(*words, code=KEYRING)["exit"] == KEYRING
        # What the command line lacks comes first.
        refused("keys", "extra", code=USAGE, says="enigmctl keys")
        keyring.kill()
        refused("keys", code=KEYRING, says="keyring")
        # Nothing was lost meanwhile.
        world.start_keyring("keyring-again")
        assert ask("account")["user"] == "owner"


# Secrets

def test_secrets_come_from_descriptors():
    with World(adapters=None, keyring=True, platform=True) as world:
        start = ["sign-up", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner"]
        good = ("--password-fd", PASSWORD + "\n")
        # Never from an argument, which everybody on the computer can read.
        refused(*start, "--password=" + PASSWORD, code=USAGE, says="--password-fd")
        refused(*start, code=USAGE, says="--password-fd")
        refused(*start, code=USAGE, says="--pin-fd", secrets=[good])
        for number in ("x", "-1", "", "99999999999"):
            refused(*start, f"--password-fd={number}", code=USAGE, says="--password-fd")
        refused(*start, "--password-fd=99", code=USAGE, says="Nothing was sent.")
        for empty in ("", "\n", "x" * 512 + "\n"):
            refused(*start, code=USAGE, says="Nothing was sent.", secrets=[("--password-fd", empty)])
        # A short password and another PIN are refused here, not by the platform.
        for password, pin in (("short", PIN), ("x" * 257, PIN), (PASSWORD, "12345"), (PASSWORD, "12345x")):
            code, out, err = run(*start, secrets=[("--password-fd", password + "\n"), ("--pin-fd", pin + "\n")])
            assert (code, out) == (FAILED, ""), (code, out, err)
            assert password not in err and pin not in err
        # The last line needs no end, and the name is still free.
        answer = ask(*start, secrets=[("--password-fd", PASSWORD), ("--pin-fd", PIN)])
        assert answer["user"] == "owner"
        # Nothing secret lies about.
        for place in world.folder.glob("home/**/*"):
            if place.is_file():
                assert PASSWORD.encode() not in place.read_bytes(), place


def test_account():
    """Secrets changed, computers seen and closed, everything exported and deleted."""
    with World(adapters=None, keyring=True, platform=True) as world:
        sign_up(world)
        pin = [("--pin-fd", PIN + "\n")]

        def change(verb, old, name, new):
            return {"words": [verb], "secrets": [("--password-fd", old + "\n"), (name, new + "\n")]}

        wrong = change("change-password", "not the password", "--new-password-fd", "another password")
        refused(*wrong["words"], code=REFUSED, says="Nothing was changed", secrets=wrong["secrets"])
        right = change("change-password", PASSWORD, "--new-password-fd", "another password")
        assert ask(*right["words"], secrets=right["secrets"]) == {"changed": "password"}
        right = change("change-pin", "another password", "--new-pin-fd", PIN)
        assert ask(*right["words"], secrets=right["secrets"]) == {"changed": "pin"}

        other = world.add_person("other")
        ask("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner",
            "--computer=Attic", env=other, secrets=[("--password-fd", "another password\n")])
        computers = ask("computers")["computers"]
        assert {(item["name"] == "Attic", item["this"]) for item in computers} == {(True, False), (False, True)}
        attic = next(item["id"] for item in computers if not item["this"])
        refused("computers", "close", ask("account")["computer"], code=USAGE, says="enigmctl sign-out")
        assert ask("computers", "close", attic) == {"closed": 1}
        # Another run of it does not know yet, asks, and signs in again as it was told to.
        refused("keys", env=other, code=SIGNED_OUT, says="sign in again")
        again = ["sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner"]
        password = [("--password-fd", "another password\n")]
        ask(*again, "--computer=Attic", env=other, secrets=password)
        refused(*again, env=other, code=FAILED, says="signed in already", secrets=password)
        ask("sign-out", env=other)
        assert ask("close-computers", secrets=pin) == {"closed": 0}

        exported = ask("account", "export")
        assert exported["account"]["user"] == "owner" and len(exported["computers"]) == 3
        assert "another password" not in json.dumps(exported)

        refused("revoke-all", code=USAGE, says="add --yes", secrets=pin)
        assert ask("revoke-all", "--yes", secrets=pin) == {"revoked": 0}
        refused("delete-account", code=USAGE, says="add --yes", secrets=pin)
        refused("delete-account", "--yes", code=REFUSED, says="does not fit", secrets=[("--pin-fd", "000000")])
        assert ask("delete-account", "--yes", secrets=pin) == {"deleted": True}
        refused("account", code=SIGNED_OUT, says="Nobody is signed in")
        left = [place for place in data_folder().glob("*") if place.name != "lock"]
        assert left == [], left


def test_sign_in_and_out():
    with World(adapters=None, keyring=True, platform=True) as world:
        first = sign_up(world)
        assert ask("account")["contact_id"] == first["contact_id"]
        ask("sign-out")
        refused("account", code=SIGNED_OUT, says="Nobody is signed in")
        start = ["sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner"]
        refused(*start, code=REFUSED, says=".", secrets=[("--password-fd", "another password\n")])
        again = ask(*start, secrets=[("--password-fd", PASSWORD + "\n")])
        assert again["contact_id"] == first["contact_id"] and again["computer"] != first["computer"]
        # Not trusted: nothing but a certificate was seen.
        ask("sign-out")
        refused("sign-in", "--platform", world.platform.origin, "--user", "owner", code=AWAY, says="certificate",
                secrets=[("--password-fd", PASSWORD + "\n")])
        refused(*start[:3], "--pin-certificate", "00" * 32, "--user", "owner", code=AWAY, says="certificate",
                secrets=[("--password-fd", PASSWORD + "\n")])


# People

def test_contacts():
    with World(adapters=None, keyring=True, platform=True) as world:
        owner = Person("owner", dict(os.environ))
        kim = Person("kim", world.add_person("kim"))
        owner.sign_up(world.platform)
        kim.sign_up(world.platform)
        strangers = []
        for name in ("one", "two"):
            ask("sign-out", env=owner.env)
            strangers.append(sign_up(world, name)["contact_id"])
        ask("sign-out", env=owner.env)
        ask("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner",
            secrets=[("--password-fd", owner.password + "\n")])

        def ids():
            return [item["contact_id"] for item in ask("contacts")["contacts"]]

        assert ask("contacts") | {"known_at": 0} == {
            "contacts": [], "edits": "settled", "known": True, "known_at": 0}
        # However it is typed.
        ask("contacts", "add", kim.contact_id.lower().replace("-", " "), "--label", "Kim")
        ask("contacts", "add", strangers[0])
        ask("contacts", "add", strangers[1])
        assert ids() == [kim.contact_id, *strangers]
        listed = ask("contacts", "list")["contacts"][0]
        assert (listed["label"], listed["state"]) == ("Kim", "invited"), listed

        slip = kim.contact_id[:-1] + ("0" if kim.contact_id[-1] != "0" else "1")
        for word in (slip, "nonsense", kim.contact_id, owner.contact_id):
            code, out, err = run("contacts", "add", word)
            assert code in (FAILED, REFUSED) and out == "" and err.strip().endswith("."), (word, code, err)
        for word in ("", slip, "nonsense", owner.contact_id):
            refused("contacts", "remove", word, code=FAILED, says="Nothing was changed.")
        assert ids() == [kim.contact_id, *strangers]

        ask("contacts", "move", strangers[1], "up")
        assert ids() == [kim.contact_id, strangers[1], strangers[0]]
        ask("contacts", "move", strangers[1], "up")
        ask("contacts", "move", strangers[1], "up")  # at the top it stays
        assert ids() == [strangers[1], kim.contact_id, strangers[0]]
        ask("contacts", "move", "Kim", "down")
        assert ids() == [strangers[1], strangers[0], kim.contact_id]
        ask("contacts", "remove", strangers[1])
        assert ids() == [strangers[0], kim.contact_id]
        ask("contacts", "label", strangers[0], "Next door")
        assert ask("contacts")["contacts"][0]["label"] == "Next door"
        ask("contacts", "label", strangers[0], "")
        assert ask("contacts")["contacts"][0]["label"] == ""
        code, out, err = run("contacts", "label", strangers[0], "x" * 129)
        assert code == FAILED and "too long" in err

        # The other side.
        def asks():
            return ask("contacts", "invitations", env=kim.env)["invitations"]

        assert [(item["contact_id"], item["state"]) for item in asks()] == [(owner.contact_id, "invited")], asks()
        refused("contacts", "accept", strangers[0], env=kim.env, code=FAILED, says="Nothing was changed.")
        refused("contacts", "accept", "", env=kim.env, code=FAILED, says="Nothing was changed.")
        ask("contacts", "accept", asks()[0]["id"], env=kim.env)
        assert asks()[0]["state"] == "eligible"
        assert "You accepted just now." in run("invitations", env=kim.env)[1]
        assert ask("contacts")["contacts"][1]["state"] == "eligible"
        ask("invitations", "leave", owner.contact_id, env=kim.env)
        left = ask("contacts")["contacts"][1]
        assert (left["state"], left["reason"]) == ("not-eligible", "left"), left
        assert asks() == []
        assert run("invitations", env=kim.env)[1] == "Nobody asks you to be their contact.\n"

        # With the platform away: what was known, what only this computer knows, and nothing else.
        world.platform.kill()
        answer = ask("contacts", code=AWAY)
        assert answer["known"] is False and answer["known_at"] > 0
        assert [item["contact_id"] for item in answer["contacts"]] == [strangers[0], kim.contact_id]
        code, out, err = run("contacts")
        assert code == AWAY and out.startswith("The platform cannot be reached. This was known "), out
        ask("contacts", "label", kim.contact_id, "Kim S.")
        assert ask("contacts", code=AWAY)["contacts"][1]["label"] == "Kim S."

        # Changes wait in plain sight, and are sent before anything else.
        answer = ask("contacts", "remove", "Kim S.")
        assert answer["edits"] == "waiting"
        assert [item["waiting"] for item in answer["contacts"]] == ["", "remove"], answer
        answer = ask("contacts", "add", strangers[1], "--label", "Two")
        assert [item["waiting"] for item in answer["contacts"]] == ["", "remove", "add"], answer
        ask("contacts", "move", "Two", "up")
        code, out, err = run("contacts")
        assert code == AWAY and "Not invited yet" in out and "Being removed" in out, out
        assert "wait for the network" in out, out
        world.platform.start()
        assert ids() == [strangers[1], strangers[0]]
        assert ask("contacts")["edits"] == "settled"
        refused("contacts", "keep-mine", code=FAILED, says="nothing to decide")


def test_conflict():
    with World(adapters=None, keyring=True, platform=True) as world:
        owner = Person("owner", dict(os.environ))
        elsewhere = world.add_person("elsewhere")
        people = [Person(name, world.add_person(name)) for name in ("kim", "lou", "max")]
        for person in (owner, *people):
            person.sign_up(world.platform)
        kim, lou, extra = (person.contact_id for person in people)
        ask("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "owner",
            env=elsewhere, secrets=[("--password-fd", owner.password + "\n")])
        ask("contacts", "add", kim, "--label", "Kim")
        ask("contacts", env=elsewhere)

        # Without the network on both; the first to be back is the first to be sent.
        world.platform.kill()
        ask("contacts", "add", lou, "--label", "Lou")
        ask("contacts", "replace", kim, extra, env=elsewhere)
        world.platform.start()
        assert ask("contacts")["edits"] == "settled"

        refused("contacts", "keep-mine", env=elsewhere, code=REFUSED, says="Look again, then choose.")
        answer = ask("contacts", env=elsewhere)
        assert answer["edits"] == "conflict"
        assert (answer["mine"], answer["theirs"], answer["merged"]) == ([extra], [kim, lou], [extra, lou]), answer
        code, out, err = run("contacts", env=elsewhere)
        assert "On this computer, not sent" in out and "On the platform, in force" in out, out
        assert "Both changes together" in out, out
        refused("contacts", "add", kim, env=elsewhere, code=REFUSED, says="choose one first")
        ask("contacts", "merge", env=elsewhere)
        assert [item["contact_id"] for item in ask("contacts")["contacts"]] == [extra, lou]
        assert ask("contacts", env=elsewhere)["edits"] == "settled"

        # Where they contradict each other there is no list of both; and nothing is lost by looking.
        world.platform.kill()
        ask("contacts", "move", lou, "up")
        ask("contacts", "remove", lou, env=elsewhere)
        world.platform.start()
        ask("contacts")
        answer = ask("contacts", env=elsewhere)
        assert (answer["mine"], answer["theirs"], answer["merged"]) == ([extra], [lou, extra], None), answer
        assert "removed a contact whom the other moved" in run("contacts", env=elsewhere)[1]
        refused("contacts", "merge", env=elsewhere, code=REFUSED, says="Choose one of them.")
        ask("contacts", "keep-theirs", env=elsewhere)
        for env in (None, elsewhere):
            assert [item["contact_id"] for item in ask("contacts", env=env)["contacts"]] == [lou, extra]

        # A note is a person's own, as a label is.
        ask("contacts", "note", "Lou", "Works nights")
        assert ask("contacts")["contacts"][0]["note"] == "Works nights"
        assert ask("contacts", env=elsewhere)["contacts"][0]["note"] == ""
        refused("contacts", "note", "Lou", "x" * 1025, code=FAILED, says="too long")


# Keys and alerts

def test_keys():
    with World(keys=1) as world:
        sign_up(world)
        assert ask("keys")["keys"] == []
        assert ask("status", code=NOT_READY)["sentence"] == "You have no key yet."
        binding = pair(world)
        key = state_of(binding)
        assert (key["state"], key["reasons"], key["has_secret"]) == ("trusted", [], True), key
        assert key["history"][-1]["to"] == "trusted", key["history"]
        # What its owner tells whoever runs the platform.
        assert len(key["pseudonym"]) == 64, key
        assert f"whoever runs the platform: {key['pseudonym'][:12]}\n" in run("keys")[1]

        for word in (NOBODY, "", binding[:3], binding + "0"):
            for words in (["rename", word, "Kitchen"], ["lost", word], ["revoke", word, "--yes"]):
                code, out, err = run(*words)
                assert code in (USAGE, KEY) and out == "", (words, code, out)
        ask("rename", binding, "Kitchen")
        assert state_of(binding)["name"] == "Kitchen"
        ask("rename", binding[:8], "")
        assert state_of(binding)["name"] not in ("", "Kitchen")
        code, out, err = run("rename", binding, "x" * 129)
        assert code == FAILED and "unchanged" in err

        ask("lost", binding)
        key = state_of(binding)
        assert (key["state"], key["reasons"]) == ("restricted", ["lost"]), key
        assert ask("status", code=NOT_READY)["sentence"] == "Your key is marked as lost. Presses are refused."
        ask("found", binding)
        assert state_of(binding)["state"] == "trusted"
        # What is in force is not released, and the platform says so.
        code, out, err = run("release", binding, "--yes")
        assert code == REFUSED and out == "", (code, err)

        # Revoked with the platform away: it waits in plain sight, and goes first.
        world.platform.kill()
        answer = ask("revoke", binding, "--reason=stolen", "--yes", code=AWAY)
        assert answer["waiting_to_revoke"] is True and answer["state"] == "trusted", answer
        code, out, err = run("revoke", binding, "--yes")
        assert code == AWAY and "Until it is sent, the key still works." in out, (out, err)
        answer = ask("status", code=NOT_READY)
        assert answer["sentence"].startswith("Revoking waits for the network."), answer
        assert ask("keys", code=AWAY)["keys"][0]["waiting_to_revoke"] is True
        world.platform.start()
        assert ask("status", code=NOT_READY)["sentence"] == "Your key is revoked. It cannot raise an alert."
        key = state_of(binding)
        assert (key["state"], key["waiting_to_revoke"]) == ("revoked", False), key
        assert key["history"][-1] | {"time": 0} == {
            "time": 0, "from": "trusted", "to": "revoked", "by": "app", "reason": "stolen"}, key["history"]
        ask("release", binding, "--yes")


def test_alerts():
    with World(keys=1) as world:
        sign_up(world)
        binding = pair(world)
        kim = Person("kim", world.add_person("kim"))
        kim.sign_up(world.platform)
        ask("contacts", "add", kim.contact_id)
        ask("contacts", "accept", ask("account")["contact_id"], env=kim.env)
        assert ask("alerts")["alerts"] == []
        for verb in ("show", "seen", "end", "delete"):
            refused("alerts", verb, NOBODY, code=FAILED, says="Nothing was changed.")

        watch = kim.start("alerts", "watch")
        world.keys[0].ctl("press3")
        told = json.loads(watch.stdout.readline())
        assert (told["kind"], told["role"], told["state"]) == ("alert", "contact", "active"), told
        # Who watches keeps nobody out: another enigmctl is answered by it.
        assert ask("alerts", env=kim.env)["alerts"][0]["id"] == told["id"]
        assert ask("status", env=kim.env, code=NOT_READY)["known"]
        watch.send_signal(signal.SIGINT)
        rest, err = watch.communicate(timeout=DEADLINE)
        assert watch.returncode in (OK, 130) and err == "", (watch.returncode, err)

        # That it was shown is known to the owner, and then that it was seen.
        mine = ask("alerts")["alerts"][0]
        assert (mine["id"], mine["role"], mine["binding"]) == (told["id"], "owner", binding), mine
        assert "under way" in ask("status", code=NOT_READY)["sentence"]
        ask("alerts", "seen", told["id"], env=kim.env)
        mine = ask("alerts", "show", told["id"])
        stage = mine["contacts"][0]
        assert stage["contact_id"] == kim.contact_id and stage["notified"] and stage["seen"], stage

        # Each does what is theirs to do.
        code, out, err = run("alerts", "end", told["id"], env=kim.env)
        assert code in (FAILED, REFUSED) and out == "" and err.strip().endswith("."), (code, out, err)
        code, out, err = run("alerts", "delete", told["id"])
        assert code == REFUSED, (code, out, err)
        ask("alerts", "end", told["id"])
        exported = json.loads(run("alerts", "export")[1])["events"]
        assert [event["id"] for event in exported] == [told["id"]], exported
        assert exported[0]["contacts"][0]["contact_id"] == kim.contact_id, exported
        assert ask("alerts", "export", told["id"])["events"] == exported
        refused("alerts", "export", told["id"], env=kim.env, code=FAILED, says="of your own")
        assert ask("alerts", "export", env=kim.env)["events"] == []
        ended = ask("alerts", "show", told["id"], env=kim.env)
        assert ended["state"] == "ended" and ended["position"] is None, ended
        code, out, err = run("alerts", "show", told["id"], env=kim.env)
        assert "This does not show that they are safe." in out, out
        ask("alerts", "delete", told["id"])
        assert ask("alerts")["alerts"] == [] and ask("alerts", env=kim.env)["alerts"] == []


def fill_with_alerts(world, count, positions):
    """Alerts of the one account there is, each of which went on for hours. The first is under way."""
    base, now = sqlite3.connect(world.platform.folder / "platform.db"), int(time.time())
    ids = [number.to_bytes(16, "big") for number in range(1, count + 1)]
    with base:
        base.executemany(
            "INSERT INTO events SELECT ?1, ?2, id, zeroblob (16), 'alert', ?3, ?3, ?4,"
            " CASE WHEN ?4 THEN 'key' END, ?3 + 2000000 FROM accounts",
            [(event, number, now, now if number else None) for number, event in enumerate(ids)])
        base.executemany(
            "INSERT INTO event_positions (event, latitude, longitude, accuracy, time) VALUES (?, 52500000, 13400000, 12, ?)",
            [(event, now + i) for event in ids for i in range(positions)])
    base.close()
    return [event.hex() for event in ids]


def test_many_long_alerts():
    """However many alerts there are and however long they went on, what there is stays known."""
    with World(platform=True) as world:
        sign_up(world)
        world.platform.kill()
        ids = fill_with_alerts(world, count=1100, positions=60)
        world.platform.start()
        alerts = ask("alerts")["alerts"]
        # The newest, and the one that is under way, however old it is.
        assert [alert["id"] for alert in alerts] == [*reversed(ids[101:]), ids[0]], len(alerts)
        assert ask("status", code=NOT_READY)["known"]
        exported = ask("alerts", "export", ids[0])["events"]
        assert len(exported) == 1 and len(exported[0]["positions"]) == 60, exported
        world.platform.kill()
        assert len(ask("alerts", code=AWAY)["alerts"]) == 1000
        refused("alerts", "export", code=AWAY, says="cannot be reached")


if __name__ == "__main__":
    tap.main(globals())
