#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""enigmctl status: would it work right now? Its words and its exit code, from a first drill to a
platform in whose place somebody else answers."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
import tap  # noqa: E402
from ctl import NOT_KNOWN, NOT_READY, OK, ask, pair, run, sign_up  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402

DAY = 24 * 60 * 60


def drill(world, kim=None):
    felt = world.keys[0].watch()
    world.keys[0].ctl("press5")
    felt.await_line("event drill accepted")
    assert ask("status", code=NOT_READY)["sentence"].startswith("DRILL: your drill is under way.")
    if kim:
        ask("alerts", "seen", ask("alerts", env=kim.env)["alerts"][0]["id"], env=kim.env)
    world.keys[0].ctl("long-press")
    felt.await_line("event drill ended")


def test_status():
    """Ready is 0, and nothing else is; each fact has its age and says for how long it counts."""
    with World(keys=1) as world:
        sign_up(world)
        pair(world)
        kim = Person("kim", world.add_person("kim"))
        kim.sign_up(world.platform)
        ask("contacts", "add", kim.contact_id, "--label", "Kim")
        assert ask("status", code=NOT_READY)["verdict"] == "nobody"
        ask("contacts", "accept", ask("account")["contact_id"], env=kim.env)
        assert ask("status", code=NOT_READY)["verdict"] == "not-tried"

        world.keys[0].ctl("battery", "80")
        drill(world, kim)
        answer = ask("status", code=OK)
        assert (answer["ready"], answer["known"], answer["verdict"]) == (True, True, "ready"), answer
        assert {(row["id"], row["level"]) for row in answer["evidence"]} == {
            (name, "ok") for name in ("key", "proof", "battery", "platform", "contacts", "drill")}, answer
        assert {row["id"]: row["counts_for"] for row in answer["evidence"]} == {
            "key": 300, "platform": 300, "contacts": 300, "proof": 2 * DAY, "battery": 2 * DAY,
            "drill": 30 * DAY}, answer
        code, out, err = run("status")
        assert (code, err) == (OK, ""), (code, out, err)
        lines = out.splitlines()
        assert lines[0] == "Ready. Proved by a drill just now.", out
        assert "✓ Its battery stood at 80 %, just now" in lines, out
        assert "  Told by the key · counts for 2 days" in lines, out
        assert "✓ A drill reached 1 contact, just now" in lines, out
        assert any(line.startswith("  Kim had seen it within ") and line.endswith(" · counts for 30 days")
                   for line in lines), out

        # The last drill counts, not the last good one.
        drill(world)
        assert ask("status", code=NOT_READY)["verdict"] == "reached-nobody"
        drill(world, kim)
        assert ask("status", code=OK)["verdict"] == "ready"
        # And somebody whom it reached has to be told still.
        ask("contacts", "remove", kim.contact_id)
        lou = Person("lou", world.add_person("lou"))
        lou.sign_up(world.platform)
        ask("contacts", "add", lou.contact_id)
        ask("contacts", "accept", ask("account")["contact_id"], env=lou.env)
        assert ask("status", code=NOT_READY)["verdict"] == "contacts-changed"


def test_certificate():
    """What answers in the platform's place is not a network that is down."""
    with World(adapters=None, platform=True) as world:
        sign_up(world)
        place = world.folder / "stranger"
        world.run("enigm-platform", "init", "--dir", place, "--origin", "https://localhost", "--maker-ca",
                  world.maker_ca / "maker-ca.pem")
        world.platform.kill()
        assert ask("status", code=NOT_KNOWN)["verdict"] == "away"
        for name in ("server.pem", "server-key.pem"):
            shutil.copy(place / name, world.platform.folder / name)
        world.platform.start()
        answer = ask("status", code=NOT_KNOWN)
        assert (answer["verdict"], answer["known"]) == ("certificate", False), answer
        assert answer["sentence"].endswith("the platform shows a certificate that is not trusted."), answer
        row = next(row for row in answer["evidence"] if row["id"] == "platform")
        assert row["remedy"].endswith("Ask whoever runs it before going on."), row
        code, out, err = run("status")
        assert (code, err) == (NOT_KNOWN, "") and "cannot be reached" not in out.splitlines()[0], out


if __name__ == "__main__":
    tap.main(globals())
