"""rung vault: what it seals is read by an independent reader, by nobody without the key, and in no
other place; what stops it in the middle loses nothing."""
import glob
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time

from harness import (RUNG, Case, Postgresql, Sqlite, main, on_each_engine, program, psql, server_url,
                     wait_until)
from vault_reader import lookup, place, read_keys, unseal

CANARY = "sk-canary-7f3b"
SEALED = re.compile(r"^rv1:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$")
COLUMNS = "vault:\n  columns:\n"


class VaultCase(Case):
    def setUp(self):
        super().setUp()
        self.outputs = []

    def vault(self, *columns, keys=True, more=""):
        """rung.yaml with these lines below vault.columns, and a key file."""
        self.project.config(COLUMNS + "".join(f"    {line}\n" for line in columns) + more)
        if keys and not os.path.exists(self.project.path("vault.keys")):
            self.ok("vault", "init")

    def rung(self, *words, **more):
        result = super().rung(*words, **more)
        self.outputs.append(result.out + result.err)
        return result

    def keys(self):
        return read_keys(self.project.read("vault.keys"))

    def check(self, code=0):
        result = self.rung("vault", "check", "--json")
        self.assertEqual(result.code, code, str(result))
        return result.json()

    def kinds(self, code=3):
        return [(f["kind"], f["column"], f["count"]) for f in self.check(code)["findings"]]

    def decrypt(self, column, *row):
        words = [word for id in row for word in ("--row", id)]
        return self.ok("vault", "decrypt", "--column", column, *words, "--json").json()["value"]

    def fill(self, count):
        self.db.execute("CREATE TABLE keys (id integer PRIMARY KEY, secret text, found text);"
                        "INSERT INTO keys (id, secret) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                        f" SELECT i + 1 FROM n WHERE i < {count}) SELECT i, 'secret ' || i FROM n;")

    def assert_all_open(self, count):
        """Every row of fill() holds what it held."""
        keys, where = self.keys(), place("", "keys", "secret")
        rows = self.db.query("SELECT id, secret FROM keys ORDER BY id")
        self.assertEqual(len(rows), count)
        for id, value in rows:
            plain = unseal(keys, where, [id], value) if SEALED.match(value) else value.encode()
            self.assertEqual(plain, f"secret {id}".encode(), id)
        return [SEALED.match(value) and value.split(":")[1] for _, value in rows]


