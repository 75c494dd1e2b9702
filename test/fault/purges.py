"""What the tests of purges share: tables with every kind of foreign key, requests, and what must hold
afterwards.

Triggers of the test note each row that goes, with the transaction that removed it (PostgreSQL) or the
number of the record that this will have (SQLite): so the records of rung's audit are compared with
what happened, not with what rung says of it.
"""
import collections
import hashlib
import hmac
import os
import pathlib
import shutil

import faults

KEY = "0123456789abcdef0123456789abcdef"
PENDING, PURGING, PURGED, CANCELLED = "pending", "purging", "purged", "cancelled"

# table -> columns; a diamond (comments), a cycle (teams, members), a self-reference (files), keys of
# two columns (orders, items), a reference that becomes NULL (reviews), one that keeps (invoices), and
# names that must be quoted
SCHEMA = '''
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, deletion_requested_at {stamp});
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE);
CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER REFERENCES posts ON DELETE CASCADE,
  user_id INTEGER REFERENCES users ON DELETE CASCADE, body TEXT);
CREATE TABLE orders (user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, no INTEGER NOT NULL,
  PRIMARY KEY (user_id, no));
CREATE TABLE items (user_id INTEGER NOT NULL, no INTEGER NOT NULL, line INTEGER NOT NULL,
  PRIMARY KEY (user_id, no, line),
  FOREIGN KEY (user_id, no) REFERENCES orders ON DELETE CASCADE);
CREATE TABLE teams (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  head_id INTEGER {forward});
CREATE TABLE members (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams ON DELETE CASCADE);
{later}
CREATE TABLE files (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  parent_id INTEGER REFERENCES files ON DELETE CASCADE);
CREATE TABLE reviews (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users ON DELETE SET NULL,
  who TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users);
CREATE TABLE "Order ""x""" (id INTEGER PRIMARY KEY, "select" INTEGER NOT NULL REFERENCES users ON DELETE CASCADE);
CREATE INDEX posts_user ON posts (user_id);
CREATE INDEX comments_post ON comments (post_id);
CREATE INDEX comments_user ON comments (user_id);
CREATE INDEX reviews_user ON reviews (user_id);
CREATE TABLE gone (what TEXT NOT NULL, at BIGINT NOT NULL, id TEXT);
'''
TABLES = ("users", "posts", "comments", "orders", "items", "teams", "members", "files", "reviews",
          "invoices", 'Order "x"')

