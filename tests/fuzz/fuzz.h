/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Each fuzz-NAME.c is one parser of outside input, as libFuzzer calls it. What is parsed has to be
 * what its writer would write again: then two readers never see two things in one message. */

#include <gio/gio.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What everybody else would want said: a parser that fails says why, in the field's name. */
#define fuzz_assert_said(ok, error) g_assert_true ((ok) == ((error) == NULL))

GBytes *fuzz_take (const uint8_t **data, size_t *size, size_t n);
GBytes *fuzz_take_part (const uint8_t **data, size_t *size);
char *fuzz_take_line (const uint8_t **data, size_t *size);
void fuzz_assert_equal (GBytes *one, GBytes *other);
