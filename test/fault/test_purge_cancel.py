"""Cancelling against a purge: both stand still at statements chosen at random, in every order.

What must hold: who cancelled with success is never purged, and nobody cancels with success after the
purge has claimed the request; requests go through the states in one direction; the column of the
subject says what the request says.

RUNG_FAULT_RUNS  from 1000 on, ten times as many interleavings
RUNG_FAULT_SEED  of what is chosen
"""
import collections
import concurrent.futures
import os
import random
import threading
import time
import unittest

import faults
import forks

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "200"))
SEED = int(os.environ.get("RUNG_FAULT_SEED", "1"))
WANTED = {"postgresql": 750, "sqlite": 1350}
TIMES = 1 if RUNS < 1000 else 10
WORKERS, USERS = 2, 8
PATIENCE = {"postgresql": 0.1, "sqlite": 0.015}  # seconds until a run that neither stops nor ends is taken to wait for a lock
DONE, FAILED, USAGE, LOCKED = 0, 1, 2, 5

os.environ["ASAN_OPTIONS"] = ":".join(filter(None, (
    os.environ.get("ASAN_OPTIONS"), "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0")))

SETTINGS = """targets: { main: { url: "${FAULT_URL}" } }
lifecycle:
  key: 0123456789abcdef0123456789abcdef
  subjects:
    users: { requested_at: asked }
  relations:
    posts.user_id: cascade
  purge: { subjects: 2 }
"""
SCHEMA = """CREATE TABLE users (id INTEGER PRIMARY KEY, asked {stamp});
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE);
CREATE INDEX posts_user ON posts (user_id);
CREATE TABLE moves (id BIGINT, was TEXT, becomes TEXT);
"""
WATCH = {
    "postgresql": "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " INSERT INTO moves VALUES (NEW.id, OLD.state, NEW.state); RETURN NEW; END $$;"
                  "CREATE TRIGGER watch AFTER UPDATE ON rung.erasure FOR EACH ROW EXECUTE FUNCTION watch();",
    "sqlite": "CREATE TRIGGER watch AFTER UPDATE ON rung_erasure BEGIN"
              " INSERT INTO moves VALUES (NEW.id, OLD.state, NEW.state); END;"}
ALLOWED = {("pending", "purging"), ("pending", "cancelled"), ("purging", "purging"), ("purging", "purged")}


