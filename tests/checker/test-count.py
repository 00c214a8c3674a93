#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counter: what ./check says at its end, for what meson's log says."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "world"))
import tap  # noqa: E402


def run(tests, skips):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "skips").write_text("# a comment\n" + skips)
        (folder / "log").write_text("".join(
            json.dumps({"name": name, "result": result, "stdout": output}) + "\n"
            for name, result, output in tests))
        return subprocess.run([HERE / "count.py", folder / "skips", folder / "log"],
                              stdout=subprocess.PIPE, text=True)


def count(*tests, skips="known: a reason\nsome/case: a reason\n"):
    """The last line and the exit code for tests given as (name, result, output)."""
    done = run(tests, skips)
    return done.stdout.splitlines()[-1], done.returncode


def test_cases_of_tap():
    assert count(("a", "OK", "TAP version 13\n# x\nok 1 /a/b\nok 2 - /a/c\n1..2\n")) == (
        "2 passed, 0 failed, 0 skipped", 0)


def test_without_tap():
    assert count(("a", "OK", "ok then\n"), ("b", "OK", None)) == ("2 passed, 0 failed, 0 skipped", 0)
    assert count(("a", "FAIL", "")) == ("0 passed, 1 failed, 0 skipped", 1)


def test_failing_case():
    assert count(("a", "FAIL", "1..2\nok 1 x\nnot ok 2 y\n")) == ("1 passed, 1 failed, 0 skipped", 1)


def test_last_words():
    """What failed is at hand where only the end of the log is."""
    told = run([("a", "FAIL", "1..4\n# not this\nok 1 x\n# why\nnot ok 2 y\nok 3 z\nnot ok 4 - /v - ERROR: why\n"), ("b", "TIMEOUT", ""),
                ("c", "ERROR", "1..1\nBail out! it broke\n")], "").stdout.splitlines()
    assert [line for line in told if not line.startswith("FAILED")] == [
        "  # why", "  it ended as TIMEOUT", "  Bail out! it broke", "2 passed, 4 failed, 0 skipped"], told


def test_crash_between_cases():
    assert count(("a", "ERROR", "1..3\nok 1 x\n")) == ("1 passed, 1 failed, 0 skipped", 1)
    assert count(("a", "TIMEOUT", "1..3\nok 1 x\n")) == ("1 passed, 1 failed, 0 skipped", 1)


def test_crash_after_last_case():
    assert count(("a", "ERROR", "1..1\nok 1 x\n")) == ("1 passed, 1 failed, 0 skipped", 1)


def test_known_skips():
    assert count(("known", "SKIP", None)) == ("0 passed, 0 failed, 1 skipped", 0)
    assert count(("some", "OK", "1..2\nok 1 x\nok 2 case # SKIP why\n")) == (
        "1 passed, 0 failed, 1 skipped", 0)


def test_unknown_skip_fails():
    assert count(("other", "SKIP", None)) == ("0 passed, 1 failed, 0 skipped", 1)
    assert count(("some", "OK", "1..1\nok 1 another # SKIP why\n")) == (
        "0 passed, 1 failed, 0 skipped", 1)


def test_skip_without_reason():
    with_none = "known\n"
    try:
        count(("known", "SKIP", None), skips=with_none)
    except IndexError:
        return  # it refused, and printed no count
    raise AssertionError("a skip needs no reason")


def test_nothing_ran():
    assert count() == ("0 passed, 1 failed, 0 skipped", 1)


if __name__ == "__main__":
    sys.exit(tap.main(globals()))
