#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contacts page: whom one removes, whom one must not list, one's own words, and others who ask."""
import os
import pathlib
import shutil
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from codes import slip  # noqa: E402
from driver import Window  # noqa: E402
from person import Person  # noqa: E402
from world import World  # noqa: E402


def make_people(world, *names):
    """Ada, and others with accounts."""
    people = [Person(name, world.add_person(name)) for name in names]
    ada = Person("ada", dict(os.environ))
    for person in (ada, *people):
        person.sign_up(world.platform)
    return ada, *people


def befriend(owner, contact, *label):
    owner.ctl("contacts", "add", contact.contact_id, *label)
    contact.ctl("contacts", "accept", owner.contact_id)


def open_contacts(world, scheme="light"):
    window = Window(world, env=dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}"))
    window.press("Contacts")
    return window


def asks(person):
    """How many have this person as their contact, or ask for it."""
    return len(person.ctl("contacts", "invitations")["invitations"])


def remove(window, label):
    window.press(f"What to do with {label}")
    window.press("Remove")
    window.await_text(f"Removing {label}…")


def test_removal():
    """What is said of somebody who is being removed is so at each moment, also if the app dies."""
    with World(platform=True, display="virtual", screen="360x760") as world:
        ada, kim, lee, max_ = make_people(world, "kim", "lee", "max")
        for person, label in ((kim, "Kim"), (lee, "Lee"), (max_, "Max")):
            befriend(ada, person, "--label", label)
        window = open_contacts(world)
        window.await_text("Kim")

        # In the seconds in which it can be taken back they are told as ever, and that is said.
        remove(window, "Kim")
        window.await_text("Being removed. Until the platform has that, an alert reaches them")
        assert not window.shows("Kim is no longer told"), window.describe()
        window.picture("narrow-light-contacts-removing")
        assert asks(kim) == 1
        # The app dies before they are over: the removal does not.
        window.process.kill()
        assert asks(kim) == 1
        window = open_contacts(world, "dark")
        window.await_true(lambda: asks(kim) == 0, "the removal to reach the platform")
        window.await_true(lambda: not window.shows("Kim"), "Kim to leave the list")

        # When it holds it is said.
        remove(window, "Lee")
        window.await_text("Lee is no longer told")
        assert asks(lee) == 0
        window.picture("narrow-dark-contacts-removed")

        # Without the network it does not, however long ago it was.
        world.platform.kill()
        remove(window, "Max")
        window.await_true(lambda: not window.shows("Removing Max…"), "the time to take it back to be over")
        window.await_text("Being removed. Until the platform has that, an alert reaches them")
        window.await_text("Until then an alert reaches the contacts of before.")
        window.picture("narrow-dark-contacts-removing-offline")
        assert not window.shows("Max is no longer told"), window.describe()
        world.platform.start()
        window.await_text("Max is no longer told")
        assert asks(max_) == 0
        window.close()


