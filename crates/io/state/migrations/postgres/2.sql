-- Roles, managed policies, providers of tokens, the ring that seals sessions, links of the issuer, shares.
-- Instants are milliseconds since 1970-01-01 UTC.

-- Names are unique whatever their case and path. `origin` tells what configuration files declare.
CREATE TABLE managed_policy (
    unique_id       TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    folded_name     TEXT NOT NULL UNIQUE,
    path            TEXT NOT NULL,
    description     TEXT,
    default_version BIGINT NOT NULL,
    -- The number that the next version gets; it never goes back.
    next_version    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    origin          TEXT NOT NULL CHECK (origin IN ('aws', 'declared', 'stored'))
);

CREATE TABLE policy_version (
    policy_id  TEXT NOT NULL REFERENCES managed_policy (unique_id),
    number     BIGINT NOT NULL,
    document   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (policy_id, number)
);

-- To a user, a group or a role; their unique ids begin differently.
CREATE TABLE attachment (
    owner_id  TEXT NOT NULL,
    policy_id TEXT NOT NULL REFERENCES managed_policy (unique_id),
    origin    TEXT NOT NULL CHECK (origin IN ('declared', 'stored')),
    PRIMARY KEY (owner_id, policy_id)
);

CREATE INDEX attachment_of_policy ON attachment (policy_id);

-- Of a role, a managed policy (by unique id) or a provider (by issuer).
CREATE TABLE tag (
    owner_id TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (owner_id, key)
);

CREATE TABLE role (
    unique_id       TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    folded_name     TEXT NOT NULL UNIQUE,
    path            TEXT NOT NULL,
    trust_policy    TEXT NOT NULL,
    max_session_s   BIGINT NOT NULL,
    description     TEXT,
    created_at      BIGINT NOT NULL,
    last_used_at    BIGINT,
    boundary        TEXT,
    boundary_policy TEXT REFERENCES managed_policy (unique_id),
    origin          TEXT NOT NULL CHECK (origin IN ('declared', 'stored'))
);

ALTER TABLE users ADD COLUMN path TEXT NOT NULL DEFAULT '/';
ALTER TABLE users ADD COLUMN boundary_policy TEXT REFERENCES managed_policy (unique_id);
ALTER TABLE users ADD COLUMN origin TEXT NOT NULL DEFAULT 'stored'
    CHECK (origin IN ('declared', 'stored'));

ALTER TABLE access_key ADD COLUMN expires_at BIGINT;
ALTER TABLE access_key ADD COLUMN retiring_at BIGINT;
ALTER TABLE access_key ADD COLUMN description TEXT;

-- Who still uses a retiring key.
CREATE TABLE key_caller (
    access_key_id TEXT NOT NULL REFERENCES access_key (id),
    network       TEXT NOT NULL,
    agent         TEXT NOT NULL,
    link          BYTEA,
    uses          BIGINT NOT NULL,
    first_at      BIGINT NOT NULL,
    last_at       BIGINT NOT NULL,
    PRIMARY KEY (access_key_id, network, agent)
);

-- Lists are one a line.
CREATE TABLE oidc_provider (
    issuer      TEXT PRIMARY KEY,
    audiences   TEXT NOT NULL,
    thumbprints TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('declared', 'stored'))
);

CREATE TABLE sealing_key (
    id         BIGINT PRIMARY KEY,
    sealed     BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE issued_link (
        link          BYTEA PRIMARY KEY,
    name          TEXT NOT NULL,
    principal_id  TEXT NOT NULL,
    principal_arn TEXT NOT NULL,
    subject       TEXT,
    verb          TEXT NOT NULL,
    shape         TEXT NOT NULL,
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    restrictions  TEXT NOT NULL,
    request_id    TEXT NOT NULL
);

CREATE INDEX issued_link_of_principal ON issued_link (principal_id, created_at);
CREATE INDEX issued_link_by_end ON issued_link (expires_at);

-- How many links of a principal end in an hour, counted from 1970.
CREATE TABLE live_links (
    principal_id TEXT NOT NULL,
    hour         BIGINT NOT NULL,
    count        BIGINT NOT NULL,
    PRIMARY KEY (principal_id, hour)
);

CREATE TABLE remembered_answer (
    principal_id   TEXT NOT NULL,
    key_digest     BYTEA NOT NULL,
    request_digest BYTEA NOT NULL,
    sealed_answer  BYTEA NOT NULL,
    expires_at     BIGINT NOT NULL,
    PRIMARY KEY (principal_id, key_digest)
);

CREATE INDEX remembered_answer_by_end ON remembered_answer (expires_at);

CREATE TABLE share (
    token_digest  BYTEA PRIMARY KEY,
    id            BYTEA NOT NULL UNIQUE,
    principal_id  TEXT NOT NULL,
    principal_arn TEXT NOT NULL,
    session       BYTEA NOT NULL,
    subject       TEXT,
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    spec          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    max_opens     BIGINT,
    opens         BIGINT NOT NULL,
    revoked_at    BIGINT
);

CREATE INDEX share_of_principal ON share (principal_id, created_at);
CREATE INDEX share_by_end ON share (expires_at);

-- What is built in. AWS's names, for those who attach them by habit.
INSERT INTO managed_policy
    (unique_id, name, folded_name, path, description, default_version, next_version, created_at, updated_at, origin)
VALUES
    ('ANPAAAAAAAAAAAAAAAAA2', 'AdministratorAccess', 'administratoraccess', '/', 'Everything', 1, 2, 0, 0, 'aws'),
    ('ANPAAAAAAAAAAAAAAAAA3', 'AmazonS3FullAccess', 'amazons3fullaccess', '/', 'Every action on objects and buckets', 1, 2, 0, 0, 'aws'),
    ('ANPAAAAAAAAAAAAAAAAA4', 'AmazonS3ReadOnlyAccess', 'amazons3readonlyaccess', '/', 'Reading objects and buckets', 1, 2, 0, 0, 'aws');

INSERT INTO policy_version (policy_id, number, document, created_at) VALUES
    ('ANPAAAAAAAAAAAAAAAAA2', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', 0),
    ('ANPAAAAAAAAAAAAAAAAA3', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}', 0),
    ('ANPAAAAAAAAAAAAAAAAA4', 1,
     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}', 0);
