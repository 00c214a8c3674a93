/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-error.h"

/* It takes the hyphens of a quark's name for subtractions. */
/* clang-format off */
G_DEFINE_QUARK (enigm-error-quark, enigm_error)
/* clang-format on */