@on_each_engine
class Vault(VaultCase):
    def test_values_are_sealed_found_and_opened(self):
        self.db.execute("CREATE TABLE api_keys (id integer PRIMARY KEY, secret text,"
                        " secret_lookup text, other text);"
                        f"INSERT INTO api_keys VALUES (1, '{CANARY}', NULL, 'x'), (2, NULL,"
                        f" NULL, 'x'), (30, '', NULL, 'x'), (4, '{CANARY}', NULL, 'é ✓');")
        self.vault("api_keys.secret: { lookup: secret_lookup }",
                   "api_keys.other: id")
        self.assertEqual(self.kinds(), [("plaintext", "api_keys.secret", 3),
                                        ("plaintext", "api_keys.other", 4)])
        result = self.ok("vault", "encrypt")
        self.assertIn("api_keys.secret: 3 values sealed", result.out)
        rows = self.db.query("SELECT id, secret, secret_lookup, other FROM api_keys"
                             " ORDER BY id")
        keys = self.keys()
        (id, key), = keys.items()
        where = place("", "api_keys", "secret")
        plain = {"1": CANARY, "2": None, "4": CANARY, "30": ""}
        for row, value, found, other in rows:
            if plain[row] is None:
                self.assertEqual((value, found), (None, None))
                continue
            self.assertRegex(value, SEALED)
            self.assertEqual(unseal(keys, where, [row], value), plain[row].encode())
            self.assertEqual(found, lookup(key, where, plain[row].encode()))
            self.assertEqual(self.decrypt("api_keys.secret", row), plain[row])
            self.assertIsNone(unseal(keys, where, ["5"], value))
            self.assertIsNone(unseal(keys, place("", "api_keys", "other"), [row], value))
            self.assertIsNone(unseal(keys, where, [row], other))
        self.assertEqual(self.decrypt("api_keys.other", "4"), "é ✓")
        self.assertEqual(len({value for _, value, *_ in rows if value}), 3)
        check = self.check()
        self.assertEqual(check["findings"], [])
        self.assertEqual(check["keys"], [{"id": id, "values": 7, "newest": True}])
        self.assertEqual(check["columns"][0], {"column": "api_keys.secret", "values": 3,
                                               "nulls": 1})
        before = self.db.query("SELECT * FROM api_keys ORDER BY id")
        self.assertIn("0 values sealed", self.ok("vault", "encrypt").out)
        self.assertEqual(self.db.query("SELECT * FROM api_keys ORDER BY id"), before)

    def test_rotation_seals_all_values_anew(self):
        self.fill(500)
        self.vault("keys.secret: { lookup: found }")
        self.ok("vault", "encrypt")
        first, = self.keys()
        lookups = self.db.query("SELECT found FROM keys ORDER BY id")
        self.assertIn("500 values sealed by the new key", self.ok("vault", "rotate").out)
        self.assertEqual(list(self.keys())[0], first)
        second = list(self.keys())[1]
        self.assertEqual(set(self.assert_all_open(500)), {second})
        self.assertNotEqual(self.db.query("SELECT found FROM keys ORDER BY id"), lookups)
        check = self.check()
        self.assertEqual([(k["id"], k["values"], k["newest"]) for k in check["keys"]],
                         [(first, 0, False), (second, 500, True)])
        self.assertIn("it may go", self.ok("vault", "check").out)
        text = self.project.read("vault.keys")  # it goes
        self.project.write("vault.keys", "".join(
            line + "\n" for line in text.splitlines() if not line.startswith(first)))
        self.assertEqual(self.check()["findings"], [])
        self.assertEqual(os.stat(self.project.path("vault.keys")).st_mode & 0o777, 0o600)

    def test_what_was_moved_or_changed_is_found(self):
        self.db.execute("CREATE TABLE keys (id integer PRIMARY KEY, a text, b text, f text);"
                        "INSERT INTO keys (id, a, b) VALUES (1, 'one', 'x'), (2, 'two', 'y'),"
                        " (3, 'three', 'z');")
        self.vault("keys.a: { id: id, lookup: f }", "keys.b: id")
        self.ok("vault", "encrypt")
        rows = {row[0]: row for row in self.db.query("SELECT id, a, b, f FROM keys")}

        def put(column, row, value):
            self.db.execute(f"UPDATE keys SET {column} = '{value}' WHERE id = {row}")
        put("a", 1, rows["2"][1])
        put("a", 2, rows["1"][1])  # two rows exchange theirs
        self.assertEqual(self.kinds(), [("damaged", "keys.a", 2)])
        self.fails(1, "vault", "decrypt", "--column", "keys.a", "--row", "1")
        put("a", 1, rows["1"][1])
        put("a", 2, rows["2"][1])
        put("b", 1, rows["1"][1])  # a column's value in another
        self.assertEqual(self.kinds(), [("damaged", "keys.b", 1)])
        put("b", 1, rows["1"][2])
        put("f", 1, rows["2"][3])
        self.assertEqual(self.kinds(), [("lookup", "keys.a", 1)])
        put("f", 1, rows["1"][3])
        value = rows["3"][1]
        for at in (14, len(value) // 2, len(value) - 3):
            other = "A" if value[at] != "A" else "B"
            put("a", 3, value[:at] + other + value[at + 1:])
            self.assertEqual(self.kinds(), [("damaged", "keys.a", 1)])
        for cut in (value[:-4], value[:13], value + "====", value[:30] + " " + value[30:]):
            put("a", 3, cut)
            self.assertEqual(self.kinds(), [("damaged", "keys.a", 1)])
        put("a", 3, value[:4] + ("0" if value[4] != "0" else "1") + value[5:])
        self.assertEqual(self.kinds(), [("unknown key", "keys.a", 1)])
        put("a", 3, value.upper())
        self.assertEqual(self.kinds(), [("plaintext", "keys.a", 1)])
        put("a", 3, value)
        self.assertEqual(self.check()["findings"], [])

    def test_plain_values_are_counted_and_only_some_are_named(self):
        self.fill(7000)
        self.vault("keys.secret: id")
        self.ok("vault", "encrypt")
        self.db.execute(f"UPDATE keys SET secret = '{CANARY}' WHERE id > 6990")
        finding, = self.check(3)["findings"]
        self.assertEqual((finding["kind"], finding["count"], finding["rows"]),
                         ("plaintext", 10, "id 6991, id 6992, id 6993 and 7 more"))
        found = self.rung("check")
        self.assertEqual(found.code, 3, str(found))
        self.assertRegex(found.out, r"(?m)^vault .*10 ")
        self.assertIn("10 values sealed", self.ok("vault", "encrypt").out)
        self.assertNotIn(CANARY, "".join(self.outputs))

    def test_a_key_that_is_not_there_changes_nothing(self):
        self.fill(5)
        self.vault("keys.secret: id")
        self.ok("vault", "encrypt")
        id, = self.keys()
        self.db.execute("INSERT INTO keys (id, secret) VALUES (6, 'new')")
        os.rename(self.project.path("vault.keys"), self.project.path("away"))
        self.ok("vault", "init")
        before = self.project.read("vault.keys")
        for action in ("encrypt", "rotate"):
            result = self.refused(1, "vault", action)
            self.assertIn(f"the row with id 1 is sealed by key {id}, which is not there", result.err)
        self.assertEqual(self.project.read("vault.keys"), before)
        self.assertEqual(self.kinds(), [("unknown key", "keys.secret", 5),
                                        ("plaintext", "keys.secret", 1)])
        os.rename(self.project.path("away"), self.project.path("vault.keys"))
        self.ok("vault", "encrypt")
        self.assertEqual(self.check()["findings"], [])

    def test_a_rotation_that_was_killed_goes_on_with_its_key(self):
        self.fill(12000)
        self.vault("keys.secret: { lookup: found }")
        self.kill_until_done("encrypt", 12000)
        self.assertEqual(set(self.assert_all_open(12000)), set(self.keys()))
        self.assertEqual(self.check()["findings"], [])
        self.kill_until_done("rotate", 12000)
        # one that is killed behind its last batch has ended: the next one begins anew
        self.assertEqual(set(self.assert_all_open(12000)), {list(self.keys())[-1]})
        self.assertEqual(self.check()["findings"], [])

    def test_a_rotation_that_did_not_end_goes_on_with_its_key(self):
        self.fill(50)
        self.vault("keys.secret: { lookup: found }")
        self.ok("vault", "encrypt")
        old = self.db.query("SELECT id, secret, found FROM keys WHERE id > 20")
        self.ok("vault", "rotate")
        self.db.execute("".join(f"UPDATE keys SET secret = '{secret}', found = '{found}' WHERE id ="
                                f" {id};" for id, secret, found in old))
        self.assertIn("goes on", self.ok("vault", "check").out)
        result = self.ok("vault", "rotate")
        self.assertIn("30 values sealed by key", result.out)
        self.assertIn("older key", result.err)
        self.assertEqual(len(self.keys()), 2)
        self.assertEqual(set(self.assert_all_open(50)), {list(self.keys())[1]})

    def kill_until_done(self, action, count):
        """Killed at a random moment, again and again, until a run comes to its end."""
        seed = random.randrange(10000)
        moments = random.Random(seed)
        killed = 0
        for attempt in range(200):
            process = subprocess.Popen([RUNG, "vault", action], cwd=self.project.folder,
                                       env=self.project.env, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                out, _ = process.communicate(timeout=0.02 + moments.random() * 0.03 * (attempt + 1))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                killed += 1
                self.assert_all_open(count)
                continue
            self.assertEqual(process.returncode, 0, out)
            break
        else:
            self.fail(f"no run came to its end, seed {seed}")
        self.assertGreater(killed, 0, f"no run was killed, seed {seed}")

    def test_nothing_that_others_write_meanwhile_is_lost(self):
        count = 8000
        self.fill(count)
        self.vault("keys.secret: id")
        written, stop, errors = {}, threading.Event(), []

        def write():
            random_row = random.Random(5)
            try:
                while not stop.is_set():
                    row = random_row.randrange(1, count + 1)
                    value = f"new {row} {random_row.random()}"
                    self.write_one(f"UPDATE keys SET secret = '{value}' WHERE id = {row}")
                    written[str(row)] = value
                    time.sleep(0.005)
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)
        thread = threading.Thread(target=write)
        thread.start()
        try:
            wait_until(lambda: len(written) > 2)
            self.ok("vault", "encrypt")
            at_end = len(written)
            wait_until(lambda: len(written) > at_end)  # also behind the run
        finally:
            stop.set()
            thread.join()
        self.assertEqual(errors, [])
        self.ok("vault", "encrypt")
        keys, where = self.keys(), place("", "keys", "secret")
        rows = dict(self.db.query("SELECT id, secret FROM keys"))
        for row, value in rows.items():
            self.assertEqual(unseal(keys, where, [row], value).decode(),
                             written.get(row, f"secret {row}"))

    def write_one(self, sql):
        if not self.sqlite:
            self.db.execute(sql)
            return
        connection = sqlite3.connect(self.db.path, timeout=30, isolation_level=None)
        connection.execute(sql)
        connection.close()

    def test_names_and_keys_of_every_kind(self):
        self.db.execute('CREATE TABLE "Größe ""x"" . select" (org integer NOT NULL, "id part" varchar(40)'
                        ' NOT NULL, "ein.wert" text, "suche:" varchar(32), PRIMARY KEY (org, "id part"));')
        rows = [(1, "a"), (1, "b,\"c\"\\"), (1, "é'ß"), (2, "a"), (10, "NULL"), (9, "{}")]
        for org, id in rows:
            quoted = id.replace("'", "''")
            self.db.execute('INSERT INTO "Größe ""x"" . select" VALUES'
                            f" ({org}, '{quoted}', 'v {org} {quoted}', NULL)")
        name = '"Größe ""x"" . select"."ein.wert"'
        self.vault(f"'{name}': {{ lookup: \"suche:\" }}")
        self.assertIn("6 values sealed", self.ok("vault", "encrypt").out)
        where = place("", 'Größe "x" . select', "ein.wert")
        for org, id, value, found in self.db.query('SELECT * FROM "Größe ""x"" . select"'):
            plain = f"v {org} {id}".encode()
            self.assertEqual(unseal(self.keys(), where, [org, id], value), plain)
            self.assertEqual(found, lookup(*self.keys().values(), where, plain))
        self.assertEqual(self.decrypt(name, "2", "a"), "v 2 a")
        self.assertIn("6 values sealed", self.ok("vault", "rotate").out)
        self.assertEqual(self.check()["findings"], [])
        self.fails(2, "vault", "decrypt", "--column", name, "--row", "2")
        result = self.fails(2, "vault", "decrypt", "--column", name, "--row", "2", "--row", "z")
        self.assertIn("(org 2, id part z)", result.err)

    def test_bytes_are_sealed_too(self):
        type_, literal = ("BLOB", "x'{}'") if self.sqlite else ("bytea", "'\\x{}'")
        values = {"a": b"", "b": b"\0\xff\n", "c": bytes(range(256)), "d": b"rv1:text:"}
        self.db.execute(f"CREATE TABLE files (id varchar(9) PRIMARY KEY, data {type_});" + "".join(
            f"INSERT INTO files VALUES ('{id}', {literal.format(value.hex())});"
            for id, value in values.items()))
        self.vault("files.data: id")
        self.assertEqual(self.kinds(), [("plaintext", "files.data", 4)])
        self.ok("vault", "encrypt")
        text = "CAST(data AS TEXT)" if self.sqlite else "convert_from(data, 'UTF8')"
        for id, value in self.db.query(f"SELECT id, {text} FROM files"):
            self.assertEqual(unseal(self.keys(), place("", "files", "data"), [id], value), values[id])
            self.assertEqual(self.decrypt("files.data", id), "\\x" + values[id].hex())
        if self.sqlite:
            self.assertEqual(self.value("SELECT DISTINCT typeof(data) FROM files"), "blob")
        self.ok("vault", "rotate")
        self.assertEqual(self.check()["findings"], [])

    def test_an_empty_table(self):
        self.db.execute("CREATE TABLE keys (id integer PRIMARY KEY, secret text)")
        self.vault("keys.secret: id")
        self.assertIn("ok: 0 values", self.ok("vault", "encrypt").out)
        self.assertIn("0 values sealed by the new key", self.ok("vault", "rotate").out)
        self.assertEqual(self.check()["findings"], [])

    def test_lookups_that_come_later_are_filled(self):
        self.fill(10)
        self.vault("keys.secret: id")
        self.ok("vault", "encrypt")
        self.vault("keys.secret: { lookup: found }")
        self.assertEqual(self.kinds(), [("lookup", "keys.secret", 10)])
        self.assertIn("10 values sealed", self.ok("vault", "encrypt").out)
        self.assertEqual(self.check()["findings"], [])

    def test_a_renamed_column_says_what_it_was_called(self):
        self.fill(3)
        self.vault("keys.secret: id")
        self.ok("vault", "encrypt")
        self.db.execute("ALTER TABLE keys RENAME COLUMN secret TO api_key")
        self.db.execute("ALTER TABLE keys RENAME TO tokens")
        self.vault("tokens.api_key: id")
        self.assertEqual(self.kinds(), [("damaged", "tokens.api_key", 3)])
        self.vault("tokens.api_key: { bound_to: keys.secret }")
        self.assertEqual(self.check()["findings"], [])
        self.assertEqual(self.decrypt("tokens.api_key", "2"), "secret 2")

    def test_what_cannot_be_sealed_is_refused_by_name(self):
        self.db.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer, a text, u integer UNIQUE,"
                        " g text GENERATED ALWAYS AS (a || 'x') STORED);"
                        "CREATE TABLE bare (id integer, a text); CREATE VIEW v AS SELECT * FROM t;"
                        "INSERT INTO t (id, a, u) VALUES (1, 'x', NULL);")
        for column, words in {
                "t.n": "a column of type integer", "t.g": "the column is generated",
                "bare.a": "has no primary key", "bare.a: { id: id }": "is unique",
                "t.a: { id: n }": "is unique", "t.a: { id: u }": "the id is NULL",
                "t.a: { lookup: n }": "lookup column", "t.a: { lookup: a }": "the column itself",
                "t.a: { id: a }": "tell its own rows apart", "v.a": "v", "a": "TABLE.COLUMN",
                "'\"t.a'": "TABLE.COLUMN", "t.a: { bound_to: x }": "bound_to"}.items():
            self.vault(column if ": " in column else f"{column}: {{}}")
            result = self.refused(2, "vault", "encrypt", file="rung.yaml", line=6, hint=False)
            self.assertIn(words, result.err.replace("INTEGER", "integer"))
        for column in ("t.x", "x.a", "t.a: { id: x }", "t.a: { lookup: x }", "nowhere.t.a"):
            self.vault(column if ": " in column else f"{column}: {{}}")
            self.refused(1, "vault", "encrypt", file="rung.yaml", line=6, hint=False)

    def test_a_trigger_that_changes_what_is_written_loses_nothing(self):
        self.fill(300)
        if self.sqlite:
            self.db.execute("CREATE TRIGGER shout AFTER UPDATE OF secret ON keys WHEN NEW.id = 250"
                            " AND NEW.secret <> upper(NEW.secret) BEGIN UPDATE keys SET secret ="
                            " upper(NEW.secret) WHERE id = NEW.id; END")
        else:
            self.db.execute("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN"
                            " IF NEW.id = 250 THEN NEW.secret := upper(NEW.secret); END IF;"
                            " RETURN NEW; END'; CREATE TRIGGER shout BEFORE UPDATE ON keys"
                            " FOR EACH ROW EXECUTE FUNCTION shout()")
        self.vault("keys.secret: id")
        result = self.fails(1, "vault", "encrypt")
        self.assertIn("the row with id 250 does not keep what is written", result.err)
        done = self.assert_all_open(300)
        self.assertEqual((done[0] is not None, done[249]), (True, None))
        self.db.execute("DROP TRIGGER shout" + ("" if self.sqlite else " ON keys"))
        self.ok("vault", "encrypt")
        self.assertNotIn(None, self.assert_all_open(300))

    def test_the_database_is_not_there_or_nothing_is_covered(self):
        self.ok("vault", "init")
        self.fails(2, "vault", "encrypt")
        self.fails(2, "vault", "wash")
        self.fails(2, "vault")
        if self.sqlite:
            self.vault("keys.secret: id")
            self.fails(1, "vault", "check")
            self.assertFalse(os.path.exists(self.db.path))

    # ---- keys ----

    def test_a_key_file_that_others_may_read_is_refused(self):
        self.fill(2)
        self.vault("keys.secret: id")
        path = self.project.path("vault.keys")
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
        self.assertEqual(os.listdir(self.project.folder).count("vault.keys"), 1)
        for mode in (0o644, 0o640, 0o660):
            os.chmod(path, mode)
            for action in ("encrypt", "rotate", "check"):
                self.assertIn("chmod 600", self.refused(1, "vault", action).err)
        os.chmod(path, 0o400)
        self.ok("vault", "encrypt")

    def test_init_keeps_the_keys_that_are_there(self):
        self.ok("vault", "init")
        before = self.project.read("vault.keys")
        self.fails(1, "vault", "init")
        self.assertEqual(self.project.read("vault.keys"), before)
        self.assertEqual(sorted(os.listdir(self.project.folder)),
                         ["migrations", "rung.yaml", "vault.keys"])

    def test_a_damaged_key_file_is_refused_with_its_line(self):
        self.fill(1)
        self.vault("keys.secret: id")
        text = self.project.read("vault.keys")
        entry = text.splitlines()[3]
        other = ("0" if entry[0] != "0" else "1") + entry[1:]
        bad_key = entry[:20] + ("A" if entry[20] != "A" else "B") + entry[21:]
        for lines in (other, bad_key, entry[:30], "nonsense", entry + "\n" + entry):
            self.project.write("vault.keys", "# a comment\n\n" + lines + "\n")
            os.chmod(self.project.path("vault.keys"), 0o600)
            result = self.refused(2, "vault", "encrypt", file="vault.keys", hint=False,
                                  line=4 if "\n" in lines else 3)
            self.assertNotIn(entry[20:40], result.err)
        self.project.write("vault.keys", "# nothing\n")
        self.refused(2, "vault", "encrypt")
        self.project.write("vault.keys", b"x" * 100000)
        self.fails(1, "vault", "encrypt")

    def test_keys_of_the_environment(self):
        self.fill(3)
        self.vault("keys.secret: id", keys=False, more='  keys: "${RUNG_VAULT_KEYS}"\n')
        self.fails(2, "vault", "init")
        self.assertIn("RUNG_VAULT_KEYS", self.refused(2, "vault", "encrypt").err)
        first, second = (self.ok("vault", "key").out.strip() for _ in range(2))
        self.assertRegex(first, r"^[0-9a-f]{8}:[A-Za-z0-9+/]{43}=$")
        env = {"RUNG_VAULT_KEYS": first}
        self.ok("vault", "encrypt", env=env)
        self.fails(2, "vault", "rotate", env=env)
        env = {"RUNG_VAULT_KEYS": f"{first}, {second}"}
        self.assertIn("3 values sealed", self.ok("vault", "rotate", env=env).out)
        self.ok("vault", "check", env={"RUNG_VAULT_KEYS": second})
        self.refused(1, "vault", "encrypt", env={"RUNG_VAULT_KEYS": first})
        result = self.refused(2, "vault", "check", env={"RUNG_VAULT_KEYS": first[:-3]}, hint=False)
        self.assertNotIn(first[9:30], result.err)
        self.project.write(".env", f"RUNG_VAULT_KEYS={second}\n")
        self.ok("vault", "check")
        self.vault("keys.secret: id", keys=False, more=f'  keys: "{second}"\n')
        result = self.refused(2, "vault", "check")
        self.assertNotIn(second[9:], result.err)
        self.assertEqual(glob.glob(self.project.path("vault.keys*")), [])

    def test_a_key_of_another_vault_opens_nothing(self):
        self.fill(2)
        self.vault("keys.secret: id")
        self.ok("vault", "encrypt")
        id, = self.keys()
        value = self.value("SELECT secret FROM keys WHERE id = 1")
        self.ok("vault", "rotate")
        other = list(self.keys())[1]
        self.db.execute(f"UPDATE keys SET secret = '{value.replace(id, other)}' WHERE id = 1")
        self.assertEqual(self.kinds(), [("damaged", "keys.secret", 1)])


