#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`meson dist` gives the same bytes whenever, wherever and however often it is run."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402

SOURCE = pathlib.Path(os.environ["ENIGM_SOURCE_DIR"])


def run(*argv, **more):
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, **more)
    assert done.returncode == 0, f"{argv}: {done.stdout}"
    return done.stdout.strip()


def pack(folder, name, umask):
    """Clones, configures no more than packing needs, and packs; returns the archive."""
    clone = folder / name
    run("git", "-c", "safe.directory=*", "clone", "--quiet", SOURCE, clone)
    run("meson", "setup", clone / "build", clone, "-Dui=false", "-Dpeers=false", "-Dtests=false")
    run("meson", "dist", "-C", clone / "build", "--no-tests", preexec_fn=lambda: os.umask(umask))
    return next((clone / "build" / "meson-dist").glob("*.tar.xz"))


def test_same_bytes():
    with tempfile.TemporaryDirectory(prefix="enigm-dist-") as name:
        folder = pathlib.Path(name)
        first = pack(folder, "first", 0o022)
        second = pack(folder, "in another place", 0o077)
        assert first.name == second.name, (first.name, second.name)
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        when = int(run("git", "log", "-1", "--format=%ct", cwd=folder / "first"))
        with tarfile.open(first) as archive:
            members = archive.getmembers()
        # Two runs within one second would agree by chance.
        late = [member.name for member in members if member.mtime != when]
        assert not late, f"not of the commit's time: {late}"
        assert sums[0] == sums[1], "packed twice, two different archives"

        # It is the whole tree and nothing else.
        tracked = run("git", "ls-files", cwd=folder / "first").splitlines()
        packed = sorted(member.name.split("/", 1)[1] for member in members if not member.isdir())
        assert packed == sorted(tracked), set(packed) ^ set(tracked)


if __name__ == "__main__":
    tap.main(globals())
