"""Purges that stand still, that meet others of their kind, and what changes below them meanwhile:
workers, holds, rows that come in, rows that refuse, locks.

    RUNG_FAULT_RUNS  from 1000 on, ten times as many moments
    RUNG_FAULT_SEED  of the moments
"""
import json
import os
import random
import sqlite3
import time
import unittest

import faults
import forks
import purges

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "200"))
SEED = int(os.environ.get("RUNG_FAULT_SEED", "1"))
TIMES = 1 if RUNS < 1000 else 10

os.environ["ASAN_OPTIONS"] = ":".join(filter(None, (
    os.environ.get("ASAN_OPTIONS"), "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0")))


class Case(unittest.TestCase):
    engine, lease, subjects = None, "60s", 3

    def setUp(self):
        self.random = random.Random(f"{SEED} {self.id()}")
        self.project = purges.Project(lease=self.lease, subjects=self.subjects)
        self.addCleanup(self.project.close)
        self.since = time.monotonic()

    def scene(self, **options):
        self.db = purges.Scene(self.engine, self.project, **options)
        self.addCleanup(self.db.close)
        self.forker = forks.Forker(self.project, self.db.url)
        self.addCleanup(self.forker.close)
        self.opening = self.forker.points("erase", "list") - 4
        return self.db

    def undisturbed(self):
        """What a purge makes of the scene, and how many points it has."""
        self.points = self.forker.points("purge")
        want = self.db.rows()
        self.db.check_all()
        self.db.check_sum()
        self.db.fresh()
        return want

    def stop_somewhere(self, first=None):
        run = self.forker.start("purge", at=[self.random.randrange(first or self.opening, self.points)])
        run.pause(20)
        return run

    def free(self):
        """Whether the run that stands still holds no locks."""
        if self.db.pg:
            return not self.db.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'rung' AND state <> 'idle'"
                                     " AND datname = current_database()")
        return self.try_sql("UPDATE {rung}mark SET number = number WHERE name = 'purge'")

    def stop_between(self, first=None, when=None):
        """A run that stands still somewhere outside of a transaction (`when` that is true)."""
        while True:
            run = self.forker.start("purge", at=sorted(self.random.sample(range(first or self.opening, self.points), 14)))
            while run.pause(20) and run.state == "stopped":
                if (when() if when else self.random.random() < 0.2) and self.free():
                    return run
                run.go_on()
            self.db.fresh()

    def done(self, run):
        self.assertEqual(run.code, faults.DONE, run)
        return run

    def try_sql(self, sql):
        """Whether nothing that is locked kept it out."""
        sql = sql.replace("{rung}", self.db.rung_)
        if self.db.pg:
            session = faults.Session(self.db.url)
            try:
                session.query("SET lock_timeout = 100; BEGIN;" + sql + "; COMMIT")
                return True
            except faults.SqlError as error:
                self.assertIn(error.state, ("55P03", "23503"), error)
                return False
            finally:
                session.close()
        conn = self.db.database.connect(timeout=0.02)
        try:
            conn.execute("PRAGMA foreign_keys = on")
            conn.executescript("BEGIN IMMEDIATE;" + sql + "; COMMIT;")
            return True
        except sqlite3.OperationalError as error:
            self.assertIn("locked", str(error))
            return False
        except sqlite3.IntegrityError:
            return False
        finally:
            conn.close()

    def expire(self):
        return self.try_sql(f"UPDATE {{rung}}mark SET at = {self.db.now(-1)} WHERE name = 'purge' AND value IS NOT NULL")

    def say(self, words):
        faults.say(f"{self.engine}: {words}, in {time.monotonic() - self.since:.1f} s")


