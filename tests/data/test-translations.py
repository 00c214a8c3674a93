#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every word a person sees can be translated, and the translations that are here are whole."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402

SOURCE = pathlib.Path(os.environ["ENIGM_SOURCE_DIR"])
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3")
MARKED = re.compile(r'\b(?:_|N_|C_|NC_|ngettext) \(\s*"|translatable="(?:yes|true)"')
# Code and translations are not written by the same people: so many may be missing, of a hundred.
BEHIND = 5


def lines(name):
    return [line for line in (SOURCE / "po" / name).read_text().splitlines() if line and not line.startswith("#")]


def run(*argv):
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False, env=dict(os.environ, LC_ALL="C.UTF-8"))
    assert done.returncode == 0, done.stderr
    return done


def template(folder):
    pot = pathlib.Path(folder) / "template.pot"
    said = run("xgettext", "--from-code=UTF-8", "--directory", SOURCE, "--files-from", SOURCE / "po/POTFILES",
               "--output", pot, *[f"--keyword={word}" for word in KEYWORDS])
    assert not said.stderr, said.stderr
    return pot


def test_every_file_is_listed():
    marked = {str(path.relative_to(SOURCE)) for folder in ("app", "ui") for path in (SOURCE / folder).rglob("*.[cu]*")
              if path.suffix in (".c", ".ui") and MARKED.search(path.read_text())}
    listed = lines("POTFILES")
    assert len(listed) == len(set(listed)), "listed twice"
    unlisted = sorted(marked - set(listed))
    assert not unlisted, f"not in po/POTFILES: {unlisted}"
    idle = [name for name in listed if not (SOURCE / name).exists()]
    assert not idle, f"in po/POTFILES, but not there: {idle}"


def test_translations():
    with tempfile.TemporaryDirectory(prefix="enigm-po-") as folder:
        pot = template(folder)
        for language in lines("LINGUAS"):
            po = SOURCE / "po" / f"{language}.po"
            # Fails where a format, a plural or the header is wrong.
            said = run("msgfmt", "--check", "--output-file=/dev/null", po)
            assert not said.stderr.strip(), said.stderr
            merged = pathlib.Path(folder) / f"{language}.po"
            run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, po, pot)
            missing = [line for line in run("msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", merged)
                       .stdout.splitlines() if line.startswith('msgid "') and line != 'msgid ""']
            fuzzy = run("msgattrib", "--only-fuzzy", "--no-obsolete", merged).stdout
            total = sum(line.startswith("msgid ") for line in pot.read_text().splitlines())
            print(f"# {language}: {total - len(missing)} of {total}", *missing, sep="\n#   ", flush=True)
            assert not fuzzy.strip(), f"only guessed at: {fuzzy}"
            assert len(missing) * 100 <= total * BEHIND, f"{language}: {len(missing)} of {total} are missing"


if __name__ == "__main__":
    tap.main(globals())
