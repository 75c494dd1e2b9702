"""Several runs at one database, and databases that others keep busy, that may not be written, or
that are full."""
import ctypes
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import faults
import revisions

UP = ("upgrade",)
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def slow(project, engine_sleep):
    """A run of several transactions that takes its time in the middle of one."""
    project.add(revisions.both("CREATE TABLE slow (i INTEGER);\n" + revisions.mark("001", "up"),
                               "DROP TABLE slow;"))
    project.add(engine_sleep)
    project.add(revisions.both("CREATE TABLE behind (i INTEGER);\n" + revisions.mark("003", "up"),
                               "DROP TABLE behind;"))
    return project


# about a second on each engine, in a revision of several steps
SLOW_STEPS = f"""-- rung:up postgresql
{revisions.mark('002', 'first')}
SELECT pg_sleep(0.5);
VACUUM;
{revisions.mark('002', 'second')}
SELECT pg_sleep(0.5);
-- rung:up sqlite
{revisions.mark('002', 'first')}
INSERT INTO slow WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 300000)
  SELECT i FROM s;
VACUUM;
{revisions.mark('002', 'second')}
"""


class Case(unittest.TestCase):
    engine, settings = None, ""

    def setUp(self):
        self.project = faults.Project(self.settings)
        self.addCleanup(self.project.close)
        self.database = faults.ENGINES[self.engine](revisions.BEFORE)
        self.addCleanup(self.database.close)

    def marks(self):
        return sorted(tuple(row) for row in self.database.query("SELECT revision, what FROM ran"))

    def start(self, *words, env=None):
        process = faults.start(self.project, self.database, *words, env=env)
        self.addCleanup(faults.kill, process)
        return process

    def start_stopped(self, *words, at):
        """A run that stands still at a point, as if it had been stopped by ^Z."""
        process = self.start(*words, env={"RUNG_FAULT_AT": at, "RUNG_FAULT_ACTION": "stop"})
        faults.wait_until(lambda: faults.stopped(process) or process.poll() is not None, "the stop")
        self.assertIsNone(process.poll(), "the run ended before its fault point")
        return process


# ---- many at once ----

class Together(Case):
    def together(self, count, fill):
        fill(self.project)
        want, _ = revisions.expected(self.project, self.database)
        for attempt in range(3):
            self.database.fresh()
            processes = [self.start(*UP) for _ in range(count)]
            outcomes = [faults.finish(process) for process in processes]
            for outcome in outcomes:
                self.assertEqual(outcome.code, faults.DONE, f"{attempt}: {outcome}")
            found = self.database.picture()
            self.assertEqual(found, want[0], faults.difference(found, want[0]))
            self.assertEqual(self.database.history(), want[1])
            faults.must(self.project, self.database, "check")

    def test_two_upgrades(self):
        self.together(2, revisions.write_all)

    def test_eight_upgrades(self):
        self.together(8, revisions.write_all)

    def test_two_upgrades_that_begin_with_steps(self):
        self.together(2, lambda project: project.add(SLOW_FIRST))

    def test_eight_upgrades_that_begin_with_steps(self):
        self.together(8, lambda project: project.add(SLOW_FIRST))

    def test_eight_upgrades_that_begin_with_a_backfill(self):
        def fill(project):
            project.add(revisions.both("-- rung:backfill table=things key=id batch=3\n"
                                       "UPDATE things SET n = n + 1;\n", "SELECT 1;"))
        self.database.before += ("CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER);"
                                 "INSERT INTO things VALUES " +
                                 ", ".join(f"({i}, {i})" for i in range(40)) + ";")
        self.together(8, fill)


SLOW_FIRST = f"""-- rung:up postgresql
{revisions.mark('001', 'first')}
SELECT pg_sleep(0.2);
VACUUM;
{revisions.mark('001', 'second')}
-- rung:down postgresql
{revisions.mark('001', 'down')}
-- rung:up sqlite
CREATE TABLE filler (i INTEGER);
INSERT INTO filler WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100000)
  SELECT i FROM s;
{revisions.mark('001', 'first')}
VACUUM;
{revisions.mark('001', 'second')}
-- rung:down sqlite
DROP TABLE filler;
{revisions.mark('001', 'down')}
"""


class TogetherPostgresql(Together):
    engine = "postgresql"


class TogetherSqlite(Together):
    engine = "sqlite"


del Together

if __name__ == "__main__":
    faults.main("__main__")
