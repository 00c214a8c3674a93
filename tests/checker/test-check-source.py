#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of the checker against a text that breaks it and one that almost does."""
import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "world"))
import tap  # noqa: E402

spec = importlib.util.spec_from_file_location("check_source", HERE / "check-source.py")
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)

SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
HEADERS = {name: SPDX for name in
           ("app/protocol/enigm-cbor.h", "app/enigm-account.h", "app/cli/verb.h", "ui/window.h",
            "peers/key/key.h", "peers/key/enigm-key.h", "peers/platform/store.h", "app/enigm-key.h")}


def said(path, text, outside=None):
    """What the checker says about one file in a small tree."""
    tree = checker.Tree({**HEADERS, path: text}, outside)
    return [f"{line}: {message}" for where, line, message in tree.breaches() if where == path]


def breaks(path, text, words, line=None, **more):
    found = said(path, text, **more)
    assert len(found) == 1 and words in found[0], (path, text, words, found)
    assert line is None or found[0].startswith(f"{line}: "), (line, found)


def holds(path, text, **more):
    assert said(path, text, **more) == [], said(path, text, **more)


def test_licence():
    breaks("app/a.c", "int x;\n", "no SPDX line", 1)
    breaks("tests/run", "#!/bin/sh\necho\n", "no SPDX line")
    breaks("app/a.c", "/* SPDX-License-Identifier: MIT */\n", "no SPDX line")
    holds("app/a.c", SPDX)
    holds("app/b.json", "{}\n")
    holds("tests/run", "#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n")


def test_hosts():
    breaks("README.md", "x\nsee https://packages.somewhere.io/x\n", "names the host packages.somewhere.io", 2)
    breaks("README.md", "https://user@mirror.somewhere.io", "mirror.somewhere.io")
    breaks("README.md", "https://example.org.somewhere.io/", "names the host")
    holds("README.md", "https://keys.example.org/a http://localhost:1 http://www.w3.org/2000/svg")
    holds("COPYING", "https://fsf.somewhere.org/")


def test_places():
    breaks("HACKING.md", "cd /big/disk/enigm", "place of this computer", outside="/big/disk/")
    holds("HACKING.md", "cd /usr/share", outside="/big/disk/")


def test_sleeping():
    breaks("app/a.c", SPDX + "void f (void) { g_usleep (1); }\n", "sleeps", 2)
    breaks("tests/a.py", "# SPDX-License-Identifier: GPL-3.0-or-later\ntime.sleep(1)\n", "sleeps", 2)
    breaks("tests/a.sh", "#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n  sleep 1\n", "sleeps", 3)
    holds("app/a.c", SPDX + "void f (void) { asleep (1); }\n")


def test_unfinished():
    for word in ("TO" + "DO", "FIX" + "ME", "X" * 3):
        breaks("app/a.c", SPDX + f"/* {word}: later */\n", "finish it", 2)
    holds("app/a.c", SPDX + '"enigm-XXXXXX" "XXXX-XXXX-XXXX"\n')


def test_test_paths():
    breaks("app/a.c", SPDX + "#ifdef TEST\n#endif\n", "in tests", 2)
    breaks("ui/a.c", SPDX + "# if defined(ENIGM_TESTING)\n", "in tests")
    holds("app/a.c", SPDX + "#ifdef LATEST\n#endif\n")
    holds("tests/a.c", SPDX + "#ifdef TEST\n")


def test_layers():
    for path, name in (("app/protocol/a.c", "enigm-account.h"), ("app/protocol/a.c", "app/enigm-account.h"),
                       ("app/protocol/a.c", "window.h"), ("app/a.c", "window.h"), ("app/a.c", "verb.h"),
                       ("app/a.c", "store.h"), ("app/cli/a.c", "window.h"), ("ui/a.c", "store.h"),
                       ("peers/key/a.c", "enigm-account.h"),
                       ("peers/key/a.c", "store.h"), ("peers/platform/a.c", "peers/key/key.h")):
        breaks(path, SPDX + f'#include "{name}"\n', "does not look into", 2)
    for path, name in (("app/protocol/a.c", "enigm-cbor.h"), ("app/a.c", "enigm-cbor.h"),
                       ("app/a.c", "app/protocol/enigm-cbor.h"), ("app/cli/a.c", "enigm-account.h"),
                       ("ui/a.c", "enigm-account.h"), ("ui/a.c", "enigm-cbor.h"), ("ui/a.c", "verb.h"),
                       ("peers/key/a.c", "enigm-key.h"), ("app/a.c", "enigm-bluez.h"),
                       ("peers/key/a.c", "enigm-bluez.h"), ("app/a.c", "config.h")):
        holds(path, SPDX + f'#include "{name}"\n')
    breaks("ui/a.c", SPDX + '#include "enigm-bluez.h"\n', "BlueZ")
    breaks("app/protocol/a.c", SPDX + '#include "enigm-bluez.h"\n', "BlueZ")