class Race:
    """One database, on which purges and cancellations meet again and again, each time over new users."""

    def __init__(self, engine, project, seed):
        self.patience = PATIENCE[engine]
        self.pg = engine == "postgresql"
        self.rung_ = "rung." if self.pg else "rung_"
        self.database = faults.ENGINES[engine]()
        self.random = random.Random(f"{SEED} {engine} {seed}")
        self.script(SCHEMA.format(stamp="timestamptz" if self.pg else "TEXT"))
        self.forker = forks.Forker(project, self.database.url)
        assert self.forker.run("erase", "init").code == DONE
        self.script(WATCH[engine])
        self.next, self.told = 1, collections.Counter()
        self.pairs = set()
        opening = self.forker.points("erase", "list")
        keys = self.users()
        self.cancels = range(opening - 4, self.forker.points("erase", "cancel", f"users:{keys[0]}") + 1)
        self.purges = range(opening - 4, self.forker.points("purge") + 1)

    def script(self, sql):
        if self.pg:
            self.database.query("SET client_min_messages = warning;" + sql)
            return
        conn = self.database.connect(timeout=30)
        try:
            conn.executescript(sql)
        finally:
            conn.close()

    def users(self):
        """New ones, who are due."""
        keys = list(range(self.next, self.next + USERS))
        self.next += USERS
        now = "date_trunc('second', now())" if self.pg else "CAST(strftime('%s', 'now') AS INTEGER)"
        stamp = "requested_at" if self.pg else "strftime('%Y-%m-%d %H:%M:%S', requested_at, 'unixepoch')"
        self.script(
            "BEGIN;"
            "INSERT INTO users (id) VALUES " + ", ".join(f"({k})" for k in keys) + ";"
            "INSERT INTO posts VALUES " + ", ".join(f"({k}, {k})" for k in keys) + ";"
            f"INSERT INTO {self.rung_}erasure (subject, key, subject_hash, state, requested_at, due_at,"
            " requested_by) VALUES "
            + ", ".join(f"('users', '{k}', 'hash {k}', 'pending', {now}, {now}, 'test')" for k in keys) + ";"
            f"UPDATE users SET asked = (SELECT {stamp} FROM {self.rung_}erasure WHERE key = CAST(users.id AS"
            f" text) AND state = 'pending') WHERE id >= {keys[0]}; COMMIT;")
        return keys

    # ---- one meeting ----

    def cancel(self, key, purge):
        """A cancellation that stands still somewhere, or nowhere."""
        point = self.random.choice(self.cancels) if self.random.random() < 0.8 else None
        run = self.forker.start("erase", "cancel", f"users:{key}", at=point and [point])
        run.pause(self.patience)
        self.told["waiting"] += run.state == "running"
        self.pairs.add((purge and purge.stops and self.points[purge.stops - 1], point))
        return run

    def meet(self):
        keys = self.users()
        # most of them early, where most is pending
        self.points = sorted({self.purges[int(len(self.purges) * self.random.random() ** 2)] for _ in range(4)})
        waiting = list(keys)
        self.random.shuffle(waiting)
        cancels = {}
        if self.random.random() < 0.3:
            key = waiting.pop()
            cancels[key] = self.cancel(key, None)
        purge = self.forker.start("purge", at=self.points)
        while purge.state != "ended" or waiting:
            purge.pause(self.patience)
            for _ in range(self.random.choice((1, 2, 3))):
                stopped = [run for run in cancels.values() if run.state == "stopped"]
                if waiting and self.random.random() < 0.7:
                    key = waiting.pop()
                    cancels[key] = self.cancel(key, purge)
                elif stopped:
                    run = self.random.choice(stopped)
                    run.go_on()
                    run.pause(self.patience)
            purge.go_on()
            if purge.state == "ended" and not waiting:
                break
        self.forker.finish_all()
        self.judge(keys, cancels, purge)
        return len(cancels)

    def judge(self, keys, cancels, purge):
        story = f"purge stopped at {self.points}: {purge} {cancels}"
        self.told[f"purge {purge.code}"] += 1
        if purge.code != DONE:
            assert purge.code in (FAILED, LOCKED), story
            again = self.forker.run("purge")
            assert again.code == DONE, f"{story}: {again}"
        state = {key: (state, claimed) for key, state, claimed in self.rows(
            "SELECT subject_hash, state, CASE WHEN claimed_at IS NULL THEN 0 ELSE 1 END FROM"
            f" {self.rung_}erasure WHERE id > (SELECT max(id) - {USERS} FROM {self.rung_}erasure)")}
        left = {row[0]: row[1] for row in self.rows(f"SELECT id, asked FROM users WHERE id >= {keys[0]}")}
        posts = {row[0] for row in self.rows(f"SELECT id FROM posts WHERE user_id >= {keys[0]}")}
        for key in map(str, keys):
            run = cancels[int(key)]
            self.told[f"cancel {run.code}"] += 1
            self.told["stopped"] += run.stops > 0
            if run.code == DONE:
                assert state[f"hash {key}"] == ("cancelled", "0"), f"{key} {state}: {story}"
                assert key in left and left[key] is None and key in posts, f"{key} is gone or marked: {story}"
                continue
            assert run.code in (FAILED, USAGE, LOCKED), f"{key}: {run}: {story}"
            if run.code == FAILED and "has begun" not in run.said:
                self.told["busy"] += 1
            elif run.code == USAGE:
                assert "nobody asked" in run.said, run
            assert state[f"hash {key}"] == ("purged", "1"), f"{key} {state}: {story}"
            assert key not in left and key not in posts, f"{key} is still there: {story}"

    def rows(self, sql):
        return [tuple(None if v is None else str(v) for v in row) for row in self.database.query(sql)]

    def check(self):
        moves = {tuple(row) for row in self.rows("SELECT DISTINCT was, becomes FROM moves")}
        assert moves <= ALLOWED, moves
        twice = self.rows("SELECT id, becomes FROM moves WHERE becomes <> 'purging' GROUP BY id, becomes"
                          " HAVING count(*) > 1")
        assert twice == [], twice
        cancelled = self.told["cancel 0"] + 1
        records = int(self.rows(f"SELECT count(*) FROM {self.rung_}audit WHERE action = 'cancel'")[0][0])
        assert records == cancelled, f"{records} records of {cancelled} cancellations"

    def close(self):
        self.forker.close()
        self.database.close()


class Cancel:
    engine = None

    def test_interleavings(self):
        since = time.monotonic()
        project = faults.Project()
        self.addCleanup(project.close)
        with open(os.path.join(project.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(SETTINGS)
        wanted = WANTED[self.engine] * TIMES
        lock, done, told, pairs = threading.Lock(), [0], collections.Counter(), set()

        def work(number):
            race = Race(self.engine, project, number)
            try:
                while done[0] < wanted:
                    count = race.meet()
                    with lock:
                        done[0] += count
                race.check()
            finally:
                race.close()
            with lock:
                told.update(race.told)
                pairs.update(race.pairs)

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for future in [pool.submit(work, number) for number in range(WORKERS)]:
                future.result()
        self.assertGreater(told["cancel 0"], wanted // 10, told)
        self.assertGreater(told["cancel 1"], wanted // 30, told)
        self.assertGreater(told["stopped"], wanted // 6, told)
        faults.say(f"{self.engine}: {done[0]} interleavings, {len(pairs)} pairs of points, {dict(told)}, in"
                   f" {time.monotonic() - since:.1f} s")


class CancelPostgresql(Cancel, unittest.TestCase):
    engine = "postgresql"


class CancelSqlite(Cancel, unittest.TestCase):
    engine = "sqlite"


if __name__ == "__main__":
    faults.main("__main__")
