#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key's flash comes back as it was before the binding that is in force: what is read and felt then,
and that pairing again mends it."""
import socket
import sys

from faults import DEADLINE, FaultWorld, fits, pair
import sentences
import tap


def test_before_the_binding():
    with FaultWorld() as world:
        key = world.new_key()
        binding = world.pair_before(world.kim)
        assert fits(world.look())
        key.kill()
        (key.state / "state").unlink()
        key.start()
        assert world.look_key()["binding"] == "none"

        # Who presses feels at once that nothing was sent. The platform cannot know, and the app says what it knows.
        with socket.socket(socket.AF_UNIX) as hand:
            hand.settimeout(DEADLINE)
            hand.connect(str(key.control))
            hand.sendall(b"watch\n")
            felt = hand.makefile("r")
            assert felt.readline() == "ok\n"
            key.ctl("press3")
            assert "vibrate refused\n" in felt
        assert world.kim.status() == sentences.NOBODY
        assert world.look_platform() == {binding: "trusted"}

        key.ctl("hold")
        again = pair(world)
        assert again.process.returncode == 0 and again.sentence == sentences.PAIRED, again.sentence
        seen = world.look()
        assert fits(seen) and binding not in seen["platform"], seen


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
