# SPDX-License-Identifier: GPL-3.0-or-later
"""Where flatpak/bundle takes the GNOME runtime from. The remotes are of this test's own, offer the stand-in
under GNOME's name, and are all there is to be reached."""
import os
import pathlib
import shutil
import subprocess
import tempfile

from sandbox import BUILD_DEADLINE, ID, SOURCE


class Computer:
    """A computer where nothing of Flatpak is set up yet; what was compiled before is not again."""

    def __init__(self, installation):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bundles.", dir=installation.cache))
        self.repo = f"file://{installation.cache}/stand-in/repo"
        # The same kind of file as Flathub's.
        self.flathub = self.folder / "practice.flatpakrepo"
        self.bundle = self.folder / "io.enigm.App.flatpak"
        self.version = installation.runtime().rsplit("/", 1)[1]
        self.env = dict(os.environ, ENIGM_FLATPAK_CACHE=str(self.folder / "cache"),
                        ENIGM_FLATPAK_RUNTIME_REPO=self.flathub.as_uri())
        for name in ("USER_DIR", "SYSTEM_DIR", "CONFIG_DIR"):
            (self.folder / name).mkdir()
            self.env[f"FLATPAK_{name}"] = str(self.folder / name)
        (self.folder / "cache/state").mkdir(parents=True)
        if (installation.cache / "state/ccache").exists():
            shutil.copytree(installation.cache / "state/ccache", self.folder / "cache/state/ccache", symlinks=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def open_flathub(self):
        self.flathub.write_text(f"[Flatpak Repo]\nTitle=Practice\nUrl={self.repo}\n")

    def run(self, *argv):
        done = subprocess.run([str(word) for word in argv], env=self.env, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_DEADLINE, check=False)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def add_remote(self, place, name):
        self.run("flatpak", place, "remote-add", "--no-gpg-verify", name, self.repo)

    def installed(self, place):
        """(name, remote) of everything installed there."""
        lines = self.run("flatpak", place, "list", "--columns=application,origin").splitlines()
        return sorted(tuple(line.split("\t")) for line in lines if "\t" in line)


SDK = [("org.gnome.Platform", "practice"), ("org.gnome.Sdk", "practice")]


def test_remote_of_this_person(installation):
    """What the person set up for themselves is used; nothing else needs to be there, nor to be reached."""
    with Computer(installation) as it:
        # A stand-in that was installed before offers the same, and counts for nothing.
        it.add_remote("--user", "enigm-stand-in")
        it.run("flatpak", "--user", "install", "-y", "--noninteractive", "enigm-stand-in",
               f"org.gnome.Platform//{it.version}")
        it.add_remote("--user", "practice")
        said = it.run(SOURCE / "flatpak/bundle", "--install", it.bundle)
        assert f"uses the GNOME {it.version} runtime (practice, user)" in said, said
        assert [item for item in it.installed("--user") if item[0] != ID] == SDK, it.installed("--user")
        assert ID in [name for name, _ in it.installed("--user")], said
        assert it.installed("--system") == []
        said = it.run(SOURCE / "flatpak/bundle", it.bundle)
        assert f"uses the GNOME {it.version} runtime (installed)" in said, said


def test_remote_of_everybody(installation):
    """A remote set up for the whole computer is installed from for the whole computer."""
    with Computer(installation) as it:
        it.add_remote("--system", "practice")
        said = it.run(SOURCE / "flatpak/bundle", it.bundle)
        assert f"uses the GNOME {it.version} runtime (practice, system)" in said, said
        assert it.installed("--system") == SDK and it.installed("--user") == []


def test_no_remote(installation):
    """Without any, Flathub is used where it is reached; who installs the bundle gets the runtime with it."""
    with Computer(installation) as it:
        it.open_flathub()
        said = it.run(SOURCE / "flatpak/bundle", it.bundle)
        assert f"uses the GNOME {it.version} runtime (Flathub, for this build alone)" in said, said
        assert it.installed("--user") == [] and it.installed("--system") == []
        # One command, on a computer that has heard of no remote.
        it.run("flatpak", "--user", "install", "-y", "--noninteractive", it.bundle)
        names = [name for name, _ in it.installed("--user")]
        assert names == [ID, "org.gnome.Platform"], names
