-- Everything, for PostgreSQL and what speaks its protocol. Portable SQL only: no extension, no procedure,
-- no trigger, no collation. Instants are milliseconds since 1970-01-01 UTC. Names that are unique whatever
-- their case are kept folded beside, because not every server can index an expression.

CREATE TABLE users (
    unique_id   TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    folded_name TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('ordinary', 'root')),
    created_at  BIGINT NOT NULL,
    boundary    TEXT
);

CREATE UNIQUE INDEX only_one_root ON users (kind) WHERE kind = 'root';

CREATE TABLE user_tag (
    user_id TEXT NOT NULL REFERENCES users (unique_id),
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE TABLE user_group (
    unique_id   TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    folded_name TEXT NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL
);

CREATE TABLE membership (
    user_id  TEXT NOT NULL REFERENCES users (unique_id),
    group_id TEXT NOT NULL REFERENCES user_group (unique_id),
    PRIMARY KEY (user_id, group_id)
);

CREATE INDEX membership_of_group ON membership (group_id);

-- Of a user or a group; their unique ids begin differently.
CREATE TABLE policy (
    owner_id TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner_id, name)
);

CREATE TABLE access_key (
    id            TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL REFERENCES users (unique_id),
    sealed_secret BYTEA NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    origin        TEXT NOT NULL CHECK (origin IN ('declared', 'stored')),
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT
);

CREATE INDEX access_key_of_user ON access_key (user_id);

CREATE TABLE bucket (
    name       TEXT PRIMARY KEY,
    id         BIGINT NOT NULL UNIQUE CHECK (id > 0),
    owner_id   TEXT NOT NULL REFERENCES users (unique_id),
    region     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Once enabled, versioning is never unversioned again.
    versioning TEXT NOT NULL DEFAULT 'unversioned'
        CHECK (versioning IN ('unversioned', 'enabled', 'suspended'))
);

CREATE TABLE bucket_document (
    bucket_id BIGINT NOT NULL REFERENCES bucket (id),
    kind      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (bucket_id, kind)
);

CREATE TABLE link_use (
    link        BYTEA PRIMARY KEY,
    used        BIGINT NOT NULL,
    use_limit   BIGINT,
    bound       TEXT,
    sessions    TEXT NOT NULL,
    next_number BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    forget_at   BIGINT NOT NULL
);

CREATE INDEX link_use_by_end ON link_use (forget_at);

CREATE TABLE revocation (
    serial         BIGINT PRIMARY KEY,
    kind           TEXT NOT NULL,
    bucket         TEXT,
    name           TEXT NOT NULL,
    -- In seconds, as signatures are.
    signed_until   BIGINT NOT NULL,
    ends_transfers BOOLEAN NOT NULL,
    made_at        BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
);

CREATE INDEX revocation_by_end ON revocation (expires_at);

-- The serial number of the latest revocation, moved in the same transaction. Its row is the lock that
-- makes the order of numbers the order of commits.
CREATE TABLE revocation_head (
    singleton INT PRIMARY KEY CHECK (singleton = 1),
    serial    BIGINT NOT NULL
);

INSERT INTO revocation_head VALUES (1, 0);

-- Moves with every change that a request can notice. Its row is the lock that all changes take first, but
-- those of uses and revocations.
CREATE TABLE change (
    singleton INT PRIMARY KEY CHECK (singleton = 1),
    count     BIGINT NOT NULL
);

INSERT INTO change VALUES (1, 0);

-- By this the master key that sealed the secrets is told from any other.
CREATE TABLE master_key (
    singleton   INT PRIMARY KEY CHECK (singleton = 1),
    fingerprint BYTEA NOT NULL
);
