#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a distribution's packager gets from `meson install`: each file in its place, nothing else,
and the platform's service as systemd itself reads it."""
import configparser
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ["ENIGM_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["ENIGM_SOURCE_DIR"])
PROGRAMS = ("enigm-app", "enigm-command", "enigm-key", "enigm-keyctl", "enigm-platform", "enigmctl")
FILES = {
    **{f"bin/{name}": 0o755 for name in PROGRAMS},
    "lib/systemd/system/enigm-platform.service": 0o644,
    "lib/sysusers.d/enigm-platform.conf": 0o644,
    "lib/tmpfiles.d/enigm-platform.conf": 0o644,
    "share/applications/io.enigm.App.desktop": 0o644,
    "share/dbus-1/services/io.enigm.App.service": 0o644,
    "share/glib-2.0/schemas/io.enigm.App.gschema.xml": 0o644,
    "share/icons/hicolor/scalable/apps/io.enigm.App.svg": 0o644,
    "share/icons/hicolor/scalable/apps/io.enigm.App-alert.svg": 0o644,
    "share/icons/hicolor/scalable/apps/io.enigm.App-drill.svg": 0o644,
    "share/icons/hicolor/symbolic/apps/io.enigm.App-symbolic.svg": 0o644,
    "share/metainfo/io.enigm.App.metainfo.xml": 0o644,
    **{f"share/locale/{language}/LC_MESSAGES/io.enigm.App.mo": 0o644
       for language in re.sub(r"#.*", "", (SOURCE / "po/LINGUAS").read_text()).split()},
}


def run(*argv, **more):
    return subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **more)


def option(name):
    options = json.loads(run("meson", "introspect", "--buildoptions", BUILD).stdout)
    return next(item["value"] for item in options if item["name"] == name)


class Stage:
    """A staged install, without the prefix's leading slash."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="enigm-stage-")
        root = pathlib.Path(self.folder.name)
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--strip", "--destdir", root)
        assert done.returncode == 0, done.stdout
        self.prefix = option("prefix")
        self.root, self.usr = root, root / self.prefix.lstrip("/")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def test_places():
    with Stage() as stage:
        found = {str(path.relative_to(stage.root)): stat.S_IMODE(path.lstat().st_mode)
                 for path in stage.root.rglob("*") if not path.is_dir()}
        prefix = stage.prefix.lstrip("/")
        assert found == {f"{prefix}/{name}": mode for name, mode in FILES.items()}, \
            {name: oct(mode) for name, mode in set(found.items()) ^
             {(f"{prefix}/{name}", mode) for name, mode in FILES.items()}}

        for path in stage.root.rglob("*"):
            if path.is_file():
                for place in (SOURCE, BUILD, stage.root):
                    assert str(place).encode() not in path.read_bytes(), f"{path} names {place}"

        for name, key in (("applications/io.enigm.App.desktop", "Exec=enigm-app"),
                          ("dbus-1/services/io.enigm.App.service",
                           f"Exec={stage.prefix}/bin/enigm-app --gapplication-service")):
            assert key in (stage.usr / "share" / name).read_text().splitlines(), name


def test_programs_run():
    with Stage() as stage:
        for name in PROGRAMS:
            done = run(stage.usr / "bin" / name, "--help")
            assert done.returncode == 0 and name in done.stdout, (name, done.stdout)


def service_lines(text, section):
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read_string(text)
    return dict(parser[section])


def test_service():
    with Stage() as stage:
        unit = stage.usr / "lib/systemd/system/enigm-platform.service"
        service = service_lines(unit.read_text(), "Service")
        assert service["ExecStart"].startswith(f"{stage.prefix}/bin/enigm-platform serve --config "), service
        assert service["User"] == "enigm-platform", service
        assert shutil.which("systemd-analyze"), "systemd-analyze is not installed"

        # The program has to be where the unit says; nothing else in it is changed.
        checked = stage.root / "checked" / unit.name
        checked.parent.mkdir()
        checked.write_text(unit.read_text().replace(f"={stage.prefix}/bin/", f"={stage.usr}/bin/"))
        said = run("systemd-analyze", "verify", checked).stdout.splitlines()
        # It reads the units of this computer too, and what it says of them is not ours.
        said = [line for line in said if unit.name in line]
        assert not said, said
        done = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", checked)
        assert done.returncode == 0, done.stdout


def test_user_and_folder():
    """The user that the service runs as and the folder it runs in are made by systemd's own tools."""
    with Stage() as stage:
        etc = stage.root / "etc"
        etc.mkdir()
        for name in ("passwd", "group"):
            (etc / name).write_text("root:x:0:0:root:/root:/bin/sh\n" if name == "passwd" else "root:x:0:\n")
        done = run("systemd-sysusers", f"--root={stage.root}", "--dry-run")
        assert done.returncode == 0 and "enigm-platform" in done.stdout, done.stdout
        if os.geteuid() != 0:  # nobody else may make users and give folders away
            return
        done = run("systemd-sysusers", f"--root={stage.root}")
        assert done.returncode == 0, done.stdout
        line = next(line for line in (etc / "passwd").read_text().splitlines()
                    if line.startswith("enigm-platform:"))
        assert line.endswith("/nologin"), line
        done = run("systemd-tmpfiles", f"--root={stage.root}", "--create")
        assert done.returncode == 0, done.stdout
        folder = (stage.root / "var/lib/enigm-platform").stat()
        assert stat.S_IMODE(folder.st_mode) == 0o700, oct(folder.st_mode)
        assert folder.st_uid == int(line.split(":")[2]), folder


if __name__ == "__main__":
    tap.main(globals())
