#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key's life with a real platform: bound through an app that has the network when the key has not,
an alert, a loss of power and of the platform, another pairing, revocation. In the order it stands."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
import tap  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402


class Life:
    """What the tests share, one after the other."""
    world = key = felt = owner = contact = None


def state():
    return json.loads(Life.key.ctl("state"))


def pair():
    Life.key.ctl("hold")
    last = {}
    for last in Life.owner.follow("pair", secrets=[("--code-fd", Life.key.setup_code)]):
        if last.get("step") == "confirm" and last.get("state") == "waiting":
            Life.key.ctl("press")
    return last


def alerts_of(person):
    return person.ctl("alerts")["alerts"]


def test_bound_through_the_app():
    Life.key.ctl("network", "off")
    Life.key.ctl("battery", "77")
    assert pair()["reached"] == "relayed"
    seen = state()
    assert (seen["binding"], seen["reached"], seen["computers"]) == ("trusted", "relayed", 1), seen


def test_reaches_the_platform_itself():
    Life.key.ctl("network", "on")
    while state()["reached"] != "own":
        Life.felt.await_line("state trusted")
    key, = Life.owner.ctl("keys")["keys"]
    assert key["battery"] == 77, key


def test_alert():
    Life.owner.ctl("contacts", "add", Life.contact.contact_id, "--label", "Kim")
    Life.contact.ctl("contacts", "accept", Life.owner.contact_id)
    Life.key.ctl("position", "51.5", "-0.12", "15")
    Life.key.ctl("press3")
    Life.felt.await_line("event alert accepted")
    alert, = alerts_of(Life.contact)
    assert (alert["kind"], alert["state"]) == ("alert", "active"), alert
    assert alert["position"]["longitude"] == -0.12, alert


def test_power_lost_during_an_alert():
    Life.key.kill()
    Life.key.start()
    Life.felt = Life.key.watch()
    assert state()["event"] == "alert", state()
    Life.key.ctl("long-press")
    Life.felt.await_line("event alert ended")
    alert, = alerts_of(Life.contact)
    assert (alert["state"], alert["ended_by"], alert["position"]) == ("ended", "key", None), alert


def test_platform_away():
    Life.world.platform.kill()
    Life.key.ctl("press3")
    Life.felt.await_line("event alert raised")
    Life.world.platform.start()
    Life.felt.await_line("event alert accepted")
    Life.key.ctl("long-press")
    Life.felt.await_line("event alert ended")
    assert len(alerts_of(Life.contact)) == 2


def test_reset_changes_no_owner():
    before = state()
    Life.key.ctl("reset")
    after = state()
    assert (after["binding_id"], after["owned"], after["computers"]) == (before["binding_id"], True, 0), after


def test_paired_once_more():
    pair()
    assert state()["computers"] == 1, state()
    Life.key.ctl("press3")
    Life.felt.await_line("event alert accepted")
    Life.key.ctl("long-press")
    Life.felt.await_line("event alert ended")


def test_revoked():
    Life.owner.ctl("revoke", state()["binding_id"], "--reason", "lost", "--yes")
    before = len(alerts_of(Life.contact))
    Life.key.ctl("press3")
    Life.felt.await_line("vibrate refused")
    assert len(alerts_of(Life.contact)) == before
    # Its owner is not for it to forget.
    assert (state()["binding"], state()["owned"]) == ("none", True), state()


if __name__ == "__main__":
    with World(keys=1) as Life.world:
        Life.key = Life.world.keys[0]
        Life.felt = Life.key.watch()
        Life.owner = Person("owner", dict(os.environ))
        Life.contact = Person("contact", Life.world.add_person("contact"))
        Life.owner.sign_up(Life.world.platform)
        Life.contact.sign_up(Life.world.platform)
        tap.main(globals())
