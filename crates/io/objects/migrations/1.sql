-- The object index. A bucket is its number, a key its bytes, so the order of rows is S3's order.

-- What a reader or a listing sees: the current version of each key that has one.
CREATE TABLE object (
    bucket_id    INTEGER NOT NULL,
    key          BLOB NOT NULL,
    id           INTEGER NOT NULL,
    -- `null`, or 32 digits that begin with the version's number.
    version_id   TEXT NOT NULL,
    -- Minus the version's number, so that ascending is newest first.
    newest_first INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    -- Where the body is. 0: in the file named by the id; 1: in small_body; 2: in the files of part.
    storage      INTEGER NOT NULL CHECK (storage BETWEEN 0 AND 2),
    etag         TEXT NOT NULL,
    modified_ms  INTEGER NOT NULL,
    -- JSON; empty where every attribute is absent.
    attributes   TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key)
) STRICT, WITHOUT ROWID;

-- For the sweeper: is there a row for this file?
CREATE UNIQUE INDEX object_in_file ON object (id) WHERE storage = 0;

-- All other versions, and every delete marker, also one that hides its key right now: the key then
-- has no row in object, and the marker is its first row here.
CREATE TABLE old_version (
    bucket_id    INTEGER NOT NULL,
    key          BLOB NOT NULL,
    id           INTEGER NOT NULL,
    version_id   TEXT NOT NULL,
    newest_first INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    -- 3: a delete marker, which has no body.
    storage      INTEGER NOT NULL CHECK (storage BETWEEN 0 AND 3),
    etag         TEXT NOT NULL,
    modified_ms  INTEGER NOT NULL,
    attributes   TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key, newest_first)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX old_version_in_file ON old_version (id) WHERE storage = 0;

-- A key has one null version at most.
CREATE UNIQUE INDEX old_null_version ON old_version (bucket_id, key) WHERE version_id = 'null';

-- Apart from the rows, so that listing never reads a body.
CREATE TABLE small_body (
    object_id INTEGER PRIMARY KEY,
    body      BLOB NOT NULL
) STRICT;

-- Multipart uploads in progress. An id begins with the number of the body that its parts will be.
CREATE TABLE upload (
    bucket_id    INTEGER NOT NULL,
    key          BLOB NOT NULL,
    upload_id    TEXT NOT NULL,
    initiated_ms INTEGER NOT NULL,
    attributes   TEXT NOT NULL,
    -- `ALGORITHM:KIND`; empty where none was chosen.
    checksum     TEXT NOT NULL,
    initiator    TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key, upload_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_by_age ON upload (initiated_ms);

-- The parts of uploads in progress, and of objects made from them: completing an upload moves none.
CREATE TABLE part (
    body_id     INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    file_id     INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    -- Empty in a copy.
    etag        TEXT NOT NULL,
    -- `ALGORITHM:value`; empty where there is none.
    checksum    TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    PRIMARY KEY (body_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX part_in_file ON part (file_id);

-- Uploads that became an object not long ago, so that who asks again gets the same answer.
CREATE TABLE completed_upload (
    upload_id    TEXT PRIMARY KEY,
    bucket_id    INTEGER NOT NULL,
    key          BLOB NOT NULL,
    version_id   TEXT NOT NULL,
    etag         TEXT NOT NULL,
    -- JSON; empty where there is none.
    checksum     TEXT NOT NULL,
    completed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX completed_upload_by_age ON completed_upload (completed_ms);

-- Buckets that were deleted. Nothing is stored in them any more.
CREATE TABLE closed_bucket (
    bucket_id INTEGER PRIMARY KEY
) STRICT;

-- The first number that the next opening may hand out.
CREATE TABLE next_id (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    id        INTEGER NOT NULL
) STRICT;

INSERT INTO next_id VALUES (1, 4294967296);
