#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status page: would it work right now? What it says after the platform was restored, when
somebody else answers in its place, and in every state that stands between a person and an alert."""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from person import Person  # noqa: E402
from steps import open_window, pair_in_terminal  # noqa: E402
from world import World  # noqa: E402

DAY = 24 * 60 * 60
RESTORED = "An alert would be taken; run a drill to prove it."


def befriend(owner, friend):
    owner.ctl("contacts", "add", friend.contact_id, "--label", "Grace Hopper")
    friend.ctl("contacts", "accept", owner.contact_id)


def furnish(world):
    """Somebody with a key, at the computer that the window will be on, and a friend who accepted."""
    friend = Person("friend", world.add_person("friend"))
    friend.sign_up(world.platform)
    ada = Person("ada", dict(os.environ))
    ada.sign_up(world.platform)
    pair_in_terminal(ada, world.keys[0])
    befriend(ada, friend)
    return ada, friend


def drill(key, friend=None):
    """A drill from the key itself, over before anything else happens; seen by the friend, if any."""
    felt = key.watch()
    key.ctl("press5")
    felt.await_line("event drill accepted")
    if friend:
        friend.ctl("alerts", "seen", friend.ctl("alerts")["alerts"][0]["id"])
    key.ctl("long-press")
    felt.await_line("event drill ended")


def restore(world, with_journal):
    """The platform comes back from a copy, with or without what has happened since."""
    config, copy = world.platform.folder / "platform.conf", world.folder / "copy"
    world.run("enigm-platform", "backup", "--config", config, "--to", copy)
    world.platform.kill()
    if not with_journal:
        (world.platform.folder / "platform.journal").unlink()
    world.run("enigm-platform", "restore", "--config", config, "--from", copy,
              *([] if with_journal else ["--without-journal"]))
    # Nothing that was signed up to this second is accepted.
    Window.await_next_second()
    world.platform.start()


def test_restored_with_journal():
    """A key that the platform has not heard since is trusted, and proved by nothing from before."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        _, friend = furnish(world)
        drill(world.keys[0], friend)
        window = Window(world)
        window.await_text("Ready. Proved by a drill")
        restore(world, with_journal=True)
        window.key("F5")
        window.await_text(RESTORED)
        window.await_text("Your key has not been heard from since the platform was restored")
        window.await_text("That was before the platform was restored, and proves nothing now")
        assert not window.shows("by itself") and not window.shows("Proved by a drill")
        window.picture("status-restored")
        drill(world.keys[0], friend)
        window.await_text("Ready. Proved by a drill")
        window.await_text("The key reached the platform by itself")
        window.close()


def test_restored_without_journal():
    """Nothing is in force until its owner says so: the key is confirmed here, then proved."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada, friend = furnish(world)
        drill(world.keys[0], friend)
        window = open_window(world)
        window.await_text("Ready. Proved by a drill")
        restore(world, with_journal=False)
        window.key("F5")
        window.await_text("This computer was closed in your account.")
        window.press("Sign In")
        window.type("Password", ada.password)
        window.press("Sign In")
        window.await_text("Presses are refused until you confirm it.")
        window.await_text("Your key waits for you to confirm it")
        assert not window.shows("Proved by a drill")
        window.press("I Have It…")
        window.await_text("in your hands?")
        window.picture("status-confirm")
        window.press("I Have It")
        window.await_text("An alert would reach nobody: no contact has accepted.")

        shutil.rmtree(pathlib.Path(friend.env["XDG_DATA_HOME"]) / "enigm", ignore_errors=True)
        friend.sign_in(world.platform)
        ada.ctl("contacts", "remove", friend.contact_id)
        befriend(ada, friend)
        window.await_text(RESTORED)
        assert not window.shows("by itself") and not window.shows("Proved by a drill")
        drill(world.keys[0], friend)
        window.await_text("Ready. Proved by a drill")
        window.close()


@contextlib.contextmanager
def stranger(world):
    """Somebody else in the platform's place, with a certificate of their own making."""
    names = ("server.pem", "server-key.pem")
    place = world.folder / "stranger"
    world.run("enigm-platform", "init", "--dir", place, "--origin", "https://localhost", "--maker-ca",
              world.maker_ca / "maker-ca.pem")
    world.platform.kill()
    for name in names:
        shutil.move(world.platform.folder / name, world.platform.folder / f"own-{name}")
        shutil.copy(place / name, world.platform.folder / name)
    world.platform.start()
    yield
    world.platform.kill()
    for name in names:
        shutil.move(world.platform.folder / f"own-{name}", world.platform.folder / name)
    world.platform.start()