class Workers(Case):
    def test_one_that_was_silent_for_longer_than_its_lease(self):
        scene = self.scene(users=8, due=range(1, 7))
        want = self.undisturbed()
        codes, tries = {}, 8 * TIMES
        for number in range(tries):
            scene.fresh()
            first = self.stop_between() if number else self.stop_somewhere()
            if not self.expire():  # it stands still in a transaction: nobody can take over
                other = self.forker.run("purge")
                self.assertEqual(other.code, faults.LOCKED, other)
                self.assertRegex(other.said, "removes rows of this database|database is locked|busy")
                first.finish()
                self.done(first)
                codes["waited for"] = codes.get("waited for", 0) + 1
            else:
                other = self.forker.run("purge")
                kept_out = "lock timeout" in other.said and 'relation "mark"' in other.said
                if not number and kept_out:  # it stands still with the audit, but without the lease
                    first.finish()
                    other = self.forker.run("purge")
                self.done(other)
                first.finish()
                codes[first.code] = codes.get(first.code, 0) + 1
                self.assertIn(first.code, (faults.DONE, faults.LOCKED), first)
                if first.code == faults.LOCKED:
                    self.assertIn("another worker took over", first.said)
            self.assertEqual(scene.rows(), want)
            scene.check_all()
            scene.check_sum()
        self.assertGreater(codes.get(faults.LOCKED, 0), 1, codes)
        self.say(f"{tries} stopped past the lease: {codes}")

    def together(self, count):
        scene = self.scene(users=210, due=range(1, 201), each=1)
        self.points = 600
        runs, rounds = [], 0
        while scene.keys_in("pending") - self.kept or scene.keys_in("purging") - self.kept:
            rounds += 1
            self.assertLess(rounds, 40)
            runs = []
            for number in range(count):  # some of them stand still somewhere
                at = [self.random.randrange(self.opening, self.points)] if rounds < 4 and number % 2 == 0 else None
                runs.append(self.forker.start("purge", at=at))
            for run in runs:
                run.pause(1)
            if rounds < 4:
                self.expire()
                runs.append(self.forker.start("purge"))
                runs[-1].pause(1)
            self.forker.finish_all()
            for run in runs:
                self.assertIn(run.code, (faults.DONE, faults.LOCKED), run)
            scene.check_audit()
            self.expire()
        scene.check_all()
        scene.check_sum()
        self.assertEqual(int(scene.value("SELECT count(*) FROM {rung}erasure WHERE state = 'purged'")), 160)
        self.say(f"{count} workers at once, 200 subjects due, {rounds} rounds")

    # of every ten one has an invoice, one has evidence
    kept = {str(u) for u in range(1, 201) if u % 10 in (3, 4)}

    def test_two_at_once(self):
        self.subjects_at_once(2)

    def test_four_at_once(self):
        self.subjects_at_once(4)

    def test_eight_at_once(self):
        self.subjects_at_once(8)

    def subjects_at_once(self, count):
        self.project.close()
        self.project = purges.Project(lease="60s", subjects=40)
        self.together(count)


class WorkersPostgresql(Workers):
    engine = "postgresql"

    def test_one_that_stands_still_in_a_transaction(self):
        """Its session ends with the lease, so that its locks do not stay."""
        self.project.close()
        self.project = purges.Project(lease="4s")
        scene = self.scene(users=6, due=range(1, 5))
        want = self.undisturbed()
        while True:
            first = self.stop_somewhere(self.points // 2)
            inside = scene.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'rung' AND state = 'idle in"
                                 " transaction' AND datname = current_database()")
            if inside and not self.expire():
                break
            first.kill()
            scene.fresh()
        other = self.forker.run("purge")
        self.assertEqual(other.code, faults.LOCKED, other)
        self.assertIn("removes rows of this database at the moment", other.said)
        faults.wait_until(lambda: self.expire(), "the session to end", 10)
        self.done(self.forker.run("purge"))
        first.finish()
        self.assertEqual(first.code, faults.FAILED, first)
        self.assertRegex(first.said, "lost|terminating connection")
        self.assertEqual(scene.rows(), want)
        scene.check_all()
        scene.check_sum()


