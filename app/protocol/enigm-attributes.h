/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A key's GATT service and its characteristics, PROTOCOL.md section 2. */
#define ENIGM_KEY_SERVICE_UUID "5b1e0001-9d3c-4f5a-8a77-c40e8d2f61b3"
#define ENIGM_KEY_INFORMATION_UUID "5b1e0002-9d3c-4f5a-8a77-c40e8d2f61b3"
#define ENIGM_KEY_INBOX_UUID "5b1e0003-9d3c-4f5a-8a77-c40e8d2f61b3"
#define ENIGM_KEY_OUTBOX_UUID "5b1e0004-9d3c-4f5a-8a77-c40e8d2f61b3"