class VaultSqliteFile(VaultCase):
    engine = Sqlite

    def test_no_plain_value_stays_in_the_file(self):
        for mode in ("delete", "wal", "persist", "truncate"):
            with self.subTest(mode):
                for path in glob.glob(self.db.path + "*"):
                    os.remove(path)
                self.db.execute(f"PRAGMA journal_mode = {mode};"
                                "CREATE TABLE keys (id integer PRIMARY KEY, secret text);"
                                "CREATE INDEX by_secret ON keys (secret);"
                                "INSERT INTO keys WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT"
                                f" i + 1 FROM n WHERE i < 3000) SELECT i, '{CANARY}-' || i ||"
                                " hex(randomblob(abs(random()) % 300)) FROM n;")
                self.vault("keys.secret: id")
                keeper = sqlite3.connect(self.db.path)  # the WAL is not removed by the last one
                keeper.execute("SELECT 1 FROM sqlite_schema").fetchall()
                self.ok("vault", "encrypt")
                for path in glob.glob(self.db.path + "*"):
                    with open(path, "rb") as file:
                        self.assertNotIn(CANARY.encode(), file.read(), path)
                keeper.close()
                self.assertEqual(self.value("SELECT count(*) FROM keys WHERE secret LIKE 'rv1:%'"),
                                 "3000")
        self.assertNotIn(CANARY, "".join(self.outputs))

    def test_a_file_that_cannot_be_rewritten_is_told(self):
        self.db.execute("CREATE TABLE keys (id integer PRIMARY KEY, secret text);"
                        "CREATE TABLE loose (id text PRIMARY KEY);"
                        "CREATE TABLE firm (a integer, b text, PRIMARY KEY (a, b)) WITHOUT ROWID;"
                        "INSERT INTO keys VALUES (1, 'a')")
        self.vault("keys.secret: id")
        self.assertIn("run VACUUM, which was not done because loose has no INTEGER PRIMARY KEY",
                      self.ok("vault", "encrypt").err)
        self.db.execute("DROP TABLE loose; INSERT INTO keys VALUES (2, 'b')")
        reader = sqlite3.connect(self.db.path, isolation_level=None)
        reader.execute("PRAGMA journal_mode = wal")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM keys").fetchall()
        self.assertIn("the WAL holds what was there before", self.ok("vault", "encrypt").err)
        reader.execute("COMMIT")
        reader.close()
        self.db.execute("INSERT INTO keys VALUES (3, 'c')")
        self.assertNotIn("VACUUM", self.ok("vault", "encrypt").err)
        self.db.execute("INSERT INTO keys VALUES (4, 'd')")
        self.ok("vault", "encrypt")
        self.assertNotIn("VACUUM", self.ok("vault", "rotate").err)

    def test_a_reader_that_keeps_the_wal_is_told(self):
        self.fill(3)
        self.db.execute("PRAGMA journal_mode = wal; UPDATE keys SET secret = secret")
        self.vault("keys.secret: id")
        keeper = sqlite3.connect(self.db.path, isolation_level=None)
        keeper.execute("BEGIN")
        keeper.execute("SELECT * FROM keys").fetchall()
        self.assertIn("the WAL holds what was there before", self.ok("vault", "encrypt").err)
        keeper.execute("COMMIT")
        keeper.close()

    def test_values_that_are_no_text_are_refused(self):
        for value, words in (("5", "is a number"), ("1.5", "is a number"),
                             ("'a' || char(0) || 'b'", "has a NUL in it")):
            self.db.execute("DROP TABLE IF EXISTS keys; CREATE TABLE keys (id INTEGER PRIMARY KEY,"
                            f" secret); INSERT INTO keys VALUES (1, 'x'), (7, {value})")
            self.vault("keys.secret: id")
            result = self.refused(1, "vault", "encrypt")
            self.assertIn("id 7", result.err)
            self.assertIn(words, result.err)

    def test_ids_of_every_type(self):
        self.db.execute("CREATE TABLE k (id PRIMARY KEY, secret TEXT) WITHOUT ROWID;"
                        "INSERT INTO k VALUES (1, 'a'), ('1x', 'b'), (x'00ff', 'c'), (-5, 'd'),"
                        " ('it''s', 'e'), (9223372036854775807, 'f'), ('10', 'g'), (10, 'h');")
        self.vault("k.secret: id")
        self.assertIn("8 values sealed", self.ok("vault", "encrypt").out)
        self.assertIn("8 values sealed", self.ok("vault", "rotate").out)
        self.assertEqual(self.check()["findings"], [])
        self.assertEqual(self.decrypt("k.secret", "x00FF"), "c")
        self.db.execute("INSERT INTO k VALUES (1.5, 'r')")
        self.assertIn("floating-point", self.refused(2, "vault", "encrypt").err)

    def test_a_file_that_another_keeps_is_waited_for(self):
        self.fill(5)
        self.vault("keys.secret: id")
        other = sqlite3.connect(self.db.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        run = self.project.start("vault", "encrypt")
        time.sleep(0.5)
        self.assertIsNone(run.process.poll())
        other.execute("UPDATE keys SET secret = 'changed' WHERE id = 3")
        other.execute("COMMIT")
        other.close()
        self.assertEqual(run.end().code, 0)
        self.assertEqual(self.decrypt("keys.secret", "3"), "changed")


class VaultPostgresqlServer(VaultCase):
    engine = Postgresql

    def test_a_value_that_another_changes_meanwhile_is_sealed_as_it_is_then(self):
        self.fill(300)
        self.vault("keys.secret: id")
        script = ("BEGIN; UPDATE keys SET secret = 'changed' WHERE id = 150;"
                  " SELECT pg_sleep(1.5); COMMIT;")
        thread = threading.Thread(target=psql, args=(self.db.url, script))
        thread.start()
        wait_until(lambda: self.db.query("SELECT 1 FROM pg_stat_activity WHERE query LIKE"
                                         " '%pg_sleep(1.5)%' AND pid <> pg_backend_pid()"))
        self.ok("vault", "encrypt")
        thread.join()
        self.assertEqual(self.decrypt("keys.secret", "150"), "changed")
        self.assertEqual(self.check()["findings"], [])

    def test_a_lock_that_lasts_is_tried_again_and_told(self):
        self.fill(3)
        self.vault("keys.secret: id")
        text = self.project.read("rung.yaml").replace("    url:", "    lock_timeout: 100ms\n"
                                                      "    retries: 2\n    url:")
        self.project.write("rung.yaml", text)
        holder = subprocess.Popen([program("psql"), "-Xq", self.db.url], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, text=True)
        try:
            holder.stdin.write("BEGIN; SELECT 1 FROM keys FOR UPDATE;\n")
            holder.stdin.flush()
            wait_until(lambda: self.db.query("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in"
                                             " transaction' AND query LIKE '%FOR UPDATE%'"))
            result = self.fails(1, "vault", "encrypt")
            self.assertEqual(result.err.count("retry:"), 2)
        finally:
            holder.stdin.close()
            holder.wait()
        self.ok("vault", "encrypt")

    def test_a_varchar_that_is_too_short_is_named_before_anything_changes(self):
        self.db.execute("CREATE TABLE a (id int PRIMARY KEY, ok text);"
                        "CREATE TABLE b (id int PRIMARY KEY, secret varchar(80));"
                        "INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'éééééé');")
        self.vault("a.ok: id", "b.secret: id")
        result = self.refused(2, "vault", "encrypt", file="rung.yaml", line=7)
        self.assertIn("b.secret: a value of 12 bytes has 85 characters when it is sealed", result.err)
        self.assertIn('ALTER TABLE "public"."b" ALTER COLUMN "secret" TYPE text', result.err)
        self.db.execute("ALTER TABLE b ALTER COLUMN secret TYPE varchar(85)")
        self.ok("vault", "encrypt")
        self.assertEqual(self.value("SELECT length(secret) FROM b"), "85")
        self.db.execute("CREATE TABLE c (id int PRIMARY KEY, secret varchar(68))")
        self.vault("c.secret: id")
        self.refused(2, "vault", "encrypt")

    def test_schemas_partitions_domains_and_ids_of_every_type(self):
        self.db.execute(
            "CREATE SCHEMA \"Shop x\"; CREATE DOMAIN token AS varchar(200) CHECK (VALUE <> 'no');"
            "CREATE TABLE \"Shop x\".keys (id uuid, at timestamptz(3), n numeric, secret token,"
            " PRIMARY KEY (at, id, n)) PARTITION BY RANGE (at);"
            "CREATE TABLE \"Shop x\".k1 PARTITION OF \"Shop x\".keys FOR VALUES FROM ('2024-01-01') TO"
            " ('2025-01-01'); CREATE TABLE \"Shop x\".k2 PARTITION OF \"Shop x\".keys DEFAULT;"
            "INSERT INTO \"Shop x\".keys SELECT gen_random_uuid(), timestamptz '2024-12-01' + i *"
            " interval '1 day', i / 4.0, 'secret ' || i FROM generate_series(1, 60) i;"
            "CREATE TABLE keys (id float8 PRIMARY KEY, secret text);"
            "INSERT INTO keys VALUES (0.1, 'a'), ('NaN', 'b'), (1e300, 'c'), (-0.3333333333333333, 'd');"
            "ALTER ROLE CURRENT_USER SET bytea_output = escape")
        self.vault('Shop x.keys.secret: {}', "public.keys.secret: id")
        result = self.ok("vault", "encrypt", env={"PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German"})
        self.assertIn("60 values sealed", result.out)
        self.assertIn("64 values", result.out)
        self.assertEqual(self.check()["findings"], [])
        self.ok("vault", "rotate", env={"PGTZ": "America/New_York"})
        self.assertEqual(self.check()["findings"], [])
        self.db.execute("ALTER ROLE CURRENT_USER RESET bytea_output")

    def test_rows_that_row_level_security_hides_are_no_rows_that_are_done(self):
        self.fill(4)
        self.db.execute("ALTER TABLE keys ENABLE ROW LEVEL SECURITY;"
                        "CREATE POLICY p ON keys USING (id < 3);"
                        f"CREATE ROLE r_{self.db.database} LOGIN;"
                        f"GRANT ALL ON keys TO r_{self.db.database};")
        self.addCleanup(psql, self.db.url, f"DROP OWNED BY r_{self.db.database};"
                                           f" DROP ROLE r_{self.db.database}")
        self.vault("keys.secret: id")
        url = server_url(self.db.database, user=f"r_{self.db.database}")
        result = self.refused(2, "vault", "encrypt", "--url", url)
        self.assertIn("row-level security", result.err)
        self.ok("vault", "encrypt")

    def test_no_plain_value_reaches_the_log_of_the_server(self):
        self.fill(2)
        self.db.execute(f"UPDATE keys SET secret = '{CANARY}';"
                        "ALTER TABLE keys ADD CONSTRAINT no CHECK (secret NOT LIKE 'rv1%')")
        self.vault("keys.secret: id")
        self.db.execute(f"ALTER DATABASE {self.db.database} SET log_statement = 'all'")
        result = self.fails(1, "vault", "encrypt")
        self.assertNotIn(CANARY, result.err)
        self.assertNotIn("rv1:", result.err)
        queries = self.db.query("SELECT query FROM pg_stat_activity")
        self.assertNotIn("rv1:", str(queries))


if __name__ == "__main__":
    main()
