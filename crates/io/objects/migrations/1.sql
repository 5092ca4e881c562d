-- The object index. A bucket is its number, a key its bytes, so the order of rows is S3's order.

CREATE TABLE object (
    bucket_id   INTEGER NOT NULL,
    key         BLOB NOT NULL,
    id          INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    -- 1: the body is in small_body; 0: it is in the file named by the id.
    inline      INTEGER NOT NULL CHECK (inline IN (0, 1)),
    etag        TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    -- JSON; empty where every attribute is absent.
    attributes  TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key)
) STRICT, WITHOUT ROWID;

-- For the sweeper: is there a row for this file?
CREATE UNIQUE INDEX object_in_file ON object (id) WHERE inline = 0;

-- Apart from the rows, so that listing never reads a body.
CREATE TABLE small_body (
    object_id INTEGER PRIMARY KEY,
    body      BLOB NOT NULL
) STRICT;

-- Buckets that were deleted. Nothing is stored in them any more.
CREATE TABLE closed_bucket (
    bucket_id INTEGER PRIMARY KEY
) STRICT;

-- The first object id that the next opening may hand out.
CREATE TABLE next_id (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    id        INTEGER NOT NULL
) STRICT;

INSERT INTO next_id VALUES (1, 4294967296);
