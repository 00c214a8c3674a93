/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-error.h"

G_DEFINE_QUARK (enigm - error - quark, enigm_error)
