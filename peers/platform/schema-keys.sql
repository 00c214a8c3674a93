-- SPDX-License-Identifier: GPL-3.0-or-later
-- Everything about keys. States, reasons and who are the numbers of enigm-lifecycle.h.

-- One row: how far the journal had come when this database was last written.
CREATE TABLE journal_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL,
  -- That record's hash, so that another journal is not taken for this one.
  hash BLOB CHECK (hash IS NULL OR length (hash) = 32)
) STRICT;
INSERT INTO journal_position (one, number) VALUES (1, 0);

-- Whose hardware it is. A row begins with a first trust or a suspension.
CREATE TABLE certificates (
  hash BLOB PRIMARY KEY CHECK (length (hash) = 32),
  -- Zeros: an account that is deleted, of a key that was suspended then.
  owner BLOB CHECK (owner IS NULL OR length (owner) = 16),
  -- The binding that made or last renewed the ownership.
  binding BLOB CHECK (binding IS NULL OR length (binding) = 16),
  suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Until used or expired; then the row goes, and the ephemeral key with it.
CREATE TABLE offers (
  binding BLOB PRIMARY KEY CHECK (length (binding) = 16),
  handle BLOB NOT NULL UNIQUE CHECK (length (handle) = 16),
  account BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  computer BLOB NOT NULL CHECK (length (computer) = 16),
  certificate BLOB NOT NULL CHECK (length (certificate) = 32),
  pseudonym BLOB NOT NULL CHECK (length (pseudonym) = 32),
  offer BLOB NOT NULL,
  -- The binding of another key that is to end when this one is trusted.
  replaces BLOB CHECK (replaces IS NULL OR length (replaces) = 16),
  -- Sealed.
  ephemeral BLOB NOT NULL,
  made INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_by_account ON offers (account);
CREATE INDEX offers_by_expiry ON offers (expires);

CREATE TABLE bindings (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  handle BLOB NOT NULL UNIQUE CHECK (length (handle) = 16),
  -- Zeros once the account is deleted.
  account BLOB NOT NULL CHECK (length (account) = 16),
  certificate BLOB NOT NULL CHECK (length (certificate) = 32),
  pseudonym BLOB NOT NULL CHECK (length (pseudonym) = 32),
  -- H of offer and attestation.
  hash BLOB NOT NULL CHECK (length (hash) = 32),
  -- Sealed, and kept for ever: an ended handle answers a right MAC to say so.
  request_key BLOB NOT NULL,
  answer_key BLOB NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 8),
  restrictions INTEGER NOT NULL CHECK (restrictions BETWEEN 0 AND 7),
  begun INTEGER NOT NULL,
  since INTEGER NOT NULL,
  -- When it was first trusted, and when its ownership was released.
  trusted INTEGER,
  released INTEGER,
  -- The binding of another key that ends when this one is trusted.
  replaces BLOB CHECK (replaces IS NULL OR length (replaces) = 16),
  -- The last number accepted.
  sequence INTEGER NOT NULL DEFAULT 0,
  proved INTEGER,
  proved_relayed INTEGER,
  battery INTEGER CHECK (battery BETWEEN 0 AND 100),
  battery_time INTEGER,
  CHECK ((restrictions <> 0) = (state = 3))
) STRICT, WITHOUT ROWID;
CREATE INDEX bindings_by_account ON bindings (account, begun);
CREATE INDEX bindings_by_certificate ON bindings (certificate, state);
CREATE INDEX bindings_by_pseudonym ON bindings (pseudonym);
CREATE INDEX bindings_by_replaces ON bindings (replaces) WHERE replaces IS NOT NULL;
-- What can never be, whatever the code does.
CREATE UNIQUE INDEX one_binding_in_force ON bindings (certificate) WHERE state IN (2, 3);
CREATE UNIQUE INDEX one_binding_pending ON bindings (certificate) WHERE state = 1;

CREATE TABLE binding_history (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  binding BLOB NOT NULL REFERENCES bindings (id) ON DELETE CASCADE,
  time INTEGER NOT NULL,
  from_state INTEGER NOT NULL,
  -- 0: none, its ownership ended.
  to_state INTEGER NOT NULL,
  by INTEGER NOT NULL,
  reason INTEGER NOT NULL
) STRICT;
CREATE INDEX binding_history_by_binding ON binding_history (binding, number);

-- When a key that is lost or has ended tried something; nothing else about it.
CREATE TABLE key_attempts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  binding BLOB NOT NULL REFERENCES bindings (id) ON DELETE CASCADE,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX key_attempts_by_binding ON key_attempts (binding, time);
CREATE INDEX key_attempts_by_time ON key_attempts (time);

-- Which computers may use a key's management channel.
CREATE TABLE binding_computers (
  binding BLOB NOT NULL REFERENCES bindings (id) ON DELETE CASCADE,
  computer BLOB NOT NULL CHECK (length (computer) = 16),
  since INTEGER NOT NULL,
  PRIMARY KEY (binding, computer)
) STRICT, WITHOUT ROWID;

-- The last 64 numbers a key used, with what for and how it went.
CREATE TABLE key_numbers (
  binding BLOB NOT NULL REFERENCES bindings (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  path TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length (digest) = 32),
  outcome INTEGER NOT NULL,
  PRIMARY KEY (binding, sequence)
) STRICT, WITHOUT ROWID;

-- Chained: each hash covers the one before.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  security INTEGER NOT NULL CHECK (security IN (0, 1)),
  digest BLOB NOT NULL CHECK (length (digest) = 32),
  -- None once a security event is over.
  record BLOB,
  hash BLOB NOT NULL CHECK (length (hash) = 32)
) STRICT;

-- One row: where the chain begins and ends, under a MAC of the platform's.
CREATE TABLE audit_ends (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  first INTEGER NOT NULL,
  first_hash BLOB NOT NULL CHECK (length (first_hash) = 32),
  last INTEGER NOT NULL,
  last_hash BLOB NOT NULL CHECK (length (last_hash) = 32),
  mac BLOB NOT NULL CHECK (length (mac) = 32)
) STRICT;
