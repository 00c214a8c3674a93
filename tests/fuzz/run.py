#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes one parser for a while, beginning with the inputs that are kept.

usage: run.py TARGET SEEDS

ENIGM_FUZZ_SECONDS says for how long, 5 if it is not set. What makes the parser fail stays in
found/ beside the target, under the parser's name; once it is mended it belongs into SEEDS.
"""
import os
import re
import subprocess
import sys
import tempfile

target, seeds = sys.argv[1:]
name = os.path.basename(target).removeprefix("fuzz-")
seconds = int(os.environ.get("ENIGM_FUZZ_SECONDS") or 5)
found = os.path.join(os.path.dirname(target), "found", name)
os.makedirs(found, exist_ok=True)
# A chain is three certificates and their authority; nothing that is parsed is much longer.
longest = 8192
environment = dict(
    os.environ,
    ASAN_OPTIONS="detect_leaks=1:intercept_tls_get_addr=0:allocator_may_return_null=1",
    UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
    G_SLICE="always-malloc")
print("1..1", flush=True)
with tempfile.TemporaryDirectory() as corpus:
    run = subprocess.run(
        [target, f"-max_total_time={seconds}", f"-max_len={longest}", "-timeout=10",
         "-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={found}/",
         corpus, os.path.join(seeds, name)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=environment, timeout=seconds + 120)
    grown = len(os.listdir(corpus))
tries = re.search(r"number_of_executed_units: (\d+)", run.stdout)
seen = re.findall(r"cov: (\d+)", run.stdout)
print(f"# {tries.group(1) if tries else '?'} inputs in {seconds} s, "
      f"{seen[-1] if seen else '?'} edges, {grown} inputs worth keeping")
if run.returncode != 0:
    print("# " + run.stdout[-6000:].replace("\n", "\n# "))
print(f"{'not ok' if run.returncode else 'ok'} 1 /fuzz/{name}")
