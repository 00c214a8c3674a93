# SPDX-License-Identifier: GPL-3.0-or-later
"""What the person reads when a pairing ends: what happened, what is unchanged, what to do."""

PAIRED = "Your key reached the platform by itself and proved who it is."
RELAYED = ("Your key proved who it is, so far only through this computer. Take it where it has mobile data and run "
           "a drill.")
JOINED = ("This computer can look after the key, which proved that it is the one you paired. Run a drill to see "
          "that it reaches your contacts.")
LOST = ("The connection to the key was lost. Nothing was bound. Bring the key close to this computer, hold its "
        "button until its light turns, and try again.")
MAY_FINISH = ("The pairing was interrupted, and the platform has not heard from the key yet. Your key finishes by "
              "itself when it has mobile data within ten minutes. Otherwise nothing is bound, and you can pair it "
              "again.")
ELSEWHERE = ("Your key is paired and works, but the pairing ended before it was certain that you can manage "
             "it from this computer. If you cannot, hold the key's button until its light turns and pair it here once "
             "more.")
AWAY = ("The platform at localhost cannot be reached, or has a fault. Nothing was bound. Check this computer's "
        "connection and try again in a while.")
CANCELLED = "The pairing was cancelled. Nothing was bound, and you can pair the key at any time."
UNKNOWN = ("The platform at localhost cannot be reached, or has a fault, so it is not known whether your key is paired. If "
           "the key reaches it within ten minutes, it finishes by itself; otherwise nothing is bound. Check this "
           "computer's connection, look at your keys, and pair it again if it is missing.")
TOOK_TOO_LONG = "This pairing was cancelled or took too long. Nothing is bound. Pair the key again."
LOCKED = ("Your keyring is locked. Nothing was changed, and your key goes on working. Unlock the keyring to go on.")
NO_KEYRING = ("No keyring answers on this computer. Nothing was changed, and your key goes on working. Start or "
              "install a keyring, such as GNOME Keyring or KWallet, and try again.")
CLOCK = ("The platform does not accept this computer’s signature. Nothing was changed, and your key goes on "
         "working. Check this computer’s clock, then sign in again.")

# On the first page, after the app was gone: how things stand.
NOBODY = "An alert would reach nobody: no contact has accepted."
UNFINISHED = "Pairing is not finished. Nothing is bound."
NOT_HEARD = "Your key is bound; this computer has not heard from it yet."
REVOKED = "Your key is revoked. It cannot raise an alert."
NO_KEY = "You have no key yet."
# And beside that, what to do where the key is not in order.
PAIR_ONE = "Pair a key."
CONTINUE = "Take it where it has reception, or continue pairing."
REMEDIES = {NOBODY: None, UNFINISHED: PAIR_ONE, NOT_HEARD: CONTINUE, REVOKED: PAIR_ONE, NO_KEY: PAIR_ONE}
