#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys as enigmctl deals with them: one taking another's place, all revoked at once, and what is
refused in the state that a key is in."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
import tap  # noqa: E402
from codes import other_code  # noqa: E402
from ctl import (KEY, NOT_READY, OK, PIN, REFUSED, ask, pair, refused, run, sign_up,  # noqa: E402
                 state_of)
from world import World  # noqa: E402


def test_unfinished():
    """A pairing that failed is not forgotten: status says so until one is finished."""
    with World(keys=1) as world:
        sign_up(world)
        key = world.keys[0]
        key.ctl("hold")
        code, out, err = run("pair", secrets=[("--code-fd", other_code(key.setup_code) + "\n")])
        assert code == KEY and "The code does not match this key." in err, (code, err)
        answer = ask("status", code=NOT_READY)
        assert answer["sentence"].startswith("Pairing is not finished."), answer
        pair(world)
        assert not ask("status", code=NOT_READY)["sentence"].startswith("Pairing is not finished.")


def test_replace():
    """A new key takes the place of an old one, which ends then and not before."""
    with World(keys=2) as world:
        sign_up(world)
        old = pair(world)
        refused("pair", "--replace=" + "0" * 32, code=KEY, says="You have no such key.",
                secrets=[("--code-fd", world.keys[1].setup_code + "\n")])
        assert state_of(old)["state"] == "trusted"
        new = pair(world, 1, "--replace=" + old[:8])
        assert state_of(new)["state"] == "trusted"
        assert (state_of(old)["state"], state_of(old)["history"][-1]["reason"]) == ("replaced", "replaced")
        # It has ended, so nothing takes its place again.
        refused("pair", "--replace=" + old, code=REFUSED, says="cannot be replaced in the state it is in",
                secrets=[("--code-fd", world.keys[1].setup_code + "\n")])


def test_revoke_all():
    """All keys that have not ended, at once, with the PIN; or none."""
    with World(keys=2) as world:
        sign_up(world)
        bindings = [pair(world), pair(world, 1)]
        ask("lost", bindings[0])
        refused("revoke-all", "--yes", code=REFUSED, says="The PIN does not fit.",
                secrets=[("--pin-fd", "000000\n")])
        assert [state_of(binding)["state"] for binding in bindings] == ["restricted", "trusted"]
        answer = ask("revoke-all", "--reason=stolen", "--yes", secrets=[("--pin-fd", PIN + "\n")])
        assert answer == {"revoked": 2}, answer
        for binding in bindings:
            key = state_of(binding)
            assert (key["state"], key["history"][-1]["reason"]) == ("revoked", "stolen"), key
        assert ask("revoke-all", "--yes", secrets=[("--pin-fd", PIN + "\n")]) == {"revoked": 0}


def test_named_alike():
    """Wherever a key is named, the beginning of its binding will do, and a name of its own."""
    with World(keys=2) as world:
        sign_up(world)
        first, second = pair(world), pair(world, 1)
        ask("rename", second[:6], "Kitchen")
        refused("drill", code=KEY, says="You have several keys. Name one")
        refused("drill", "Cellar", code=KEY, says="You have no such key.")
        world.keys[1].ctl("hold")
        code, out, err = run("drill", "Kitchen", "--no-wait", "--json")
        assert code == OK, (code, out, err)
        world.keys[0].ctl("hold")
        code, out, err = run("drill", first[:6], "--no-wait", "--json")
        assert code == OK, (code, out, err)


def test_refused_by_state():
    """What a key's state does not allow is said by that state, with what can be done instead."""
    with World(keys=2) as world:
        sign_up(world)
        binding = pair(world)
        refused("release", binding, "--yes", code=REFUSED,
                says="This key is in force, and not released. Nothing changed. Revoke or retire it first.")
        ask("lost", binding)
        refused("retire", binding, "--yes", code=REFUSED,
                says="This key is marked as lost. Nothing changed. Say first that you found it, or revoke it.")
        ask("revoke", binding, "--reason=replaced", "--yes")
        for verb in (["lost"], ["found"], ["retire", "--yes"]):
            refused(*verb, binding, code=REFUSED, says="This key is already revoked. Nothing changed.")
        assert state_of(binding)["history"][-1]["reason"] == "replaced"
        ask("release", binding, "--yes")
        released = state_of(binding)["history"][-1]
        assert released | {"time": 0} == {
            "time": 0, "from": "revoked", "to": "released", "by": "app", "reason": "released"}, released
        assert state_of(binding)["released"]


def test_paired_again():
    """A binding that has ended is not released while a newer one of the same key is in force."""
    with World(keys=1) as world:
        sign_up(world)
        old = pair(world)
        ask("revoke", old, "--yes")
        # It vibrates once each time that its button was held, and switched off it forgets that.
        world.keys[0].kill()
        world.keys[0].start()
        pair(world)
        refused("release", old, "--yes", code=REFUSED, says="This key is paired again and in force. Nothing changed.")


if __name__ == "__main__":
    tap.main(globals())
