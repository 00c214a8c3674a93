/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-qr.h"

#include <string.h>

/* Level M of versions 1 to 5: every block of a version has the same length. */
static const struct
{
  guint blocks;
  guint data;
  guint ecc;
} versions[] = { { 1, 16, 10 }, { 1, 28, 16 }, { 1, 44, 26 }, { 2, 32, 18 }, { 2, 43, 24 } };

#define MAX_CODEWORDS 134
#define MAX_ECC 26
/* The field polynomial x⁸+x⁴+x³+x²+1 of ISO/IEC 18004. */
#define FIELD 0x11d
/* Level M is 00 in the format information, whose generator and mask these are. */
#define FORMAT_GENERATOR 0x537
#define FORMAT_MASK 0x5412

typedef struct
{
  guint version;
  guint size;
  guint8 dark[ENIGM_QR_MAX_SIZE][ENIGM_QR_MAX_SIZE];
  guint8 fixed[ENIGM_QR_MAX_SIZE][ENIGM_QR_MAX_SIZE];
} Grid;

/* Codewords */

static guint8
multiply (guint8 a, guint8 b)
{
  guint product = 0;

  for (int i = 7; i >= 0; i--)
    {
      product = (product << 1) ^ ((product >> 7) * FIELD);
      product ^= ((b >> i) & 1u) * a;
    }
  return product;
}

/* The remainder of the data, as a polynomial, by the product of (x − 2ⁱ) for i below n. */
static void
compute_ecc (const guint8 *data, guint n_data, guint8 *ecc, guint n)
{
  guint8 generator[MAX_ECC] = { 0 };
  guint8 root = 1;

  generator[n - 1] = 1;
  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j < n; j++)
        generator[j] = multiply (generator[j], root) ^ (j + 1 < n ? generator[j + 1] : 0);
      root = multiply (root, 2);
    }
  memset (ecc, 0, n);
  for (guint i = 0; i < n_data; i++)
    {
      const guint8 factor = data[i] ^ ecc[0];

      memmove (ecc, ecc + 1, n - 1);
      ecc[n - 1] = 0;
      for (guint j = 0; j < n; j++)
        ecc[j] ^= multiply (generator[j], factor);
    }
}

static void
append_bits (guint8 *bytes, guint *n_bits, guint value, guint length)
{
  for (guint i = length; i > 0; i--, (*n_bits)++)
    bytes[*n_bits / 8] |= ((value >> (i - 1)) & 1u) << (7 - *n_bits % 8);
}

static guint
make_codewords (const char *text, guint version, guint8 *codewords)
{
  const guint blocks = versions[version - 1].blocks;
  const guint per_block = versions[version - 1].data;
  const guint ecc_length = versions[version - 1].ecc;
  const guint capacity = blocks * per_block;
  guint8 data[MAX_CODEWORDS] = { 0 };
  guint8 ecc[2][MAX_ECC];
  guint n_bits = 0;
  guint n = 0;

  append_bits (data, &n_bits, 4, 4); /* byte mode */
  append_bits (data, &n_bits, strlen (text), 8);
  for (const char *at = text; *at != '\0'; at++)
    append_bits (data, &n_bits, (guint8) *at, 8);
  n_bits += MIN (4, capacity * 8 - n_bits); /* terminator */
  for (guint i = (n_bits + 7) / 8, pad = 0xec; i < capacity; i++, pad ^= 0xec ^ 0x11)
    data[i] = pad;

  for (guint block = 0; block < blocks; block++)
    compute_ecc (data + block * per_block, per_block, ecc[block], ecc_length);
  for (guint i = 0; i < per_block; i++)
    for (guint block = 0; block < blocks; block++)
      codewords[n++] = data[block * per_block + i];
  for (guint i = 0; i < ecc_length; i++)
    for (guint block = 0; block < blocks; block++)
      codewords[n++] = ecc[block][i];
  return n;
}

/* Patterns */

static void
set_fixed (Grid *grid, int row, int column, gboolean dark)
{
  if (row < 0 || column < 0 || row >= (int) grid->size || column >= (int) grid->size)
    return;
  grid->dark[row][column] = dark;
  grid->fixed[row][column] = TRUE;
}

/* Concentric squares around a centre: the ring at distance `light` is light, and so is the one at
 * `light` + 2. */
static void
draw_squares (Grid *grid, int row, int column, int radius, int light)
{
  for (int dy = -radius; dy <= radius; dy++)
    for (int dx = -radius; dx <= radius; dx++)
      {
        const int distance = MAX (ABS (dy), ABS (dx));

        set_fixed (grid, row + dy, column + dx, distance != light && distance != light + 2);
      }
}

static void
draw_patterns (Grid *grid)
{
  const int last = grid->size - 1;

  for (int i = 0; i <= last; i++)
    {
      set_fixed (grid, 6, i, i % 2 == 0);
      set_fixed (grid, i, 6, i % 2 == 0);
    }
  draw_squares (grid, 3, 3, 4, 2);
  draw_squares (grid, 3, last - 3, 4, 2);
  draw_squares (grid, last - 3, 3, 4, 2);
  if (grid->version > 1)
    draw_squares (grid, last - 6, last - 6, 2, 1);
}

