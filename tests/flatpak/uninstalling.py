# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left after signing out and uninstalling is what flatpak/README.md says, and nothing else."""
import os
import pathlib
import subprocess

from gi.repository import GLib
from person import Person
from portals import SETTLED, STARTS, create_account, open_form
from sandbox import ID, SandboxWorld

DATA = f".var/app/{ID}/data/"
# What README names: an index of fonts, the window's settings, and the lock, which is empty.
FONTS = f".var/app/{ID}/cache/fontconfig/"
LEFT = [FONTS, f".var/app/{ID}/config/glib-2.0/settings/keyfile", f"{DATA}enigm/lock"]
# The one thing in the keyring is what the Secret portal made for this app.
KEPT = {"app_id": 1, "xdg:schema": 0}


def what_is_outside(it):
    """Everything at home, in the keyring, and in what the desktop remembers of permissions."""
    home = pathlib.Path(os.environ["HOME"])
    connection = it.connect()

    def ask(name, path, interface, method, arguments, answer):
        return connection.call_sync(name, path, interface, method, arguments, GLib.VariantType(answer), 0, -1,
                                    None).unpack()
    secrets = "org.freedesktop.secrets"
    store = "org.freedesktop.impl.portal.PermissionStore"
    kept = {name: len(sum(ask(secrets, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "SearchItems",
                              GLib.Variant("(a{ss})", ({name: ID},)), "(aoao)"), [])) for name in ("app_id", "xdg:schema")}
    permissions = []
    for table in ("background", "notifications", "documents", "devices", "desktop-used-apps", "inhibit"):
        for name in ask(store, "/org/freedesktop/impl/portal/PermissionStore", store, "List",
                        GLib.Variant("(s)", (table,)), "(as)")[0]:
            told = ask(store, "/org/freedesktop/impl/portal/PermissionStore", store, "Lookup",
                       GLib.Variant("(ss)", (table, name)), "(a{sas}v)")[0]
            permissions += [(table, name) for app in told if app == ID]
    connection.close_sync(None)
    # Of the desktop's own files, the keyring and the store of permissions are looked into above.
    files = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()
                   and not {"keyrings", "flatpak"} & set(path.relative_to(home).parts[:3]))
    return files, kept, sorted(permissions)


def added(before, after):
    """The files that were not there before; those of the index count as one."""
    return sorted({FONTS if name.startswith(FONTS) else name for name in set(after[0]) - set(before[0])})


def sign_in_and_out(it):
    """In the window: a file is chosen, listening and starting by itself are switched on, and signing out
    in the settings ends all of it."""
    window = open_form(it)
    window.press("Choose a File")
    window.await_node(lambda node: "/doc/" in window.text(node) and it.platform.ca.name in window.text(node))
    create_account(window)
    window.open_settings()
    window.flip("Listen when closed")
    window.await_text(SETTLED)
    window.flip("Start when you sign in to this computer")
    window.await_text(STARTS)
    assert it.starts()
    files, secrets, _ = what_is_outside(it)
    assert {f"{DATA}enigm/account.sealed", f"{DATA}keyrings/default.keyring"} < set(files), files
    assert secrets == KEPT, secrets
    window.press("Account")
    window.press("Sign Out…")
    window.await_text("Your key goes on working.")
    window.press("Sign Out")
    window.await_text("No platform yet?")
    # The desktop is told to start it no more.
    window.await_true(lambda: not it.starts(), "the desktop to start it no more")
    window.end()


def test_uninstalling(installation):
    mine = installation.copy()
    try:
        with SandboxWorld(mine, platform=True, display="virtual", desktop="allows") as it:
            home = pathlib.Path(os.environ["HOME"])
            # Settings are kept where they are on a desktop.
            del os.environ["GSETTINGS_BACKEND"]
            before = what_is_outside(it)
            assert before[1:] == ({"app_id": 0, "xdg:schema": 0}, []), before
            sign_in_and_out(it)
            signed_out = what_is_outside(it)
            assert added(before, signed_out) == LEFT, signed_out
            assert (home / DATA / "enigm/lock").stat().st_size == 0
            assert signed_out[1] == KEPT, signed_out
            # As somebody new, without a window.
            again = Person("again", dict(os.environ))
            again.sign_up(it.platform)
            again.ctl("sign-out")

            mine.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", ID)
            left = what_is_outside(it)
            assert added(before, left) == LEFT, left
            assert left[1] == KEPT, left[1]
            print(f"# permissions that are left: {left[2]}")
            assert {table for table, _ in left[2]} == {"background", "documents"}, left[2]

            # What README says removes these.
            mine.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", "--delete-data", "--unused")
            mine.install_bundle(installation.bundle)
            mine.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", "--delete-data", ID)
            assert not (home / f".var/app/{ID}").exists()
            # GNOME Keyring lets go of what its portal made only in the next session.
            it.restart_keyring(unlocked=True)
            subprocess.run(["secret-tool", "clear", "app_id", ID], check=True)
            mine.run("flatpak", "permission-reset", ID)
            assert what_is_outside(it) == before, (what_is_outside(it), before)
    finally:
        mine.remove()
