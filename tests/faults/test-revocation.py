#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A revocation that the platform could not be told waits, and is the first thing it is told."""
import json
import sys

from faults import FaultWorld, pair
import tap


def test_offline():
    with FaultWorld() as world:
        world.new_key()
        assert pair(world).process.returncode == 0
        binding, = world.look_platform()
        world.platform.kill()
        process = world.kim.start("revoke", binding, "--reason=stolen", "--yes")
        out, _ = process.communicate(timeout=30)
        assert json.loads(out.strip().splitlines()[-1])["waiting_to_revoke"], out
        assert world.look_platform() == {binding: "trusted"}

        world.platform.start()
        world.witness.reset()
        world.kim.ctl("keys")
        told = [what for who, what, _ in world.witness.events if who == "app" and what.startswith("sends")]
        assert told[0] == "sends POST /v1/keys/{binding}/state", told
        assert told.count(told[0]) == 1 and len(told) > 1, told
        answered = world.witness.events.index(("platform", "sends 200", 1))
        asked = [event for event in world.witness.events if event[1].startswith("sends GET")]
        assert all(world.witness.events.index(event) > answered for event in asked), world.witness.events
        assert world.look_platform() == {}, world.look_platform()


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
