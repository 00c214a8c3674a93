#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the inputs that are kept through each parser once: what fuzzers start from and have found.

usage: replay.py SEEDS TARGET...
"""
import os
import subprocess
import sys

seeds, targets = sys.argv[1], sys.argv[2:]
print(f"1..{len(targets) + 1}")
for number, target in enumerate(targets, 1):
    name = os.path.basename(target).removeprefix("fuzz-")
    run = subprocess.run([target, os.path.join(seeds, name)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=60)
    if run.returncode != 0:
        print("# " + run.stdout.replace("\n", "\n# "))
    print(f"{'not ok' if run.returncode else 'ok'} {number} /fuzz/{name}")
have = {os.path.basename(target).removeprefix("fuzz-") for target in targets}
strays = sorted(set(os.listdir(seeds)) - have)
print("".join(f"# {name}: no such target\n" for name in strays), end="")
print(f"{'not ok' if strays else 'ok'} {len(targets) + 1} /fuzz/every-folder-has-its-target")
