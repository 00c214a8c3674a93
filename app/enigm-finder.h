/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-radio.h"

G_BEGIN_DECLS

/**
 * EnigmFinderMatch:
 * @key: a key on the air
 * @user_data: as given
 *
 * Returns: whether it is the one that is looked for
 */
typedef gboolean (*EnigmFinderMatch) (EnigmNearbyKey *key, gpointer user_data);

/**
 * EnigmFinderPatience:
 * @ENIGM_FINDER_GIVES_UP: an obstacle, Bluetooth being off for example, ends the search
 * @ENIGM_FINDER_WAITS: until the person has put the obstacle out of the way
 *
 * What is done where no key can be heard.
 */
typedef enum
{
  ENIGM_FINDER_GIVES_UP,
  ENIGM_FINDER_WAITS,
} EnigmFinderPatience;

void enigm_finder_find_async (EnigmRadio *radio,
                              EnigmFinderPatience patience,
                              EnigmFinderMatch match,
                              gpointer match_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
EnigmNearbyKey *enigm_finder_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
