#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by `meson dist` on the tree it is about to pack: gives every file the time of the commit and
the same permissions whatever the umask, so that packing twice gives the same bytes."""
import os
import pathlib
import subprocess

root = pathlib.Path(os.environ["MESON_DIST_ROOT"])
when = int(os.environ.get("SOURCE_DATE_EPOCH") or
           subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=os.environ["MESON_SOURCE_ROOT"],
                          stdout=subprocess.PIPE, check=True).stdout)
for path in [root, *root.rglob("*")]:
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    os.utime(path, (when, when), follow_symlinks=False)