def test_certificate():
    """Signed in, and another certificate: said as that, everywhere, for as long as it is so."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada, _ = furnish(world)
        window = Window(world)
        window.await_text("Paired, but not tried yet.")
        with stranger(world):
            window.key("F5")
            window.await_text("the platform shows a certificate that is not trusted.")
            window.await_text("Nothing was sent, and nothing was changed. Ask whoever runs it before going on.")
            # Whatever else has the window look again leaves it standing.
            process = ada.start("status")
            process.communicate()
            assert process.returncode == 11, process.returncode
            window.press("Contacts")
            window.await_text("Grace Hopper")
            window.await_text("Ask whoever runs it before going on.")
            assert not window.shows("cannot be reached")
            window.press("Status")
            window.picture("status-certificate")
        window.key("F5")
        window.await_text("Paired, but not tried yet.")
        window.await_true(lambda: not window.shows("certificate"), "the certificate to be forgotten")
        world.platform.kill()
        window.key("F5")
        window.await_text("the platform cannot be reached")
        assert not window.shows("certificate")
        window.close()


def change_record(world, *statements):
    """Makes the platform remember another past. It is asked for again once it is back."""
    world.platform.kill()
    with contextlib.closing(sqlite3.connect(world.platform.folder / "platform.db")) as database:
        for statement in statements:
            database.execute(*statement)
        database.commit()
    world.platform.start()


def check_states(screen, scheme, name):
    """Each state in one look: its sentence, its button, and a picture in which nothing is cut off."""
    with World(keys=1, display="virtual", screen=screen) as world:
        key = world.keys[0]
        friend = Person("friend", world.add_person("friend"))
        friend.sign_up(world.platform)
        before = Person("ada", world.add_person("before"))
        before.sign_up(world.platform)
        pair_in_terminal(before, key)
        befriend(before, friend)
        drill(key, friend)
        past = 34 * DAY
        change_record(world, ("UPDATE events SET pressed = pressed - ?, received = received - ?, ended = ended - ?",
                              (past, past, past)))
        # A computer that was not there then hears of it now.
        ada = Person("ada", dict(os.environ))
        ada.password = before.password
        ada.sign_in(world.platform)
        window = Window(world, env=dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}"))

        def look(state, sentence, button=None):
            window.await_text(sentence)
            if button:
                window.button(button)
            window.check_fit(int(screen.split("x", maxsplit=1)[0]))
            window.picture(f"status-{name}-{state}")

        look("stale", "Not proved for 34 days.", "Run a Drill")
        key.ctl("battery", "15")
        drill(key)
        look("reached-nobody", "The last drill reached nobody.", "Run a Drill")
        drill(key, friend)
        look("battery-low", "Ready, but the battery was low")
        key.ctl("battery", "3")
        drill(key, friend)
        window.key("F5")
        look("charge", "Charge your key: its battery stood at 3 %", "Run a Drill")
        ada.ctl("lost")
        look("lost", "Your key is marked as lost.", "I Found It")
        change_record(world, ("UPDATE bindings SET state = 3, restrictions = 4",))
        window.key("F5")
        look("unproved", "Presses are refused until you confirm it.", "I Have It…")
        change_record(world, ("UPDATE bindings SET state = 1, restrictions = 0, proved = NULL, begun = ?",
                              (int(time.time()),)))
        window.key("F5")
        look("pending", "Your key is bound; this computer has not heard from it yet.", "Continue")
        with stranger(world):
            window.key("F5")
            look("certificate", "shows a certificate that is not trusted.", "Try Again")
        window.close()


def test_states_narrow():
    check_states("360x760", "dark", "narrow")


def test_states_wide():
    check_states("1000x900", "light", "wide")


if __name__ == "__main__":
    tap.main(globals())