class WorkersSqlite(Workers):
    engine = "sqlite"

    def test_a_writer_is_waited_for(self):
        scene = self.scene(users=6, due=range(1, 5))
        want = self.undisturbed()
        run = self.stop_somewhere(self.points // 2)
        conn = scene.database.connect(timeout=0)
        while True:
            try:
                conn.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                run.kill()
                scene.fresh()
                run = self.stop_somewhere(self.points // 2)
        other = self.forker.run("purge")  # who writes is no purge, or one with a name
        self.assertEqual(other.code, faults.LOCKED, other)
        self.assertRegex(other.said, "another connection writes to this database|removes rows of this database")
        run.go_on()
        time.sleep(1.5)
        self.assertEqual(run.state, "running", run)
        conn.execute("ROLLBACK")
        conn.close()
        run.finish()
        self.done(run)
        self.assertEqual(scene.rows(), want)
        scene.check_all()


class Meanwhile(Case):
    """Something happens between two batches."""

    def test_a_hold(self):
        scene = self.scene(users=6, due=range(1, 5), each=2)
        want = self.undisturbed()
        placed, begun, tries = 0, 0, 10 * TIMES
        for number in range(tries):
            scene.fresh()
            user = self.random.choice((1, 2))

            def half_gone():
                return (scene.query(f"SELECT 1 FROM gone WHERE what = 'posts' AND id = '{user}001'")
                        and scene.query(f"SELECT 1 FROM members WHERE id = {user}001"))
            purge = self.stop_between(self.opening + (self.points - self.opening) // 5, half_gone if number % 2 else None)
            late = (("orders", f"{user},1"), ("members", f"{user}002"), ("members", f"{user}001"))
            table, key = self.random.choice(late) if number % 2 else self.random.choice((("posts", f"{user}001"), ("orders", f"{user},1"),
                                             ("reviews", f"{user}001"), ("members", f"{user}002")))
            hold = self.forker.start("hold", "add", f"{table}:{key}", "--reason", "wait")
            hold.pause(0.3)
            self.forker.finish_all()
            self.assertIn(purge.code, (faults.DONE,), purge)
            column = "user_id, no" if table == "orders" else "id"
            there = scene.query(f"SELECT {column} FROM {table} WHERE ({column}) = ({key})")
            scene.check_all()
            scene.check_sum()
            if hold.code != faults.DONE:
                self.assertTrue(hold.code in (faults.USAGE, faults.FAILED, faults.LOCKED), hold)
                continue
            placed += 1
            self.assertTrue(there, f"{table} {key} was held, and is gone: {purge}")
            state = scene.query(f"SELECT state FROM {{rung}}erasure WHERE key = '{user}'")
            if table == "reviews":
                if scene.query(f"SELECT 1 FROM reviews WHERE id = {key} AND user_id IS NULL"):
                    continue  # its reference had gone before
            self.assertEqual(scene.query(f"SELECT id FROM users WHERE id = {user}"), [(str(user),)])
            part = scene.query("SELECT 1 FROM gone WHERE what IN ('posts', 'files', 'items', 'orders') AND"
                               f" id LIKE '{user}%'")
            nulled = scene.query(f"SELECT 1 FROM reviews WHERE id = {user}002 AND user_id IS NULL")
            noted = scene.in_ledger(user)
            if part or nulled or noted:  # it must not come back to life half, nor be cancelled and replayed
                begun += 1
                self.assertEqual(state, [("purging",)], purge)
                late = self.forker.run("erase", "cancel", f"users:{user}")
                self.assertEqual(late.code, faults.FAILED, late)
                self.assertIn("has begun", late.said)
            self.done(self.forker.run("hold", "release", scene.value("SELECT max(id) FROM {rung}hold")))
            self.done(self.forker.run("purge"))
            self.assertEqual(scene.rows(), want)
            scene.check_all()
        self.assertGreater(placed, tries // 4)
        self.assertGreater(begun, 0)
        self.say(f"{tries} holds in mid-run, {placed} in time, {begun} of a subject that was begun")

    def test_a_condition_that_becomes_true(self):
        scene = self.scene(users=6, due=range(1, 5), each=2)
        self.undisturbed()
        held, tries = 0, 6 * TIMES
        for _ in range(tries):
            scene.fresh()
            row = self.random.choice((1001, 1002, 2001, 2002))

            def listed():  # the first batch of its subject is through
                return (scene.query(f"SELECT 1 FROM reviews WHERE id = {row} AND user_id IS NULL")
                        and scene.query(f"SELECT 1 FROM comments WHERE id = {row}"))
            purge = self.stop_between(self.opening + (self.points - self.opening) // 6, listed)
            there = (self.try_sql(f"UPDATE comments SET body = 'evidence' WHERE id = {row}")
                     and scene.query(f"SELECT 1 FROM comments WHERE id = {row}"))
            purge.finish()
            self.done(purge)
            scene.check_all()
            scene.check_sum()
            if there:
                held += 1
                self.assertTrue(scene.query(f"SELECT 1 FROM comments JOIN posts p ON p.id = post_id JOIN users u ON"
                                            f" u.id = p.user_id WHERE comments.id = {row}"), f"{row} went: {purge}")
        self.assertGreater(held, 2)
        self.say(f"{tries} conditions in mid-run, {held} in time")

    def test_rows_that_come_in(self):
        scene = self.scene(users=6, due=range(1, 5), each=2)
        want = self.undisturbed()
        came, tries = 0, 10 * TIMES
        for _ in range(tries):
            scene.fresh()
            purge = self.stop_between(self.opening + (self.points - self.opening) // 8)
            user = self.random.choice((1, 2))
            new = [f"INSERT INTO posts VALUES (900, {user}); INSERT INTO comments VALUES (900, 900, NULL, 'new');"
                   f"INSERT INTO comments VALUES (901, 900, {user}, 'new')",
                   f"INSERT INTO orders VALUES ({user}, 900); INSERT INTO items VALUES ({user}, 900, 1);"
                   f"INSERT INTO items VALUES ({user}, 900, 2)",
                   f"INSERT INTO files VALUES (900, {user}, NULL); INSERT INTO files VALUES (901, 6, 900);"
                   "INSERT INTO files VALUES (902, 6, 901)",
                   f"INSERT INTO teams VALUES (900, {user}, NULL); INSERT INTO members VALUES (900, 900);"
                   "INSERT INTO members VALUES (901, 900)"]
            rows = 0
            for sql in self.random.sample(new, 2):
                rows += 3 * self.try_sql(sql)
            purge.finish()
            self.done(purge)
            came += rows > 0
            scene.check_all()
            self.assertEqual(scene.rows(), want, f"{rows} rows came in: {purge}")
            gone = int(scene.value("SELECT count(*) FROM gone"))
            self.assertEqual(gone, sum(scene.before.values()) + rows - sum(scene.counts().values()))
        self.assertGreater(came, tries // 4)
        self.say(f"{tries} times rows below in mid-run, {came} times in time")


class MeanwhilePostgresql(Meanwhile):
    engine = "postgresql"


class MeanwhileSqlite(Meanwhile):
    engine = "sqlite"


RAISES = {
    "postgresql": "CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.user_id = 51 THEN"
                  " RAISE EXCEPTION 'this one never goes'; ELSIF OLD.user_id = 62 THEN RETURN NULL; END IF; RETURN OLD;"
                  " END $$; CREATE TRIGGER bad BEFORE DELETE ON posts FOR EACH ROW EXECUTE FUNCTION bad();",
    "sqlite": "CREATE TRIGGER bad BEFORE DELETE ON posts WHEN OLD.user_id = 51 BEGIN SELECT RAISE(ABORT,"
              " 'this one never goes'); END;"
              "CREATE TRIGGER worse BEFORE DELETE ON posts WHEN OLD.user_id = 62 BEGIN SELECT RAISE(IGNORE); END;"}
CALM = {"postgresql": "DROP TRIGGER bad ON posts", "sqlite": "DROP TRIGGER bad; DROP TRIGGER worse"}


class Poison(Case):
    subjects = 1000

    def purge(self, code):
        run = self.forker.run("purge", "--json")
        self.assertEqual(run.code, code, run)
        return json.loads(run.said[run.said.index("{"):])

    def failed(self, found):
        return {p["key"]: p["reason"] for p in found["problems"] if p["kind"] == "failed"}

    def wait_of(self, key):
        at = "extract(epoch FROM retry_at - now())" if self.db.pg else "retry_at - strftime('%s', 'now')"
        row = self.db.query(f"SELECT state, attempts, {at} FROM {{rung}}erasure WHERE key = '{key}'")[0]
        return row[0], int(row[1]), float(row[2])

    def test_a_subject_that_fails_holds_nobody_else_up(self):
        scene = self.scene(users=102, due=range(1, 101), each=1)
        scene.execute(RAISES[self.engine])
        found = self.purge(faults.FOUND)
        self.assertEqual(set(self.failed(found)), {"51", "62"}, found)
        self.assertIn("this one never goes", self.failed(found)["51"])
        self.assertIn("keeps rows of posts", self.failed(found)["62"])
        self.assertEqual(scene.keys_in("purging"), {"51", "62"})
        self.assertEqual(found["subjects"], 78)
        scene.check_all()
        scene.check_sum()
        state, attempts, wait = self.wait_of("51")
        self.assertEqual((state, attempts), ("purging", 1))
        self.assertTrue(30 < wait <= 60, wait)
        self.assertEqual(self.failed(self.purge(faults.DONE)), {})  # it is left alone for a while
        again = f"UPDATE {{rung}}erasure SET retry_at = {scene.now(-1)} WHERE retry_at IS NOT NULL;"
        scene.execute(again)
        self.assertEqual(set(self.failed(self.purge(faults.FOUND))), {"51", "62"})
        state, attempts, wait = self.wait_of("51")
        self.assertEqual((state, attempts), ("purging", 2))
        self.assertTrue(180 < wait <= 240, wait)
        scene.execute(CALM[self.engine] + ";" + again)
        self.assertEqual(self.purge(faults.DONE)["subjects"], 2)
        scene.check_all()
        scene.check_sum()
        self.say("100 due, one refused by a trigger and one swallowed by another")


class PoisonPostgresql(Poison):
    engine = "postgresql"

    def test_a_row_that_somebody_locks(self):
        self.project.close()
        self.project = purges.Project(subjects=1000, target="lock_timeout: 200ms")
        scene = self.scene(users=22, due=range(1, 21), each=1)
        locker = faults.Session(scene.url)
        self.addCleanup(locker.close)
        locker.query("BEGIN; SELECT * FROM posts WHERE user_id = 5 FOR UPDATE")
        found = self.purge(faults.FOUND)
        self.assertEqual(set(self.failed(found)), {"5"}, found)
        scene.check_all()
        scene.check_sum()
        locker.query("COMMIT")
        scene.execute(f"UPDATE {{rung}}erasure SET retry_at = {scene.now(-1)} WHERE retry_at IS NOT NULL;")
        self.assertEqual(self.purge(faults.DONE)["subjects"], 1)
        self.say("a row that is locked for the whole run")

    def test_a_row_that_somebody_locks_for_a_moment(self):
        scene = self.scene(users=22, due=range(1, 21), each=1)
        locker = faults.Session(scene.url)
        self.addCleanup(locker.close)
        locker.query("BEGIN; SELECT * FROM users WHERE id = 5 FOR UPDATE")
        run = self.forker.start("purge", "--json")
        run.pause(2.5)
        self.assertEqual(run.state, "running", run)
        locker.query("COMMIT")
        run.finish()
        self.done(run)
        self.assertEqual(json.loads(run.said[run.said.index("{"):])["subjects"], 16)
        scene.check_all()

    def test_a_table_that_cannot_be_vacuumed_now(self):
        scene = self.scene(users=62, due=range(1, 61), each=25)
        locker = faults.Session(scene.url)
        self.addCleanup(locker.close)
        locker.query("BEGIN; LOCK TABLE posts IN SHARE UPDATE EXCLUSIVE MODE")
        self.assertEqual(self.purge(faults.DONE)["subjects"], 48)
        scene.check_all()
        scene.check_sum()


class PoisonSqlite(Poison):
    engine = "sqlite"


for abstract in (Case, Workers, Meanwhile, Poison):
    del globals()[abstract.__name__]
del abstract

if __name__ == "__main__":
    faults.main("__main__")
