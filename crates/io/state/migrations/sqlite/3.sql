-- Roles, managed policies, providers of tokens, the ring that seals sessions, links of the issuer, shares.
-- Instants are milliseconds since 1970-01-01 UTC.

-- Names are unique whatever their case and path. `origin` tells what configuration files declare.
CREATE TABLE managed_policy (
    unique_id       TEXT PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL UNIQUE COLLATE NOCASE,
    path            TEXT NOT NULL,
    description     TEXT,
    default_version INTEGER NOT NULL,
    -- The number that the next version gets; it never goes back.
    next_version    INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    origin          TEXT NOT NULL CHECK (origin IN ('aws', 'declared', 'stored'))
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_version (
    policy_id  TEXT NOT NULL REFERENCES managed_policy (unique_id),
    number     INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (policy_id, number)
) STRICT, WITHOUT ROWID;

-- To a user, a group or a role; their unique ids begin differently.
CREATE TABLE attachment (
    owner_id  TEXT NOT NULL,
    policy_id TEXT NOT NULL REFERENCES managed_policy (unique_id),
    origin    TEXT NOT NULL CHECK (origin IN ('declared', 'stored')),
    PRIMARY KEY (owner_id, policy_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX attachment_of_policy ON attachment (policy_id);

-- Of a role, a managed policy (by unique id) or a provider (by issuer).
CREATE TABLE tag (
    owner_id TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (owner_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE role (
    unique_id       TEXT PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL UNIQUE COLLATE NOCASE,
    path            TEXT NOT NULL,
    trust_policy    TEXT NOT NULL,
    max_session_s   INTEGER NOT NULL,
    description     TEXT,
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER,
    boundary        TEXT,
    boundary_policy TEXT REFERENCES managed_policy (unique_id),
    origin          TEXT NOT NULL CHECK (origin IN ('declared', 'stored'))
) STRICT, WITHOUT ROWID;

ALTER TABLE user ADD COLUMN path TEXT NOT NULL DEFAULT '/';
ALTER TABLE user ADD COLUMN boundary_policy TEXT REFERENCES managed_policy (unique_id);
ALTER TABLE user ADD COLUMN origin TEXT NOT NULL DEFAULT 'stored'
    CHECK (origin IN ('declared', 'stored'));

ALTER TABLE access_key ADD COLUMN expires_at INTEGER;
ALTER TABLE access_key ADD COLUMN retiring_at INTEGER;
ALTER TABLE access_key ADD COLUMN description TEXT;

-- Who still uses a retiring key.
CREATE TABLE key_caller (
    access_key_id TEXT NOT NULL REFERENCES access_key (id),
    network       TEXT NOT NULL,
    agent         TEXT NOT NULL,
    link          BLOB,
    uses          INTEGER NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    PRIMARY KEY (access_key_id, network, agent)
) STRICT, WITHOUT ROWID;

-- Lists are one a line.
CREATE TABLE oidc_provider (
    issuer      TEXT PRIMARY KEY NOT NULL,
    audiences   TEXT NOT NULL,
    thumbprints TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('declared', 'stored'))
) STRICT, WITHOUT ROWID;

CREATE TABLE sealing_key (
    id         INTEGER PRIMARY KEY NOT NULL,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Rows go to the end of the table, wherever their ids fall.
CREATE TABLE issued_link (
    number        INTEGER PRIMARY KEY,
    link          BLOB NOT NULL UNIQUE CHECK (length(link) = 16),
    name          TEXT NOT NULL,
    principal_id  TEXT NOT NULL,
    principal_arn TEXT NOT NULL,
    subject       TEXT,
    verb          TEXT NOT NULL,
    shape         TEXT NOT NULL,
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    restrictions  TEXT NOT NULL,
    request_id    TEXT NOT NULL
) STRICT;

CREATE INDEX issued_link_of_principal ON issued_link (principal_id, created_at);
CREATE INDEX issued_link_by_end ON issued_link (expires_at);

-- How many links of a principal end in an hour, counted from 1970.
CREATE TABLE live_links (
    principal_id TEXT NOT NULL,
    hour         INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    PRIMARY KEY (principal_id, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE remembered_answer (
    principal_id   TEXT NOT NULL,
    key_digest     BLOB NOT NULL CHECK (length(key_digest) = 32),
    request_digest BLOB NOT NULL CHECK (length(request_digest) = 32),
    sealed_answer  BLOB NOT NULL,
    expires_at     INTEGER NOT NULL,
    PRIMARY KEY (principal_id, key_digest)
) STRICT;

CREATE INDEX remembered_answer_by_end ON remembered_answer (expires_at);

CREATE TABLE share (
    token_digest  BLOB PRIMARY KEY NOT NULL CHECK (length(token_digest) = 32),
    id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    principal_id  TEXT NOT NULL,
    principal_arn TEXT NOT NULL,
    session       BLOB NOT NULL,
    subject       TEXT,
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    spec          TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    max_opens     INTEGER,
    opens         INTEGER NOT NULL,
    revoked_at    INTEGER
) STRICT;

CREATE INDEX share_of_principal ON share (principal_id, created_at);
CREATE INDEX share_by_end ON share (expires_at);

-- What is built in. AWS's names, for those who attach them by habit.
INSERT INTO managed_policy VALUES
    ('ANPAAAAAAAAAAAAAAAAA2', 'AdministratorAccess', '/', 'Everything', 1, 2, 0, 0, 'aws'),
    ('ANPAAAAAAAAAAAAAAAAA3', 'AmazonS3FullAccess', '/', 'Every action on objects and buckets', 1, 2, 0, 0, 'aws'),
    ('ANPAAAAAAAAAAAAAAAAA4', 'AmazonS3ReadOnlyAccess', '/', 'Reading objects and buckets', 1, 2, 0, 0, 'aws');

INSERT INTO policy_version VALUES
    ('ANPAAAAAAAAAAAAAAAAA2', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', 0),
    ('ANPAAAAAAAAAAAAAAAAA3', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}', 0),
    ('ANPAAAAAAAAAAAAAAAAA4', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}', 0);
