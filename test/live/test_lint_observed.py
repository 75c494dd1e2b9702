"""What lint says of the corpus is what a server does: PostgreSQL names long work at level DEBUG1."""
import glob
import os
import re
import subprocess
import sys
import unittest

from harness import SOURCE, Postgresql, clean_environment, main, program

sys.path.insert(0, os.path.join(SOURCE, "test/lint"))

import corpus  # noqa: E402

# Work that grows with the table (PostgreSQL's src/backend/commands/tablecmds.c, catalog/index.c).
WORK = re.compile(r"DEBUG:  (rewriting table|verifying table|validating foreign key constraint|building index)"
                  r' "([^"]+)"(?: on table "([^"]+)")?')
LONG = {"index-without-concurrently", "reindex-without-concurrently", "check-validated-at-once",
        "foreign-key-validated-at-once", "constraint-builds-index", "exclusion-builds-index",
        "primary-key-of-nullable-columns", "not-null-scans", "column-rewrites", "column-scans",
        "type-change-rewrites", "type-change-scans", "table-rewrites", "partition-scans",
        "validate-under-lock", "required-column"}
# Work that the server does without a word, or that nobody waits for.
SILENT = re.compile(r"(?is)^\s*(VACUUM|REFRESH|TRUNCATE|ALTER\s+DOMAIN|UPDATE|DELETE|INSERT|.*\bCONCURRENTLY\b|.*\bVALIDATE\b)")


def statements(path):
    """(line, text, whether a finding of it is ignored) of each statement of the up section; each
    ends with a line's end."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    inside, start, quoted, ignored = [], 0, False, False
    for number, line in enumerate(lines, 1):
        if line.startswith("-- rung:down"):
            break
        ignored |= line.startswith("-- rung:ignore")
        if line.startswith("--") or not line.strip() and not inside:
            continue
        start = start if inside else number
        inside.append(line)
        quoted ^= line.count("$$") % 2 == 1
        if line.endswith(";") and not quoted:
            yield start, "\n".join(inside), ignored
            inside, ignored = [], False


class Observed(unittest.TestCase):
    def setUp(self):
        self.db = Postgresql("/")
        self.addCleanup(self.db.drop)

    def run_statement(self, text):
        """True if it worked, and the tables that the server worked on."""
        script = f"SET client_min_messages = debug1; SET lc_messages = 'C';\n{text}"
        done = subprocess.run([program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.db.url, "-f", "-"],
                              input=script, text=True, capture_output=True, env=clean_environment("/"), check=False)
        tables = {match[3] or match[2] for match in WORK.finditer(done.stderr)}
        return done.returncode == 0, {name for name in tables if not name.startswith("pg_toast")}

    def judge(self, path):
        """Of one file: statements that worked, and those on which lint and server differ."""
        wanted = {line for line, rule in corpus.expected(path) if rule in LONG}
        made, count, wrong = set(), 0, []
        for line, text, ignored in statements(path):
            worked, tables = self.run_statement(text)
            made |= set(re.findall(r"CREATE (?:TABLE|MATERIALIZED VIEW) (?:\w+\.)?(\w+)", text))
            if not worked or ignored or SILENT.match(text):
                continue
            count += 1
            if bool(tables - made) != (line in wanted):
                wrong.append(f"{os.path.basename(path)}:{line}: the server worked on {sorted(tables - made)}")
        return count, wrong

    def test_long_work_of_the_corpus(self):
        for name in ("shop", "clinic"):
            count, wrong = 0, []
            for path in sorted(glob.glob(os.path.join(SOURCE, "test/lint/corpus", name, "*.sql"))):
                more, differ = self.judge(path)
                count, wrong = count + more, wrong + differ
            print(f"{name}: {count} statements were watched, {len(wrong)} are judged otherwise")
            self.assertEqual(wrong, [], "\n".join(wrong))
            self.assertGreater(count, 40)


if __name__ == "__main__":
    main()
