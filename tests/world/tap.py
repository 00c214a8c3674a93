# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a Python file's test_* functions and says how they went in TAP:  tap.main(globals())"""
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot be run here; its words say why."""


def main(names):
    """Runs the functions named test_* in the order they stand, or those named on the command line."""
    tests = {name: value for name, value in names.items() if name.startswith("test_") and callable(value)}
    chosen = sys.argv[1:] or list(tests)
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, name in enumerate(chosen, 1):
        label = name.removeprefix("test_").replace("_", "-")
        try:
            tests[name]()
        except Skip as reason:
            print(f"ok {number} {label} # SKIP {reason}", flush=True)
        except Exception:  # a failing test must not keep the others from running
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} {label}", flush=True)
        else:
            print(f"ok {number} {label}", flush=True)
    sys.exit(1 if failed else 0)
