/// The tables of the store.
///
/// What the logs are: `log`, `entry`, `tile`, `text`. What follows from them (the view, dropped and made anew by `rebuild`):
/// `processed`, `clock`, `verdict`, `list_entry`, `context_point`, `version`, `acceptance`, `resource`, `search`. What derives
/// from nothing and so carries its own digest: `local`.
///
/// An entry's key is `log.id << 40 | index`. The version of the schema is `PRAGMA user_version`.
enum Schema {
  static let version = 1
  /// "Tong" as a number, in the file's header: tells our files from other SQLite files.
  static let applicationID = 0x546F_6E67

  static let logs = """
    CREATE TABLE log (
      id INTEGER PRIMARY KEY,
      origin TEXT NOT NULL UNIQUE,
      size INTEGER NOT NULL,
      -- The hashes of the tree's right edge, largest subtree first, 32 bytes each.
      edge BLOB NOT NULL,
      -- The newest checkpoint that the entries were proven against: a signed note. Empty for an empty log.
      checkpoint BLOB NOT NULL,
      checkpoint_size INTEGER NOT NULL,
      -- Where the checkpoint covers more than is held: the consistency proof from `size` to it.
      consistency BLOB NOT NULL
    );
    CREATE TABLE entry (
      key INTEGER PRIMARY KEY,
      -- Verbatim: what the tree hashes.
      leaf BLOB NOT NULL,
      -- The commitment's random bytes, and the body; null where the entry has none or it is not held.
      nonce BLOB,
      body BLOB
    );
    CREATE TABLE tile (
      log INTEGER NOT NULL,
      level INTEGER NOT NULL,
      number INTEGER NOT NULL,
      -- 1 to 256 hashes of 32 bytes (c2sp.org/tlog-tiles).
      hashes BLOB NOT NULL,
      PRIMARY KEY (log, level, number)
    ) WITHOUT ROWID;
    -- The texts of lists, by digest. Never erased.
    CREATE TABLE text (digest BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
    -- Facts of this node alone: which peers are suspended and why, the newest timestamped signature of a region.
    CREATE TABLE local (
      key TEXT PRIMARY KEY,
      value BLOB NOT NULL,
      -- SHA-256 over key and value: nothing else proves this row.
      digest BLOB NOT NULL
    ) WITHOUT ROWID;
    """

  static let view = """
    CREATE TABLE processed (log INTEGER PRIMARY KEY, size INTEGER NOT NULL);
    -- What an entry's own log alone says of it.
    CREATE TABLE reading (
      key INTEGER PRIMARY KEY,
      -- The latest time of its log so far, in milliseconds since the epoch.
      latest INTEGER NOT NULL,
      -- Why it is refused whatever else is known; null if it is not.
      fault TEXT
    );
    -- Accepted changes of stated clocks: from entry `idx` of `log` on, that log's clock names `size` and `root` for `region`.
    CREATE TABLE clock (
      log INTEGER NOT NULL, region TEXT NOT NULL, idx INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
      PRIMARY KEY (log, region, idx)
    ) WITHOUT ROWID;
    -- Verdicts other than `applied`.
    CREATE TABLE verdict (key INTEGER PRIMARY KEY, code TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE TABLE list_entry (
      log INTEGER NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL, digest BLOB NOT NULL, effective INTEGER,
      PRIMARY KEY (log, idx)
    ) WITHOUT ROWID;
    CREATE TABLE context_point (log INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (log, idx)) WITHOUT ROWID;
    CREATE TABLE resource (
      number INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      status INTEGER NOT NULL,
      -- The version shown, as an entry's key; null where only contested ones are left.
      shown INTEGER,
      -- The versions that stand and those contested, as keys of 8 bytes, big-endian.
      standing BLOB NOT NULL,
      contested BLOB NOT NULL,
      -- From the body of the version shown, for filters; empty where it is not held or invalid.
      label INTEGER NOT NULL,
      title TEXT NOT NULL, region TEXT NOT NULL, department TEXT NOT NULL, share_type TEXT NOT NULL, open_type TEXT NOT NULL,
      updated TEXT NOT NULL
    );
    CREATE TABLE version (
      key INTEGER PRIMARY KEY, resource BLOB NOT NULL, kind INTEGER NOT NULL, supersedes BLOB NOT NULL, rests_on BLOB
    );
    CREATE INDEX version_of ON version (resource, key);
    CREATE TABLE acceptance (resource BLOB NOT NULL, key INTEGER NOT NULL, by INTEGER NOT NULL, PRIMARY KEY (resource, key, by)) WITHOUT ROWID;
    CREATE TABLE digest (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE search USING fts5 (title, rest, content='', tokenize="unicode61 remove_diacritics 0");
    """
}
