/// The tables of the store.
///
/// What the logs are: `log`, `entry`, `restricted`, `tile`, `text`. What follows from them (the view, dropped and made anew by `rebuild`):
/// all of `viewTables`. What derives from nothing and so carries its own digest: `local`.
///
/// An entry's key is `log.id << 40 | index`. The version of the schema is `PRAGMA user_version`.
enum Schema {
  /// 2: when lists begin and end is kept by list.
  static let version = 2
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
      -- Where the checkpoint covers more than is held: the consistency proof from `size` to it.
      consistency BLOB NOT NULL
    );
    CREATE TABLE entry (
      key INTEGER PRIMARY KEY,
      -- Verbatim: what the tree hashes.
      leaf BLOB NOT NULL,
      -- The commitment's random bytes, and the open body; null where the entry has none or it is not held.
      nonce BLOB,
      body BLOB
    );
    -- Restricted bodies, apart from what every peer is served: this region's own, and those that others handed out to it.
    CREATE TABLE restricted (key INTEGER PRIMARY KEY, nonce BLOB NOT NULL, body BLOB NOT NULL);
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
    CREATE TABLE progress (
      log INTEGER PRIMARY KEY,
      processed INTEGER NOT NULL,
      -- The latest time of all held entries, in milliseconds since the epoch.
      latest INTEGER NOT NULL
    );
    -- Entries that are refused whatever else is known, with the latest time of their log up to there. Of all others that is
    -- the time in their leaf.
    CREATE TABLE fault (key INTEGER PRIMARY KEY, latest INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL);
    -- Accepted changes of stated clocks: from entry `idx` of `log` on, that log's clock names `size` and `root` for `region`.
    -- By (log, region) sizes rise strictly with the indices.
    CREATE TABLE clock (
      log INTEGER NOT NULL, region TEXT NOT NULL, idx INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
      PRIMARY KEY (log, region, idx)
    ) WITHOUT ROWID;
    CREATE INDEX clock_by_size ON clock (log, region, size);
    CREATE INDEX clock_by_entry ON clock (log, idx);
    -- Verdicts other than `applied`.
    CREATE TABLE verdict (
      key INTEGER PRIMARY KEY, code TEXT NOT NULL, reason TEXT NOT NULL,
      -- Of the resource that the entry wanted to be a version of; empty for others.
      id TEXT NOT NULL
    );
    CREATE INDEX verdict_of_id ON verdict (id) WHERE id <> '';
    -- Bodies that this node should have and has not: open ones that a frame lacked, restricted ones it is a recipient of.
    CREATE TABLE wanted (key INTEGER PRIMARY KEY, restricted INTEGER NOT NULL);
    CREATE INDEX wanted_restricted ON wanted (key) WHERE restricted = 1;
    -- By applied grants: who may have a restricted body besides those that its leaf names.
    CREATE TABLE granted (key INTEGER NOT NULL, region TEXT NOT NULL, PRIMARY KEY (key, region)) WITHOUT ROWID;
    -- By applied recalls: entries whose body is erased for good, each with the key of the first that did it.
    CREATE TABLE recalled (key INTEGER PRIMARY KEY, recall INTEGER NOT NULL);
    CREATE TABLE list_item (
      resource TEXT NOT NULL, list BLOB NOT NULL, source TEXT NOT NULL, PRIMARY KEY (resource, list)
    ) WITHOUT ROWID;
    CREATE TABLE list_act (
      list BLOB NOT NULL, region TEXT NOT NULL, idx INTEGER NOT NULL,
      -- Milliseconds since the epoch from which an end takes effect; null for a signature.
      effective INTEGER,
      PRIMARY KEY (list, region, idx)
    ) WITHOUT ROWID;
    CREATE INDEX list_act_by_entry ON list_act (region, idx);
    CREATE INDEX list_signature ON list_act (list, region) WHERE effective IS NULL;
    -- Applied suspensions and resumptions.
    CREATE TABLE list_stop (
      list BLOB NOT NULL, region TEXT NOT NULL, idx INTEGER NOT NULL, resumes INTEGER NOT NULL,
      -- A place in the text, from 0; null: every item. A region; empty: every recipient.
      item INTEGER, recipient TEXT NOT NULL,
      PRIMARY KEY (list, region, idx)
    ) WITHOUT ROWID;
    CREATE TABLE list_successor (list BLOB NOT NULL, successor BLOB NOT NULL, PRIMARY KEY (list, successor)) WITHOUT ROWID;
    -- When lists begin and end: what their texts and recorded ends say, milliseconds since the epoch.
    CREATE TABLE list_moment (time INTEGER NOT NULL, list BLOB NOT NULL, PRIMARY KEY (time, list)) WITHOUT ROWID;
    CREATE TABLE version (
      id TEXT NOT NULL,
      key INTEGER NOT NULL,
      -- First component of the id; region of the log.
      owner TEXT NOT NULL, writer TEXT NOT NULL,
      withdrawal INTEGER NOT NULL, time INTEGER NOT NULL,
      -- Entry names, `region:index`, one a line.
      supersedes TEXT NOT NULL,
      rests_on BLOB,
      rights INTEGER NOT NULL, replaced INTEGER NOT NULL, closed INTEGER NOT NULL,
      PRIMARY KEY (id, key)
    ) WITHOUT ROWID;
    CREATE INDEX version_unseen ON version (owner, writer, key) WHERE rights = 1 AND closed = 0;
    CREATE TABLE mark (id TEXT NOT NULL, kind INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (id, kind, entry)) WITHOUT ROWID;
    CREATE TABLE resource (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      -- standing, disputed, withdrawn, contested
      status TEXT NOT NULL,
      -- The version shown, as an entry's key; null where only contested ones are left.
      shown INTEGER,
      -- Names of the versions that stand beside the one shown and of those contested, `region:index`, one a line.
      versions TEXT NOT NULL, contested TEXT NOT NULL,
      -- Why the body of the version shown is not: withheld, recalled, missing, invalid; empty where it is.
      label TEXT NOT NULL,
      -- From that body, for filters and lists of hits.
      title TEXT NOT NULL, region TEXT NOT NULL, department TEXT NOT NULL, share_type TEXT NOT NULL,
      open_type TEXT NOT NULL, updated TEXT NOT NULL
    );
    CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    -- Ideographs as single words, so that a query of one or two of them is answered by the index.
    CREATE VIRTUAL TABLE search USING fts5 (title, rest, content='', columnsize=0, tokenize="unicode61 remove_diacritics 0");
    """

  /// What `fsck` compares, table by table, and the order in which each row has its place: every column but numbers that depend
  /// on the order of arrival, and what signatures or own digests prove.
  static let comparisons: [(table: String, columns: String, order: String)] = [
    ("log", "id, origin, size, edge", "id"),
    ("entry", "*", "key"), ("restricted", "*", "key"), ("tile", "*", "log, level, number"), ("text", "*", "digest"),
    ("progress", "*", "log"), ("fault", "*", "key"), ("clock", "*", "log, region, idx"), ("verdict", "*", "key"),
    ("wanted", "*", "key"), ("granted", "*", "key, region"), ("recalled", "*", "key"),
    ("list_item", "*", "resource, list"), ("list_act", "*", "list, region, idx"),
    ("list_stop", "*", "list, region, idx"), ("list_successor", "*", "list, successor"),
    ("list_moment", "*", "time, list"),
    ("version", "*", "id, key"), ("mark", "*", "id, kind, entry"), ("state", "*", "name"),
    (
      "resource",
      "id, status, shown, versions, contested, label, title, region, department, share_type, open_type, updated", "id"
    ),
  ]

  /// Every table that `rebuild` makes anew, and `fsck` compares with what the logs say.
  static let viewTables = [
    "progress", "fault", "clock", "verdict", "wanted", "granted", "recalled", "list_item", "list_act", "list_stop",
    "list_successor",
    "list_moment", "version",
    "mark",
    "resource", "state", "search",
  ]
}
