-- Policies and groups, counted uses, revocations. Instants are milliseconds since 1970-01-01 UTC.

ALTER TABLE user ADD COLUMN boundary TEXT;

CREATE TABLE user_tag (
    user_id TEXT NOT NULL REFERENCES user (unique_id),
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_group (
    unique_id  TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    user_id  TEXT NOT NULL REFERENCES user (unique_id),
    group_id TEXT NOT NULL REFERENCES user_group (unique_id),
    PRIMARY KEY (user_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_of_group ON membership (group_id);

-- Of a user or a group; their unique ids begin differently.
CREATE TABLE policy (
    owner_id TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner_id, name)
) STRICT, WITHOUT ROWID;

-- Until now every ordinary user could do everything, and goes on doing so.
INSERT INTO policy
SELECT unique_id, 'FullAccess',
       '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
FROM user WHERE kind = 'ordinary';

CREATE TABLE link_use (
    link        BLOB PRIMARY KEY NOT NULL CHECK (length(link) = 16),
    used        INTEGER NOT NULL,
    use_limit   INTEGER,
    bound       TEXT,
    sessions    TEXT NOT NULL,
    next_number INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    forget_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_use_by_end ON link_use (forget_at);

CREATE TABLE revocation (
    serial         INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL,
    bucket         TEXT,
    name           TEXT NOT NULL,
    -- In seconds, as signatures are.
    signed_until   INTEGER NOT NULL,
    ends_transfers INTEGER NOT NULL CHECK (ends_transfers IN (0, 1)),
    made_at        INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX revocation_by_end ON revocation (expires_at);

-- The serial number of the latest revocation, moved in the same transaction.
CREATE TABLE revocation_head (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    serial    INTEGER NOT NULL
) STRICT;

INSERT INTO revocation_head VALUES (1, 0);