def test_libraries():
    breaks("app/a.c", SPDX + "#include <gtk/gtk.h>\n", "does not use gtk/gtk.h", 2)
    breaks("app/cli/a.h", SPDX + "#include <adwaita.h>\n", "does not use")
    breaks("app/protocol/a.c", SPDX + "#include <libsoup/soup.h>\n", "does not use")
    breaks("peers/key/a.c", SPDX + "#include <sqlite3.h>\n", "does not use")
    holds("peers/platform/a.c", SPDX + "#include <sqlite3.h>\n")
    holds("app/a.c", SPDX + "#include <libsoup/soup.h>\n")
    holds("ui/a.c", SPDX + "#include <adwaita.h>\n")


def test_documented():
    bare = "char *enigm_code_read (const char *text,\n                       GError **error);\n"
    breaks("app/protocol/a.h", SPDX + bare, "enigm_code_read() has no gi-docgen comment", 2)
    breaks("peers/key/a.h", SPDX + "/* enigm_code_read: no */\n" + bare, "no gi-docgen")
    holds("app/protocol/a.h", SPDX + "/**\n * enigm_code_read:\n * @text: x\n */\n" + bare)
    holds("app/a.h", SPDX + "/**\n * enigm_x_go_async:\n */\nvoid enigm_x_go_async (int a);\n"
          "gboolean enigm_x_go_finish (int a);\n")
    holds("app/a.h", SPDX + "GType enigm_x_get_type (void);\nG_DECLARE_FINAL_TYPE (A, enigm_x, E, X, GObject)\n")
    holds("app/a-private.h", SPDX + bare)
    holds("app/a.c", SPDX + bare)


def test_translatable():
    breaks("ui/a.ui", "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
           '<property name="title">Your Keys</property>\n', "'Your Keys' is not translatable", 2)
    head = "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
    holds("ui/a.ui", head + '<property name="title" translatable="yes">Your Keys</property>\n'
          '<property name="label">1</property><property name="name">Your Keys</property>\n')


def test_words():
    for words in ("Oops!", "Something went wrong", "military-grade", "This device is lost",
                  "Error 401", "AA:BB:CC:DD:EE:FF"):
        breaks("ui/a.c", SPDX + f'f (_("{words}"));\n', "s", 2)
        breaks("ui/a.ui", "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
               f'<property name="title" translatable="yes">{words}</property>\n', "s", 2)
    breaks("app/a.c", SPDX + 'f (_("Nothing "\n   "went. Your device waits"));\n', "device", 2)
    breaks("po/a.pot", 'msgid ""\n"Find your device"\nmsgstr ""\n', "device", 1)
    holds("ui/a.c", SPDX + 'g_debug ("device"); f (_("Your key"));\n')
    holds("app/a.c", SPDX + 'f (_("The device credential"));\n')


def test_blocking():
    breaks("app/a.c", SPDX + "x = g_bus_get_sync (b);\n", "g_bus_get_sync() blocks", 2)
    breaks("ui/a.c", SPDX + "secret_password_store_sync(a);\n", "blocks")
    holds("app/a.c", SPDX + "/* g_bus_get_sync () */ out_of_sync (); g_bus_get (b);\n")
    holds("tests/a.c", SPDX + "g_bus_get_sync ();\n")


def test_constant_time():
    for call in ("memcmp (mac, their->mac, 32)", "g_bytes_equal (tag, self->tag)",
                 "strcmp (self->token, get_token (x))", "g_str_equal (password,\n  other)",
                 "memcmp (a, self->request_key, 32)", "memcmp (confirm_v, share->confirm, 32)"):
        breaks("peers/a.c", SPDX + f"x = {call};\n", "takes longer", 2)
    for call in ("CRYPTO_memcmp (mac, other, 32)", "memcmp (id, computer->id, 16)",
                 'g_str_equal (name, "password")', "memcmp (machine, stage, 4) + f (mac)",
                 "/* memcmp (mac, x, 3) */", "g_hash_table_new (g_str_hash, g_str_equal)"):
        holds("app/a.c", SPDX + f"x = {call};\n")


def test_length():
    breaks("app/a.c", SPDX + "int x;\n" * 501, "501 lines")
    holds("app/a.c", SPDX + "int x;\n" * 500)
    holds("app/a.c", SPDX + "\n" * 600 + "/*" + "x\n" * 600 + "*/")


def test_exceptions_name_files_that_are_there():
    root = HERE.parent.parent
    for path in [*checker.LONG, *(path for path, _ in checker.BLOCKING)]:
        assert (root / path).exists(), f"{path} is gone"


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
