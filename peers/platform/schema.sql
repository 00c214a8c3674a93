-- SPDX-License-Identifier: GPL-3.0-or-later
-- Accounts, computers, contacts and events. Times are Unix seconds, identifiers 16 random bytes.

-- One row: what this database is. A restore draws a new epoch, and takes nothing that was signed
-- before it began.
CREATE TABLE platform (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  epoch BLOB NOT NULL CHECK (length (epoch) = 16),
  epoch_began INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE accounts (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  user_name TEXT NOT NULL UNIQUE,
  -- crypt (3) with yescrypt.
  password TEXT NOT NULL,
  pin TEXT NOT NULL,
  contact_id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  -- Grows with each change of the contacts: their ETag.
  contacts_version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE computers (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  account BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  public_key BLOB NOT NULL CHECK (length (public_key) = 65),
  since INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  -- HMAC of where it last signed in from: guesses from elsewhere do not count against it.
  address BLOB NOT NULL CHECK (length (address) = 32),
  -- A closed computer is never opened again; its row stays so that its ID is not forgotten.
  closed INTEGER,
  -- Wrong PINs since the last right one.
  pin_tries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX computers_by_account ON computers (account, closed);

CREATE TABLE sessions (
  -- SHA-256 of the token: who reads this table cannot use what is in it.
  token_hash BLOB PRIMARY KEY CHECK (length (token_hash) = 32),
  computer BLOB NOT NULL REFERENCES computers (id) ON DELETE CASCADE,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_computer ON sessions (computer);
CREATE INDEX sessions_by_expiry ON sessions (expires);

-- Nonces of computers' signatures, for ten minutes.
CREATE TABLE computer_nonces (
  computer BLOB NOT NULL REFERENCES computers (id) ON DELETE CASCADE,
  nonce TEXT NOT NULL,
  seen INTEGER NOT NULL,
  PRIMARY KEY (computer, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX computer_nonces_by_time ON computer_nonces (seen);

-- Whom an account invited. A contact ID that nobody has stands here like any other.
CREATE TABLE contacts (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  owner BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  contact_id TEXT NOT NULL,
  -- The account that has that ID; none for ever where nobody has it.
  contact BLOB REFERENCES accounts (id) ON DELETE SET NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('invited', 'eligible', 'declined', 'not-eligible')),
  reason TEXT,
  since INTEGER NOT NULL,
  UNIQUE (owner, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_contact ON contacts (contact);

CREATE TABLE events (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  -- In the order in which they came: seconds do not tell two of them apart.
  number INTEGER NOT NULL,
  account BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  binding BLOB NOT NULL CHECK (length (binding) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('alert', 'drill')),
  pressed INTEGER NOT NULL,
  received INTEGER NOT NULL,
  ended INTEGER,
  ended_by TEXT CHECK (ended_by IN ('key', 'app', 'revoked')),
  delete_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_number ON events (number);
CREATE INDEX events_by_account ON events (account, received);
CREATE INDEX events_by_binding ON events (binding, ended);
CREATE INDEX events_by_deletion ON events (delete_on);

-- Degrees are in millionths, accuracy in metres.
CREATE TABLE event_positions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  event BLOB NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  latitude INTEGER NOT NULL,
  longitude INTEGER NOT NULL,
  accuracy INTEGER NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX event_positions_by_event ON event_positions (event, number);

-- Who was told, in the order of the owner's list at the press; `removed` sees nothing any more.
CREATE TABLE event_contacts (
  event BLOB NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  contact BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  contact_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  notified INTEGER,
  seen INTEGER,
  removed INTEGER,
  PRIMARY KEY (event, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_contacts_by_contact ON event_contacts (contact);

CREATE TABLE stream_items (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  account BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('event', 'keys', 'contacts', 'invitations', 'session')),
  event BLOB CHECK (event IS NULL OR length (event) = 16),
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX stream_items_by_account ON stream_items (account, number);
CREATE INDEX stream_items_by_time ON stream_items (time);

-- Who runs the platform for others. Whoever is removed stays: the audit speaks of them.
CREATE TABLE administrators (
  id BLOB PRIMARY KEY CHECK (length (id) = 16),
  name TEXT NOT NULL UNIQUE,
  role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
  -- crypt (3) with yescrypt.
  password TEXT NOT NULL,
  pin TEXT NOT NULL,
  created INTEGER NOT NULL,
  removed INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE administrator_addresses (
  administrator BLOB NOT NULL REFERENCES administrators (id),
  -- HMAC of where they signed in from: guesses from elsewhere do not count against it.
  address BLOB NOT NULL CHECK (length (address) = 32),
  seen INTEGER NOT NULL,
  PRIMARY KEY (administrator, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE administrator_sessions (
  -- SHA-256 of the token.
  token_hash BLOB PRIMARY KEY CHECK (length (token_hash) = 32),
  id BLOB NOT NULL UNIQUE CHECK (length (id) = 16),
  administrator BLOB NOT NULL REFERENCES administrators (id),
  begun INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  -- Wrong PINs since the last right one.
  pin_tries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
