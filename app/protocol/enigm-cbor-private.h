/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-cbor.h"

/* Major types of RFC 8949, section 3.1. */
enum
{
  MAJOR_UINT = 0,
  MAJOR_NEGATIVE = 1,
  MAJOR_BYTES = 2,
  MAJOR_TEXT = 3,
  MAJOR_ARRAY = 4,
  MAJOR_SIMPLE = 7,
};

enum
{
  SIMPLE_FALSE = 20,
  SIMPLE_TRUE = 21,
};