def test_session_ends():
    """Told to end in the seconds in which a removal can be taken back, as a session does: it holds first."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada, kim, lee, max_ = make_people(world, "kim", "lee", "max")
        for person, label in ((kim, "Kim"), (lee, "Lee"), (max_, "Max")):
            befriend(ada, person, "--label", label)
        window = open_contacts(world)
        remove(window, "Kim")
        assert asks(kim) == 1
        window.close()
        assert window.process.popen.returncode == 0, "the app ended without an end of its own"
        assert asks(kim) == 0
        # Without the platform it ends as well, and goes on when it is started again.
        window = open_contacts(world)
        window.await_true(lambda: not window.shows("Kim"), "Kim to be off the list")
        world.platform.kill()
        remove(window, "Lee")
        window.close()
        world.platform.start()
        assert asks(lee) == 1
        window = open_contacts(world)
        window.await_true(lambda: asks(lee) == 0, "the removal to reach the platform")
        # A platform that does not answer is waited for; who says it once more does not wait.
        world.platform.process.popen.send_signal(signal.SIGSTOP)
        remove(window, "Max")
        app = window.process
        app.popen.terminate()
        window.await_true(lambda: not window.frames(), "the window to go")
        assert app.popen.poll() is None, "the app did not wait for the platform"
        app.popen.terminate()
        assert app.ends_within(5), app.tail()
        world.platform.kill()
        world.platform.start()
        assert asks(max_) == 1
        window = open_contacts(world)
        window.await_true(lambda: asks(max_) == 0, "the removal to reach the platform")
        window.close()


def test_ids():
    """A contact ID that will not do is named as such as soon as it is typed, and nothing is sent."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada, kim = make_people(world, "kim")
        befriend(ada, kim, "--label", "Kim")
        window = open_contacts(world)
        window.press("Invite…")
        for text, words in ((slip(kim.contact_id), "This contact ID has a typing error."),
                            (ada.contact_id, "This is your own contact ID."),
                            (kim.contact_id, "This contact is on your list already."),
                            (kim.contact_id.replace("-", "").lower(), "This contact is on your list already.")):
            window.type("Their contact ID", "")
            window.await_true(lambda: not window.shows("Nothing was sent."), "what was said before to go")
            window.type("Their contact ID", text)
            window.await_text(words)
        window.picture("invite-listed")
        # One that is too short may yet become a whole one; who goes on with it is told.
        window.type("Their contact ID", kim.contact_id[:9])
        window.await_true(lambda: not window.shows("Nothing was sent."), "what was said before to go")
        window.press("Invite")
        window.await_text("This contact ID has a typing error.")
        window.key("Escape")
        assert [item["label"] for item in ada.ctl("contacts")["contacts"]] == ["Kim"]
        window.close()


def test_words():
    """A label and a note are changed in the window, and not shown as kept where they are not."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada, kim = make_people(world, "kim")
        befriend(ada, kim, "--label", "Kim")
        window = open_contacts(world)
        window.press("What to do with Kim")
        window.press("Label and Note…")
        window.type("Label", "Kim K.")
        window.type("Note", "Has a key to the flat")
        window.press("Save")
        window.button("What to do with Kim K.")
        window.await_true(lambda: ada.ctl("contacts")["contacts"][0]["note"] == "Has a key to the flat", "the note")
        window.await_text("Has a key to the flat")
        assert ada.ctl("contacts")["contacts"][0]["label"] == "Kim K."

        # The place on disk is taken: what cannot be written is said, and what was there is shown.
        kept = pathlib.Path(os.environ["XDG_DATA_HOME"]) / "enigm/account.sealed"
        aside = kept.with_name("aside")
        shutil.move(kept, aside)
        (kept / "in the way").mkdir(parents=True)
        window.press("What to do with Kim K.")
        window.press("Label and Note…")
        window.type("Label", "Nobody")
        window.press("Save")
        window.await_text("The label could not be kept")
        window.picture("label-not-kept")
        window.press("Close")
        window.button("What to do with Kim K.")
        shutil.rmtree(kept)
        shutil.move(aside, kept)
        window.close()


def test_asked():
    """Who asks is declined, or accepted and left again, and they learn it."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada, kim, lee = make_people(world, "kim", "lee")

        def state_at(person):
            contact = person.ctl("contacts")["contacts"][0]
            return contact["state"], contact["reason"]

        kim.ctl("contacts", "add", ada.contact_id)
        window = open_contacts(world)
        window.await_text(f"{kim.contact_id} asks you to be their contact")
        window.press("Decline")
        window.await_true(lambda: not window.shows("asks you to be their contact"), "the question to go")
        assert state_at(kim)[0] == "declined", state_at(kim)

        lee.ctl("contacts", "add", ada.contact_id)
        window.await_text(f"{lee.contact_id} asks you to be their contact")
        window.press("Accept")
        window.await_text(f"You are a contact of {lee.contact_id}")
        assert state_at(lee)[0] == "eligible", state_at(lee)
        window.press("Leave")
        window.await_true(lambda: not window.shows("You are a contact of"), "it to be over")
        assert state_at(lee) == ("not-eligible", "left"), state_at(lee)
        window.close()


if __name__ == "__main__":
    tap.main(globals())
