#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether shellcheck and Python's own compiler are content with the scripts.
cd "$(dirname "$0")/../.." || exit 1
git ls-files -z | xargs -0 -r awk 'FNR == 1 && /^#!.*[\/ ](ba)?sh( |$)/ { printf "%s%c", FILENAME, 0 }' |
  xargs -0 -r shellcheck || exit 1
git ls-files -z '*.py' | PYTHONDONTWRITEBYTECODE=1 xargs -0 -r python3 -c '
import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec")'
