/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * enigm_code_format:
 * @text: what was typed or pasted, UTF-8
 * @n_digits: how many digits the code has
 * @cursor: where the cursor stands in @text, in characters
 * @cursor_out: (out) (optional): where it stands in the result
 * @strange: (out) (optional): the first character that no code has and that was left out, or 0
 *
 * Writes a code as it is printed: capitals in groups of four with hyphens, look-alikes read as
 * Crockford's base32 says (O is 0, I and L are 1). Hyphens, spaces and line breaks of the input are
 * passed over; what is too long is cut.
 *
 * Returns: (transfer full): the code so far
 */
char *enigm_code_format (const char *text,
                         guint n_digits,
                         guint cursor,
                         guint *cursor_out,
                         gunichar *strange);

G_END_DECLS
