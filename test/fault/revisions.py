"""The project that the fault tests run: every kind of revision, for both engines, up and down.

Each revision says in the table `ran`, which has no constraint at all, what it did: work that was
done twice stands there twice. The backfills add instead of set, for the same reason.
"""
import faults

ROWS = 30

BEFORE = "CREATE TABLE ran (revision TEXT, what TEXT);"


def mark(revision, what):
    return f"INSERT INTO ran VALUES ('{revision}', '{what}');\n"


def both(up, down):
    """The same text for each engine: nothing is translated."""
    return "".join(f"-- rung:up {engine}\n{up}\n-- rung:down {engine}\n{down}\n"
                   for engine in ("postgresql", "sqlite"))


def write_all(project):
    project.add(both(
        "CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n" + mark("001", "up"),
        "DROP TABLE owner;\n" + mark("001", "down")))

    # many statements, in one transaction
    tables = ["a", "b", "c"]
    project.add(both(
        "".join(f"CREATE TABLE many_{t} (id INTEGER PRIMARY KEY, v INTEGER);\n"
                f"INSERT INTO many_{t} VALUES (1, 1), (2, 2);\n" for t in tables)
        + mark("002", "up"),
        "".join(f"DROP TABLE many_{t};\n" for t in tables) + mark("002", "down")))

    # checks, inside the transaction
    project.add(both(
        "INSERT INTO owner VALUES (1, 'ada'), (2, 'bo');\n" + mark("003", "up"),
        "DELETE FROM owner WHERE id <= 2;\n" + mark("003", "down"))
        + "".join(f"-- rung:check {engine} {title}\n{query};\n"
                  for engine in ("postgresql", "sqlite")
                  for title, query in (
                      ("two owners", "SELECT count(*) = 2 FROM owner"),
                      ("marked once",
                       "SELECT count(*) % 2 = 1 FROM ran WHERE revision = '003'"))))

    # several steps, inside and outside of transactions
    project.add(f"""-- rung:up postgresql
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE item (id integer PRIMARY KEY, owner_id integer REFERENCES owner, n integer NOT NULL,
                   feels mood);
INSERT INTO item SELECT i, 1 + i % 2, i, 'ok' FROM generate_series(1, {ROWS}) i;
{mark('004', 'first')}
CREATE INDEX CONCURRENTLY item_n ON item (n);
{mark('004', 'second')}
ALTER TYPE mood ADD VALUE 'glad';
UPDATE item SET feels = 'glad' WHERE n % 3 = 0;
{mark('004', 'third')}
VACUUM item;
CREATE UNIQUE INDEX CONCURRENTLY item_unique ON item (n, owner_id);

-- rung:down postgresql
{mark('004', 'down first')}
DROP INDEX CONCURRENTLY item_unique;
DROP INDEX CONCURRENTLY item_n;
{mark('004', 'down second')}
DROP TABLE item;
DROP TYPE mood;

-- rung:check postgresql the indexes are good
SELECT count(*) = 2 FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
 WHERE relname LIKE 'item\\_%' AND relname <> 'item_pkey' AND indisvalid;

-- rung:up sqlite
CREATE TABLE item (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owner (id), n INTEGER NOT NULL,
                   feels TEXT);
INSERT INTO item WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {ROWS})
  SELECT i, 1 + i % 2, i, 'ok' FROM s;
{mark('004', 'first')}
PRAGMA journal_mode = WAL;
CREATE INDEX item_n ON item (n);
{mark('004', 'second')}
VACUUM;
UPDATE item SET feels = 'glad' WHERE n % 3 = 0;
{mark('004', 'third')}
-- rung:down sqlite
{mark('004', 'down first')}
DROP INDEX item_n;
VACUUM;
{mark('004', 'down second')}
DROP TABLE item;
PRAGMA journal_mode = DELETE;
""")

    # in batches
    batches = f"-- rung:backfill table=item key=id batch={ROWS // 3}\n"
    project.add(both(
        mark("005", "before") + batches + "UPDATE item SET n = n + 1000;\n" + mark("005", "behind"),
        mark("005", "down") + batches + "UPDATE item SET n = n - 1000;\n"))

    # a table that others reference, built anew on SQLite
    project.add(f"""-- rung:up postgresql
ALTER TABLE owner ADD COLUMN email text NOT NULL DEFAULT 'none';
{mark('006', 'up')}
-- rung:down postgresql
ALTER TABLE owner DROP COLUMN email;
{mark('006', 'down')}
-- rung:up sqlite
CREATE TABLE owner_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL);
INSERT INTO owner_new SELECT id, name, 'none' FROM owner;
DROP TABLE owner;
ALTER TABLE owner_new RENAME TO owner;
{mark('006', 'up')}
-- rung:down sqlite
CREATE TABLE owner_old (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO owner_old SELECT id, name FROM owner;
DROP TABLE owner;
ALTER TABLE owner_old RENAME TO owner;
{mark('006', 'down')}
""")

    # a batched delete that begins the revision and ends it
    project.add(both(
        f"-- rung:backfill table=item key=n,id batch={ROWS // 2}\n"
        "DELETE FROM item WHERE n % 5 = 0;\n",
        mark("007", "down")))

    project.add(both(
        "CREATE TABLE last (id INTEGER PRIMARY KEY);\n" + mark("008", "up"),
        "DROP TABLE last;\n" + mark("008", "down")))


def make(settings=""):
    project = faults.Project(settings)
    write_all(project)
    return project


def expected(project, database):
    """Pictures of an undisturbed upgrade and of the downgrade behind it."""
    database.fresh()
    faults.must(project, database, "upgrade")
    up, history = database.picture(), database.history()
    faults.must(project, database, "downgrade", "base")
    return (up, history), (database.picture(), database.history())
