#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key written from PROTOCOL.md alone, in the hands of the real app and the real platform.

In the order it stands: paired, a drill that reaches a contact, met again without the code, power lost,
revoked, bound again."""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "world")]

from peer_key import PeerKey  # noqa: E402
from person import Person  # noqa: E402
import tap  # noqa: E402
from world import World  # noqa: E402


STATE = "answered 6"  # the answer to a request that asks for the state


class Life:
    """What the tests share, one after the other."""
    world = key = owner = contact = binding = None


def alerts():
    return Life.contact.ctl("alerts")["alerts"]


def test_pairs_with_the_app():
    last = Life.key.pair(Life.owner)
    assert last["reached"] == "own", last
    Life.binding = last["binding"]
    shown, = Life.owner.ctl("keys")["keys"]
    assert (shown["state"], shown["battery"]) == ("trusted", 80), shown
    Life.key.await_line("state trusted")


def test_a_wrong_code_opens_nothing():
    Life.key.hand("hold")
    Life.key.await_line("light on")
    code = Life.key.setup_code
    other = Life.key.another_code()
    process = Life.owner.start("pair", secrets=[("--code-fd", other)])
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0 and "code" in out + err, (out, err)
    assert code != other and Life.key.memory()["failures"] == 1


def test_a_drill_by_hand_reaches_a_contact():
    Life.owner.ctl("contacts", "add", Life.contact.contact_id, "--label", "Kim")
    Life.contact.ctl("contacts", "accept", Life.owner.contact_id)
    Life.key.hand("press5")
    Life.key.await_line("event drill accepted")
    told, = alerts()
    assert (told["kind"], told["from"]) == ("drill", Life.owner.contact_id), told
    Life.key.hand("long-press")
    Life.key.await_line("event ended")
    told, = alerts()
    assert told["state"] == "ended", told


def drill_from(computer):
    """A drill that a computer of the owner orders, met again without the code."""
    Life.key.hand("hold")
    Life.key.await_line("light on")
    lines = computer.follow("drill")
    last = next(line for line in lines if line.get("step") == "watch")
    told, = [item for item in alerts() if item["state"] == "active"]
    Life.contact.ctl("alerts", "seen", told["id"])
    for last in lines:
        pass
    assert last["contacts"][0]["seen_ms"] is not None, last


def test_a_drill_the_app_asks_for():
    drill_from(Life.owner)


def test_a_second_computer_joins():
    laptop = Person("owner", Life.world.add_person("laptop"))
    laptop.sign_in(Life.world.platform)
    assert Life.key.pair(laptop)["binding"] == Life.binding
    assert [item["active"] for item in Life.key.memory()["computers"]] == [True, True]
    drill_from(laptop)
    laptop.ctl("sign-out")
    Life.key.hand("ask")
    assert Life.key.await_line(STATE) == "0 2"
    assert len(Life.key.memory()["computers"]) == 1


def test_power_lost():
    Life.key.kill()
    Life.key.start()
    Life.key.hand("ask")
    assert Life.key.await_line(STATE) == "0 2"


def test_a_memory_that_fell_back():
    earlier = Life.key.memory_file.read_bytes()
    for _ in range(3):
        Life.key.hand("ask")
        assert Life.key.await_line(STATE) == "0 2"
    Life.key.kill()
    Life.key.memory_file.write_bytes(earlier)
    Life.key.start()
    Life.key.hand("press5")
    Life.key.await_line("event drill accepted")
    Life.key.hand("long-press")
    Life.key.await_line("event ended")


def test_revoked_and_notices():
    Life.owner.ctl("revoke", Life.binding, "--reason=lost", "--yes")
    before = len(alerts())
    Life.key.hand("press5")
    Life.key.await_line("state none")
    Life.key.await_line("vibrate refused")
    assert len(alerts()) == before
    memory = Life.key.memory()
    assert memory["bindings"] == [] and memory["owner"]["binding"].hex() == Life.binding


def test_bound_again_by_its_owner():
    last = Life.key.pair(Life.owner)
    assert last["binding"] != Life.binding, last
    held, = Life.key.memory()["bindings"]
    assert (held["id"].hex(), held["state"]) == (last["binding"], 2)


def main():
    with World(platform=True) as Life.world:
        Life.owner = Person("owner", dict(os.environ))
        Life.contact = Person("contact", Life.world.add_person("contact"))
        for person in (Life.owner, Life.contact):
            person.sign_up(Life.world.platform)
        Life.key = PeerKey(Life.world)
        Life.key.start()
        tap.main(globals())


if __name__ == "__main__":
    main()