SETTINGS = """targets: {{ main: {{ url: "${{FAULT_URL}}"{target} }} }}
lifecycle:
  key: {key}
  ledger: ledger
  anchor: anchor
  subjects:
    users: {{ requested_at: deletion_requested_at, grace: {grace} }}
  relations:
    posts.user_id: cascade
    comments.post_id: cascade
    comments.user_id: cascade
    orders.user_id: cascade
    items.user_id,no: cascade
    teams.owner_id: cascade
    teams.head_id: cascade
    members.team_id: cascade
    files.user_id: cascade
    files.parent_id: cascade
    reviews.user_id: {{ class: set_null, pseudonym: who }}
    invoices.user_id: restrict
    "Order \\"x\\".select": cascade
  holds:
    evidence: {{ table: comments, when: "body = 'evidence'", reason: "it is evidence" }}
  purge: {{ lease: {lease}, subjects: {subjects}, batch_time: {batch_time} }}
"""


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Project(faults.Project):
    """A folder with the rung.yaml above."""

    def __init__(self, lease="60s", subjects=3, grace="30d", batch_time="100ms", target=""):
        super().__init__()
        with open(os.path.join(self.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(key=KEY, lease=lease, subjects=subjects, grace=grace,
                                       batch_time=batch_time, target=target and ", " + target))


def inserts(users, each=2):
    """Rows of so many users: `each` of everything below, and what the numbers of some say:
    of every ten the 3rd has an invoice, the 4th evidence among the comments below it."""
    out = collections.defaultdict(list)
    for u in range(1, users + 1):
        out["users"].append(f"({u}, 'user {u}', NULL)")
        for i in range(1, each + 1):
            n = u * 1000 + i
            other = u % users + 1
            out["posts"].append(f"({n}, {u})")
            out["comments"].append(f"({n}, {n}, {other}, NULL)")
            out["orders"].append(f"({u}, {i})")
            out["items"] += [f"({u}, {i}, {line})" for line in range(each)]
            out["files"].append(f"({n}, {u}, {n - 1 if i > 1 else 'NULL'})")
            out["reviews"].append(f"({n}, {u}, NULL)")
            out['Order "x"'].append(f"({n}, {u})")
            out["members"].append(f"({n}, {u})")
        out["teams"].append(f"({u}, {u}, NULL)")
        if u % 10 == 3:
            out["invoices"].append(f"({u}, {u})")
        if u % 10 == 4:
            out["comments"].append(f"({u}, {u * 1000 + 1}, NULL, 'evidence')")
    order = ("users", "posts", "comments", "orders", "items", "teams", "members", "files", "reviews",
             "invoices", 'Order "x"')
    lines = [f"INSERT INTO {quoted(t)} VALUES {', '.join(out[t])};" for t in order if out[t]]
    lines.append(f"UPDATE teams SET head_id = id * 1000 + {each};")
    return "\n".join(lines)


def constant(value):
    return "NULL" if value is None else f"'{value}'"


def note_postgresql(table):
    key = {"orders": "OLD.user_id || '.' || OLD.no",
           "items": "OLD.user_id || '.' || OLD.no || '.' || OLD.line"}.get(table, "OLD.id")
    return (f"CREATE FUNCTION note_{TABLES.index(table)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" INSERT INTO gone VALUES ('{table}', txid_current(), {key}); RETURN NULL; END $$;"
            f"CREATE TRIGGER note AFTER DELETE ON {quoted(table)} FOR EACH ROW EXECUTE FUNCTION"
            f" note_{TABLES.index(table)}();")


def note_sqlite(table):
    key = {"orders": "OLD.user_id || '.' || OLD.no",
           "items": "OLD.user_id || '.' || OLD.no || '.' || OLD.line"}.get(table, "OLD.id")
    return (f"CREATE TRIGGER note_{TABLES.index(table)} AFTER DELETE ON {quoted(table)} BEGIN"
            f" INSERT INTO gone SELECT '{table}', number + 1, {key} FROM rung_mark WHERE name = 'audit';"
            " END;")


def life_hash(subject, key):
    return hmac.new(KEY.encode(), f"{subject}\0{key}".encode(), hashlib.sha256).hexdigest()


class Scene:
    """A database with the tables above, which goes back to its beginning quickly."""

    def __init__(self, engine, project, users=10, due=None, each=2, extra="", folder=None):
        self.engine, self.project = engine, project
        self.pg = engine == "postgresql"
        self.rung_ = "rung." if self.pg else "rung_"
        self.due = list(due if due is not None else range(1, users - 1))
        self.database = faults.Postgres() if self.pg else faults.Sqlite(folder=folder)
        self.url = self.database.url
        self.run_script(self.schema() + extra.replace("{rung}", self.rung_))
        faults.must(project, self.database, "erase", "init")
        self.marks = self.query("SELECT name, number, value FROM {rung}mark WHERE name <> 'audit'")
        self.marks.append(("audit", "0", None))
        self.run_script("\n".join((note_postgresql if self.pg else note_sqlite)(t) for t in TABLES))
        self.rows_sql = inserts(users, each)
        self.begin_sql = self.begin()
        if self.pg:
            self.fresh()
        else:
            self.run_script(self.begin_sql)
            shutil.copy(self.database.path, self.database.path + ".begin")
        self.before = self.counts()

    def schema(self):
        forward = "" if self.pg else "REFERENCES members ON DELETE CASCADE"
        later = ("ALTER TABLE teams ADD FOREIGN KEY (head_id) REFERENCES members ON DELETE CASCADE;"
                 if self.pg else "")
        return SCHEMA.format(stamp="timestamptz" if self.pg else "TEXT", forward=forward, later=later)

    def run_script(self, sql):
        if self.pg:
            self.database.query("SET client_min_messages = warning;" + sql)
            return
        conn = self.database.connect()
        try:
            conn.executescript(sql)
        finally:
            conn.close()

    def now(self, seconds=0):
        return (f"now() + interval '{seconds} s'" if self.pg
                else f"CAST(strftime('%s', 'now') AS INTEGER) + {seconds}")

    def request_sql(self, key, due=-86400):
        """As `rung erase request` does it, but due at another time (seconds from now)."""
        asked = self.now(due - 86400)
        if self.pg:
            asked = f"date_trunc('second', {asked})"
        stamp = (f"(SELECT requested_at FROM rung.erasure WHERE key = '{key}' AND state = 'pending')" if self.pg
                 else "(SELECT strftime('%Y-%m-%d %H:%M:%S', requested_at, 'unixepoch') FROM rung_erasure"
                      f" WHERE key = '{key}' AND state = 'pending')")
        return (f"INSERT INTO {self.rung_}erasure (subject, key, subject_hash, state, requested_at, due_at,"
                f" requested_by) VALUES ('users', '{key}', '{life_hash('users', key)}', 'pending', {asked},"
                f" {self.now(due)}, 'test');"
                f"UPDATE users SET deletion_requested_at = {stamp} WHERE id = {key};")

    def begin(self):
        r = self.rung_
        clean = ""
        if self.pg:
            names = [quoted(t) for t in TABLES] + ["gone", "rung.audit", "rung.erasure", "rung.hold"]
            clean = ("SET session_replication_role = replica;" + "".join(f"DELETE FROM {name};" for name in names) +
                     "DELETE FROM rung.mark; INSERT INTO rung.mark (name, number, value) VALUES "
                     + ", ".join(f"('{n}', {i}, {constant(v)})" for n, i, v in self.marks) + ";"
                     + "SET session_replication_role = origin;")
        begin = "BEGIN;" + ("SET LOCAL synchronous_commit = off;" if self.pg else "")
        return (begin + clean + self.rows_sql
                + "".join(self.request_sql(key) for key in self.due)
                + f"UPDATE {r}mark SET at = {self.now()} WHERE name = 'clock';COMMIT;")

    def fresh(self):
        self.forget()
        if self.pg:
            self.database.wait_alone()
            self.run_script(self.begin_sql)
            return
        for end in ("-journal", "-wal", "-shm"):
            if os.path.exists(self.database.path + end):
                os.unlink(self.database.path + end)
        shutil.copy(self.database.path + ".begin", self.database.path)

    def forget(self):
        """The files outside are those of a database that has just begun."""
        for name in ("ledger", "anchor"):
            path = os.path.join(self.project.folder, name)
            if os.path.exists(path):
                os.unlink(path)

    def ledger(self):
        path = os.path.join(self.project.folder, "ledger")
        return pathlib.Path(path).read_text(encoding="ascii") if os.path.exists(path) else ""

    def in_ledger(self, key):
        return life_hash("users", key) in self.ledger()

    def check_ledger(self):
        """Who is purged stands in the file outside."""
        hashes = {row[0] for row in self.query("SELECT subject_hash FROM {rung}erasure WHERE state = 'purged'")}
        text = self.ledger()
        missing = [hash_ for hash_ in hashes if hash_ not in text]
        assert not missing, f"the ledger does not know {missing}"

    def query(self, sql):
        rows = self.database.query(sql.replace("{rung}", self.rung_))
        return [tuple(None if v is None else str(v) for v in row) for row in rows]

    def value(self, sql):
        return self.query(sql)[0][0]

    def execute(self, sql):
        self.run_script(sql.replace("{rung}", self.rung_))

    def purge(self, *words, env=None, **options):
        return faults.rung(self.project, self.database, "purge", *words, env=env, **options)

    def must(self, *words, code=faults.DONE, env=None):
        return faults.must(self.project, self.database, *words, code=code, env=env)

    def expire_lease(self):
        self.database.wait_alone()
        self.execute("UPDATE {rung}mark SET at = " + self.now(-1) + " WHERE name = 'purge' AND value IS NOT NULL;")

    # ---- what is there ----

    def counts(self):
        return {t: int(self.value(f"SELECT count(*) FROM {quoted(t)}")) for t in TABLES}

    def rows(self):
        return {t: sorted(self.query(f"SELECT * FROM {quoted(t)}"), key=repr) for t in TABLES
                if t != "users"} | {"users": sorted(self.query("SELECT id, name, deletion_requested_at IS NULL"
                                                             " FROM users"), key=repr)}

    def requests(self):
        return sorted(self.query("SELECT subject_hash, state, coalesce(key, '') FROM {rung}erasure"))

    def picture(self):
        return self.rows(), self.requests()

    def keys_in(self, state):
        return {row[0] for row in self.query(f"SELECT key FROM {{rung}}erasure WHERE state = '{state}'")}

    def check_keys(self):
        """No row references what is not there (PostgreSQL checks that itself)."""
        if not self.pg:
            assert self.query("PRAGMA integrity_check") == [("ok",)]
            assert self.query("PRAGMA foreign_key_check") == []

    def check_step(self):
        """The column of each user says what the requests say, and purged users are gone."""
        stamp = ("e.requested_at" if self.pg else "strftime('%Y-%m-%d %H:%M:%S', e.requested_at, 'unixepoch')")
        wrong = self.query(
            f"SELECT u.id FROM users u LEFT JOIN {{rung}}erasure e ON e.key = CAST(u.id AS text) AND e.state"
            f" IN ('pending', 'purging') WHERE u.deletion_requested_at IS {'DISTINCT FROM' if self.pg else 'NOT'}"
            f" {stamp}")
        assert wrong == [], f"the column is not in step: {wrong}"
        hashes = {row[0] for row in self.query("SELECT subject_hash FROM {rung}erasure WHERE state = 'purged'")}
        left = {row[0] for row in self.query("SELECT id FROM users") if life_hash("users", row[0]) in hashes}
        assert not left, f"said to be purged and still there: {left}"

    def records(self):
        at = ("to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')" if self.pg else "at")
        return self.query(f"SELECT seq, {at}, actor, action, policy, table_name, row_count, subjects,"
                          " subject_hash, run, detail, hash FROM {rung}audit ORDER BY seq")

    def check_audit(self):
        """The chain is whole (computed here, too), each transaction that removed rows has one record with
        their number, and there is no record without."""
        before, records = "", self.records()
        for number, record in enumerate(records, 1):
            assert record[0] == str(number), f"record {number} is missing"
            sealed = "".join("-," if f is None else f"{len(f.encode())}:{f}," for f in (before, *record[:-1]))
            before = hashlib.sha256(sealed.encode()).hexdigest()
            assert record[-1] == before, f"the seal of record {number}"
        number, value = self.query("SELECT number, coalesce(value, '') FROM {rung}mark WHERE name = 'audit'")[0]
        assert (int(number), value) == (len(records), before), "the head of the chain"
        changes = [r for r in records if r[3] == "delete"]
        by_batch = collections.Counter()
        if self.pg:
            xmin = dict(self.query("SELECT seq, xmin::text FROM {rung}audit"))
            assert len(set(xmin.values())) == len(xmin), "two records of one transaction"
            wide = int(self.value("SELECT txid_snapshot_xmax(txid_current_snapshot()) / 4294967296"))
            assert wide == 0
            for record in changes:
                by_batch[xmin[record[0]]] += int(record[6])
        else:
            for record in changes:
                by_batch[record[0]] += int(record[6])
        happened = collections.Counter({at: int(n) for at, n in self.query(
            "SELECT at, count(*) FROM gone GROUP BY at")})
        assert +by_batch == happened, f"records {by_batch - happened} beside {happened - by_batch}"
        assert self.value("SELECT count(*) FROM (SELECT what, id FROM gone GROUP BY what, id HAVING count(*)"
                          " > 1) x") == "0", "a row went twice"
        nulled = sum(int(r[6]) for r in records if r[3] == "set null")
        pseudonyms = int(self.value("SELECT count(*) FROM reviews WHERE who IS NOT NULL"))
        assert nulled == pseudonyms, f"{nulled} references set to NULL on record, {pseudonyms} in the table"
        finished = int(self.value("SELECT count(*) FROM {rung}erasure WHERE state = 'purged'"))
        told = sum(int(r[7]) for r in records if r[3] in ("delete", "gone already"))
        assert finished == told, f"{finished} subjects purged, {told} on record"
        return records

    def check_sum(self, before=None):
        """What is on record is the difference in rows."""
        now, before = self.counts(), before or self.before
        gone = sum(before[t] - now[t] for t in TABLES)
        recorded = sum(int(r[6]) for r in self.records() if r[3] == "delete")
        assert gone == recorded, f"{gone} rows went, {recorded} are on record"

    def check_all(self):
        self.check_keys()
        self.check_step()
        self.check_audit()
        self.check_ledger()

    def close(self):
        self.database.close()
