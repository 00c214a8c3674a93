#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether every C file is laid out as .clang-format says. Versions differ in what they make of it;
# the one that counts is Debian 12's.
cd "$(dirname "$0")/../.." || exit 1
clang-format --version | grep -q 'version 14\.' || exit 77
git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format --dry-run --Werror
