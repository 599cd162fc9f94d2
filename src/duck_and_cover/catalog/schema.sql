-- One row says what is known of one thing. Nothing is deleted; every change is one transaction.

CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- what was learned about a service: the largest page it gives, what it does not tell, until when it wants no requests
CREATE TABLE notes (source TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (source, name)) WITHOUT ROWID;

CREATE TABLE artists (source TEXT, id TEXT, name TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;

-- origin: "stated" by the service, or "asked": its search for this genre led to the artist
CREATE TABLE artist_genres (
    source TEXT, artist_id TEXT, genre TEXT, origin TEXT, PRIMARY KEY (source, artist_id, genre, origin)
) WITHOUT ROWID;

CREATE TABLE albums (
    source TEXT, id TEXT, name TEXT NOT NULL, release TEXT NOT NULL, precision TEXT NOT NULL, year INTEGER,
    kind TEXT NOT NULL, rights TEXT NOT NULL, PRIMARY KEY (source, id)
) WITHOUT ROWID;

CREATE TABLE album_artists (
    source TEXT, album_id TEXT, place INTEGER, artist_id TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (source, album_id, place)
) WITHOUT ROWID;

CREATE TABLE album_genres (source TEXT, album_id TEXT, genre TEXT, PRIMARY KEY (source, album_id, genre)) WITHOUT ROWID;

CREATE TABLE examples (source TEXT, album_id TEXT, PRIMARY KEY (source, album_id)) WITHOUT ROWID;

-- which picture serves an album at a size, and whether it lies at the album's place yet
CREATE TABLE covers (
    source TEXT, album_id TEXT, size_px INTEGER, url TEXT NOT NULL, width_px INTEGER, shown INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, album_id, size_px)
) WITHOUT ROWID;
CREATE INDEX covers_by_picture ON covers (url);
CREATE INDEX covers_to_show ON covers (url) WHERE shown = 0;

-- state: waiting, done, gone (404, 410), refused (will never be answered), parked (tried often enough), skipped (the
-- service does not have it), held (beyond what was wanted)
CREATE TABLE tasks (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, stage TEXT NOT NULL, item TEXT NOT NULL, page TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', changed_at REAL NOT NULL DEFAULT 0,
    UNIQUE (source, stage, item, page)
);
CREATE INDEX tasks_by_turn ON tasks (state, source, not_before, number);

CREATE TABLE pictures (
    number INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', changed_at REAL NOT NULL DEFAULT 0,
    sha256 TEXT, format TEXT, width_px INTEGER, height_px INTEGER, bytes INTEGER, look INTEGER, flags TEXT,
    etag TEXT, last_modified TEXT
);
CREATE INDEX pictures_by_state ON pictures (state, number);
CREATE INDEX pictures_by_turn ON pictures (state, source, not_before, number);
CREATE INDEX pictures_by_content ON pictures (sha256);
