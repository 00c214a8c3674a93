# SPDX-License-Identifier: GPL-3.0-or-later
"""A newcomer's way through the window, from the account to a revoked key: each method is a part of
it, and leaves a picture of every page it comes through."""
from codes import slip
from steps import create_account


def invitation_of(person):
    """Whoever asks this person."""
    return person.ctl("contacts", "invitations")["invitations"][0]["contact_id"]


def pair(window, key):
    """From the pairing window's first page to its last."""
    window.await_text("Hold the key's button until its light turns.")
    key.ctl("hold")
    window.press("Next")
    # As somebody copies it: small letters, no hyphens, O for 0, and the line's end with it.
    window.type("Setup code", key.setup_code.lower().replace("-", " ").replace("0", "o") + "\n")
    window.press("Check the Code")
    window.await_text("Press its button once")
    window.picture("pairing-confirm")
    key.ctl("press")
    window.await_text("Your Key Is Paired")


class WindowJourney:
    """The window of somebody who has no account yet, the key in their hand, and two people elsewhere
    who have accounts: the one they choose, and one they think better of."""

    def __init__(self, window, key, friend, other):
        self.window = window
        self.key = key
        self.friend = friend
        self.other = other

    def account(self):
        window = self.window
        window.await_text("No platform yet?")
        window.picture("welcome")
        create_account(window, "ada")
        window.picture("status-no-key")

    def pair(self):
        window = self.window
        window.press("Pair a Key")
        pair(window, self.key)
        window.await_text("Your key reached the platform by itself")
        window.picture("pairing-ready")

    def invite(self):
        window = self.window
        window.press("Invite Contacts")
        window.type("Their contact ID", slip(self.friend.contact_id))
        window.press("Invite")
        window.await_text("typing error")
        window.picture("invite-mistyped")
        window.type("Their contact ID", self.friend.contact_id.lower())
        window.type("Label (only you see it)", "Grace")
        window.press("Invite")
        window.await_text("no answer yet")
        window.picture("contacts-invited")
        self.friend.ctl("contacts", "accept", invitation_of(self.friend))
        window.await_text("Accepted")
        window.picture("contacts-accepted")

    def edit(self):
        """A second contact is labelled, moved to the top, and removed; the platform hears of each."""
        window = self.window
        window.press("Invite…")
        window.type("Their contact ID", self.other.contact_id)
        window.type("Label (only you see it)", "Linus")
        window.press("Invite")
        window.await_text("Linus")
        window.press("What to do with Linus")
        window.press("Label and Note…")
        window.type("Label", "Linus from work")
        window.press("Save")
        window.press("What to do with Linus from work")
        window.press("Move Up")
        window.await_true(lambda: self.labels() == ["Linus from work", "Grace"], "the new order")
        window.picture("contacts-edited")
        window.press("What to do with Linus from work")
        window.press("Remove")
        window.await_text("Linus from work is no longer told")
        window.await_true(lambda: self.labels() == ["Grace"], "one contact to be left")
        window.await_true(lambda: self.other.ctl("contacts", "invitations")["invitations"] == [],
                          "that the other one is no longer asked")

    def labels(self):
        """The labels of the contacts, from the top, as they stand in the window."""
        names = [name for _, name in self.window.each(lambda node: node.get_name())]
        # Each button has another inside that GTK calls the same.
        return list(dict.fromkeys(name.removeprefix("What to do with ") for name in names
                                  if name and name.startswith("What to do with ")))

    def drill(self):
        window, friend = self.window, self.friend
        window.press("Status")
        window.await_text("Paired, but not tried yet.")
        window.picture("status-not-tried")
        self.key.ctl("hold")
        window.press("Run a Drill")
        window.await_text("The platform holds it for them.")
        window.picture("drill-watching")
        alert = friend.ctl("alerts")["alerts"][0]
        assert alert["kind"] == "drill", alert
        friend.ctl("alerts", "seen", alert["id"])
        window.await_text("Everybody Has Seen It")
        window.await_text("Has seen it, after")
        window.picture("drill-done")
        window.press("Close")
        window.await_text("Ready. Proved by a drill")
        window.picture("status-ready")
        window.press("Alerts")
        window.await_text("1 of 1 contact has seen it.")
        window.picture("alerts")

    def alert(self):
        window = self.window
        self.key.ctl("press3")
        window.await_text("ALERT")
        window.picture("alerts-now")
        window.press("Status")
        window.await_text("Your alert is under way.")
        window.picture("status-alert")
        window.press("Open")
        window.await_text("Your alert is under way. 0 of 1 contact has seen it.")
        window.picture("alert-own")
        self.key.ctl("long-press")
        window.await_text("Ended on the key itself")
        window.picture("alert-ended")
        window.press("Back")

    def revoke(self):
        window = self.window
        window.key("ctrl+comma")
        window.await_text("Your keys")
        window.picture("settings-keys")
        window.click("Enigm Key")
        window.await_text("What you can do")
        window.picture("settings-key")
        window.await_text("Number for whoever runs the platform")
        window.press("Copy the Number")
        window.await_text("The number is copied")
        window.press("Revoke…")
        window.await_text("It stops working at once, wherever it is.")
        window.picture("revoke-ask")
        window.press("Revoke")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        window.picture("settings-revoked")

    steps = (account, pair, invite, edit, drill, alert, revoke)