static void
draw_format (Grid *grid, guint mask)
{
  const int last = grid->size - 1;
  guint remainder = mask;
  guint bits;

  for (guint i = 0; i < 10; i++)
    remainder = (remainder << 1) ^ ((remainder >> 9) * FORMAT_GENERATOR);
  bits = (mask << 10 | remainder) ^ FORMAT_MASK;
  for (int i = 0; i < 15; i++)
    {
      const gboolean dark = (bits >> i) & 1;

      /* Around the first square, skipping the timing lines, and split between the other two. */
      set_fixed (grid, i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i < 9 ? 7 : 14 - i, dark);
      set_fixed (grid, i < 8 ? 8 : last - 14 + i, i < 8 ? last - i : 8, dark);
    }
  set_fixed (grid, last - 7, 8, TRUE);
}

/* In pairs of columns from the right, up and down in turn, around what is fixed. */
static void
draw_codewords (Grid *grid, const guint8 *codewords, guint n)
{
  guint bit = 0;
  gboolean up = TRUE;

  for (int right = grid->size - 1; right > 0; right -= 2, up = !up)
    {
      if (right == 6)
        right--;
      for (guint i = 0; i < grid->size; i++)
        for (int column = right; column > right - 2; column--)
          {
            const guint row = up ? grid->size - 1 - i : i;

            if (grid->fixed[row][column])
              continue;
            grid->dark[row][column] = bit < n * 8 ? (codewords[bit / 8] >> (7 - bit % 8)) & 1 : 0;
            bit++;
          }
    }
}

/* Masks */

static gboolean
is_masked (guint mask, guint row, guint column)
{
  switch (mask)
    {
    case 0:
      return (row + column) % 2 == 0;
    case 1:
      return row % 2 == 0;
    case 2:
      return column % 3 == 0;
    case 3:
      return (row + column) % 3 == 0;
    case 4:
      return (row / 2 + column / 3) % 2 == 0;
    case 5:
      return row * column % 2 + row * column % 3 == 0;
    case 6:
      return (row * column % 2 + row * column % 3) % 2 == 0;
    default:
      return ((row + column) % 2 + row * column % 3) % 2 == 0;
    }
}

static void
apply_mask (Grid *grid, guint mask)
{
  for (guint row = 0; row < grid->size; row++)
    for (guint column = 0; column < grid->size; column++)
      if (!grid->fixed[row][column])
        grid->dark[row][column] ^= is_masked (mask, row, column);
}

static guint
score_line (const guint8 *line, guint size)
{
  /* What looks like a corner square, with its light margin on either side. */
  static const guint8 corner[2][11] = { { 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0 },
                                        { 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1 } };
  guint score = 0;
  guint run = 1;

  for (guint i = 1; i <= size; i++)
    {
      if (i < size && line[i] == line[i - 1])
        {
          run++;
          continue;
        }
      if (run >= 5)
        score += run - 2;
      run = 1;
    }
  for (guint i = 0; i + 11 <= size; i++)
    for (guint j = 0; j < 2; j++)
      if (memcmp (line + i, corner[j], 11) == 0)
        score += 40;
  return score;
}

static guint
score_grid (const Grid *grid)
{
  const guint size = grid->size;
  guint score = 0;
  guint dark = 0;

  for (guint i = 0; i < size; i++)
    {
      guint8 column[ENIGM_QR_MAX_SIZE];

      for (guint j = 0; j < size; j++)
        {
          column[j] = grid->dark[j][i];
          dark += column[j];
          if (i > 0 && j > 0 && grid->dark[i][j] == grid->dark[i - 1][j] &&
              grid->dark[i][j] == grid->dark[i][j - 1] &&
              grid->dark[i][j] == grid->dark[i - 1][j - 1])
            score += 3;
        }
      score += score_line (grid->dark[i], size) + score_line (column, size);
    }
  return score +
         (guint) (ABS ((int) (dark * 20) - (int) (size * size * 10)) / (int) (size * size)) * 10;
}

gboolean
enigm_qr_encode (const char *text, EnigmQr *qr)
{
  guint8 codewords[MAX_CODEWORDS] = { 0 };
  guint best_score = G_MAXUINT;
  guint version = 1;
  guint n;

  g_return_val_if_fail (text != NULL && qr != NULL, FALSE);

  /* Mode and length take a byte and a half. */
  while (version <= G_N_ELEMENTS (versions) &&
         strlen (text) + 2 > versions[version - 1].blocks * versions[version - 1].data)
    version++;
  if (version > G_N_ELEMENTS (versions))
    return FALSE;

  n = make_codewords (text, version, codewords);
  for (guint mask = 0; mask < 8; mask++)
    {
      Grid grid = { .version = version, .size = 17 + 4 * version };
      guint score;

      draw_patterns (&grid);
      draw_format (&grid, mask);
      draw_codewords (&grid, codewords, n);
      apply_mask (&grid, mask);
      score = score_grid (&grid);
      if (score >= best_score)
        continue;
      best_score = score;
      qr->size = grid.size;
      memcpy (qr->dark, grid.dark, sizeof qr->dark);
    }
  return TRUE;
}
