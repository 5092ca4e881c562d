-- Users, access keys and buckets. Instants are milliseconds since 1970-01-01 UTC.

CREATE TABLE user (
    unique_id  TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    kind       TEXT NOT NULL CHECK (kind IN ('ordinary', 'root')),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX only_one_root ON user (kind) WHERE kind = 'root';

CREATE TABLE access_key (
    id            TEXT PRIMARY KEY NOT NULL,
    user_id       TEXT NOT NULL REFERENCES user (unique_id),
    sealed_secret BLOB NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    origin        TEXT NOT NULL CHECK (origin IN ('declared', 'stored')),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX access_key_of_user ON access_key (user_id);

CREATE TABLE bucket (
    name       TEXT PRIMARY KEY NOT NULL,
    id         INTEGER NOT NULL UNIQUE CHECK (id > 0),
    owner_id   TEXT NOT NULL REFERENCES user (unique_id),
    region     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Once enabled, versioning is never unversioned again.
    versioning TEXT NOT NULL DEFAULT 'unversioned'
        CHECK (versioning IN ('unversioned', 'enabled', 'suspended'))
) STRICT, WITHOUT ROWID;

-- The configuration of a bucket, one document of a kind, as it was put.
CREATE TABLE bucket_document (
    bucket_id INTEGER NOT NULL REFERENCES bucket (id),
    kind      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (bucket_id, kind)
) STRICT, WITHOUT ROWID;

-- Moves with every change that a request can notice; the last use of a key is none.
CREATE TABLE change (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    count     INTEGER NOT NULL
) STRICT;

INSERT INTO change VALUES (1, 0);

-- By this the master key that sealed the secrets is told from any other.
CREATE TABLE master_key (
    singleton   INTEGER PRIMARY KEY CHECK (singleton = 1),
    fingerprint BLOB NOT NULL
) STRICT;
