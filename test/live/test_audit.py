"""The audit: whatever somebody with all rights does to it is found."""
import hashlib
import re

from harness import main, on_each_engine
from lifecycle import LifeCase

COLUMNS = ("seq", "at", "actor", "action", "policy", "table_name", "row_count", "subjects",
           "subject_hash", "run", "detail")


@on_each_engine
class Audit(LifeCase):
    def fill(self):
        """Six records: init, three requests, a hold, a cancellation."""
        self.start()
        for key in (1, 2, 3):
            self.ok("erase", "request", f"users:{key}")
        self.ok("hold", "add", "users:1", "--reason", "x")
        self.ok("erase", "cancel", "users:2")

    @property
    def table(self):
        return self.names + "audit"

    def unlock(self):
        self.db.execute("DROP TRIGGER rung_audit_keeps_rows; DROP TRIGGER rung_audit_keeps_text;"
                        if self.sqlite else "ALTER TABLE rung.audit DISABLE TRIGGER append_only;")

    def verify(self, code=0):
        result = self.rung("audit", "verify", "--json")
        self.assertEqual(result.code, code, str(result))
        return result.json()

    def broken(self, record, words):
        found = self.verify(6)
        self.assertEqual(found["broken"], record)
        self.assertIn(words, found["reason"])
        text = self.rung("audit", "verify")
        self.assertIn(f"broken     record {record}: ", text.out)

    def test_a_whole_chain_is_whole(self):
        self.fill()
        found = self.verify()
        self.assertEqual((found["ok"], found["records"], found["anchored"]), (True, 6, 0))
        self.assertRegex(found["head"], "^[0-9a-f]{64}$")
        self.assertIn("6 records", self.ok("audit", "verify").out)

    def test_the_table_only_grows(self):
        self.fill()
        self.db_refuses(f"UPDATE {self.table} SET actor = 'x'", "only grows")
        self.db_refuses(f"DELETE FROM {self.table}", "only grows")
        if not self.sqlite:
            self.db_refuses("TRUNCATE rung.audit", "only grows")

    def test_subjects_stand_there_as_keyed_hashes(self):
        self.fill()
        self.ok("erase", "request", "users:1")
        records = self.ok("audit", "log", "--json").json()["records"]
        self.assertEqual([r["action"] for r in records],
                         ["init", "request", "request", "request", "hold add", "cancel"])
        self.assertEqual(records[1]["subject_hash"], records[4]["subject_hash"])
        self.assertNotEqual(records[1]["subject_hash"], hashlib.sha256(b"users\0" b"1").hexdigest())
        self.assertEqual(len(self.ok("audit", "log", "--limit", "2").out.splitlines()), 2)
        self.assertEqual(self.ok("audit", "log", "--limit", "2", "--json").json()["records"],
                         records[-2:])

    def test_any_cell_that_is_changed_is_found(self):
        self.fill()
        self.unlock()
        values = {"seq": "100", "row_count": "5", "subjects": "9"}
        for column in COLUMNS + ("hash",):
            if column == "seq":
                continue
            with self.subTest(column):
                cast = column if self.sqlite else column + "::text"
                before = self.value(f"SELECT {cast} FROM {self.table} WHERE seq = 3")
                value = values.get(column, "'2020-01-01T00:00:00.000000Z'" if column == "at" else "'x'")
                self.db.execute(f"UPDATE {self.table} SET {column} = {value} WHERE seq = 3")
                self.broken(3, "changed")
                old = "NULL" if before is None else f"'{before}'"
                self.db.execute(f"UPDATE {self.table} SET {column} = {old} WHERE seq = 3")
                self.verify()

    def test_a_field_cannot_be_moved_into_the_next(self):
        self.fill()
        self.unlock()
        self.db.execute(f"UPDATE {self.table} SET policy = NULL, table_name = policy WHERE seq = 2")
        self.broken(2, "changed")

    def test_removed_records_are_found(self):
        self.fill()
        self.unlock()
        self.db.execute(f"DELETE FROM {self.table} WHERE seq = 3")
        self.broken(3, "removed")

    def test_removed_at_the_end(self):
        self.fill()
        self.unlock()
        self.db.execute(f"DELETE FROM {self.table} WHERE seq > 4")
        self.broken(5, "removed")

    def test_all_removed(self):
        self.fill()
        self.unlock()
        self.db.execute(f"DELETE FROM {self.table}")
        self.broken(1, "removed")

    def test_reordered(self):
        self.fill()
        self.unlock()
        self.db.execute(f"UPDATE {self.table} SET seq = 100 WHERE seq = 2;"
                        f"UPDATE {self.table} SET seq = 2 WHERE seq = 3;"
                        f"UPDATE {self.table} SET seq = 3 WHERE seq = 100;")
        self.broken(2, "changed")

    def test_renumbered_behind_a_removed_one(self):
        self.fill()
        self.unlock()
        self.db.execute(f"DELETE FROM {self.table} WHERE seq = 2;" + "".join(
            f"UPDATE {self.table} SET seq = {n - 1} WHERE seq = {n};" for n in range(3, 7)))
        self.broken(2, "changed")

    def test_added_by_hand(self):
        self.fill()
        names = ", ".join(COLUMNS) + ", hash"
        self.db.execute(f"INSERT INTO {self.table} ({names}) SELECT seq + 1, at, actor, action, policy,"
                        f" table_name, row_count, subjects, subject_hash, run, detail, hash FROM"
                        f" {self.table} WHERE seq = 6")
        self.broken(7, "changed")

    def write_anew(self, upto=None):
        """The whole chain with another actor, as somebody who knows how it is made would do it."""
        at = "at" if self.sqlite else \
            "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        rows = self.db.query("SELECT " + ", ".join(at if c == "at" else c for c in COLUMNS)
                             + f" FROM {self.table} ORDER BY seq")
        before = ""
        for row in rows[:upto]:
            row = tuple("nobody" if name == "actor" else cell for name, cell in zip(COLUMNS, row))
            text = "".join("-," if cell is None else f"{len(cell.encode())}:{cell},"
                           for cell in (before, *row))
            before = hashlib.sha256(text.encode()).hexdigest()
            self.db.execute(f"UPDATE {self.table} SET actor = 'nobody', hash = '{before}' WHERE seq ="
                            f" {row[0]}")
        self.db.execute(f"UPDATE {self.names}mark SET value = '{before}' WHERE name = 'audit'")

    def test_a_chain_that_was_written_anew_is_found_by_the_anchor(self):
        self.fill()
        self.assertIn("anchor.txt", self.ok("audit", "anchor").out)
        self.ok("audit", "anchor")
        self.assertRegex(self.project.read("anchor.txt"), r"^6 [0-9a-f]{64}\n$")
        self.assertEqual(self.verify()["anchored"], 6)
        self.unlock()
        self.write_anew()
        self.broken(6, "written anew")
        self.project.write("anchor.txt", "")
        self.assertEqual(self.verify()["anchored"], 0)  # nothing else tells

    def test_an_end_that_was_cut_off_is_found_by_the_anchor(self):
        self.fill()
        self.ok("audit", "anchor")
        self.unlock()
        before = self.value(f"SELECT hash FROM {self.table} WHERE seq = 4")
        self.db.execute(f"DELETE FROM {self.table} WHERE seq > 4; UPDATE {self.names}mark SET number ="
                        f" 4, value = '{before}' WHERE name = 'audit'")
        self.broken(6, "the database does not")
        result = self.rung("audit", "anchor")
        self.assertEqual(result.code, 6, str(result))

    def test_an_anchor_file_with_a_torn_line_and_lines_in_another_order(self):
        self.fill()
        self.ok("audit", "anchor")
        line = self.project.read("anchor.txt")
        self.ok("erase", "cancel", "users:1")
        self.project.write("anchor.txt", line + "7 0123")
        self.ok("audit", "anchor")
        self.assertEqual(self.verify()["anchored"], 7)
        lines = re.findall(r"^\d+ [0-9a-f]{64}$", self.project.read("anchor.txt"), re.M)
        self.project.write("anchor.txt", "\n".join(reversed(lines)) + "\n")
        self.assertEqual(self.verify()["anchored"], 7)

    def test_without_an_anchor_in_rung_yaml(self):
        self.fill()
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace("  anchor: anchor.txt\n", ""))
        self.refused(2, "audit", "anchor")
        self.assertIn("anchored   nothing", self.ok("audit", "verify").out)

    def test_before_init(self):
        self.start(init=False)
        self.refused(2, "audit", "verify")
        self.refused(2, "audit", "log")


if __name__ == "__main__":
    main()
