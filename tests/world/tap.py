# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a Python file's test_* functions and says how they went in TAP:  tap.main(globals())"""
import os
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot be run here; its words say why."""


def sum_up(error):
    """In one line, which ./check repeats at its end: the step of the test, and what went wrong there."""
    steps = traceback.extract_tb(error.__traceback__)
    step = next((step for step in reversed(steps) if step.name.startswith("test_")), steps[-1])
    words = (str(error).splitlines() or [""])[0].removesuffix("; there is:")
    return f"{os.path.basename(step.filename)}:{step.lineno}: {step.line}: {type(error).__name__}: {words}"


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
        except Exception as error:  # a failing test must not keep the others from running
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"# {sum_up(error)}")
            print(f"not ok {number} {label}", flush=True)
        else:
            print(f"ok {number} {label}", flush=True)
    sys.exit(1 if failed else 0)
