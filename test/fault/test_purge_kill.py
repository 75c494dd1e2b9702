"""kill -9 of a purge: at every point between two statements, and at random moments; on PostgreSQL also
of the server, of the session, and of the connection at a COMMIT.

After each, the same command again completes: the database then equals that of an undisturbed run, every
transaction that removed rows has its one record, and the chain of records is whole.

    RUNG_FAULT_RUNS  random moments over both engines are half of it (200); from 1000 on every point is
                     tried: else one of some, others with each RUNG_FAULT_SEED
"""
import concurrent.futures
import os
import random
import signal
import threading
import time
import unittest

import faults
import forks
import proxy
import purges

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "200"))
SEED = int(os.environ.get("RUNG_FAULT_SEED", "1"))
ALL = RUNS >= 1000
EVERY = {"postgresql": 2 if ALL else 12, "sqlite": 2 if ALL else 10}
WORKERS = 2

os.environ["ASAN_OPTIONS"] = ":".join(filter(None, (
    os.environ.get("ASAN_OPTIONS"), "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0")))


class Worker:
    """A database that is used again and again, and what an undisturbed purge makes of it."""

    def __init__(self, engine):
        self.project = purges.Project(lease="2s")  # with files of its own
        self.scene = purges.Scene(engine, self.project, users=8, due=range(1, 7))
        self.forker = forks.Forker(self.project, self.scene.url)
        run = self.forker.run("purge")
        assert run.code == faults.DONE, run
        self.want, self.judged = self.picture(), 9
        self.judge("undisturbed")
        assert self.scene.keys_in(purges.PENDING) == {"3", "4"}
        self.scene.fresh()
        self.opening = self.forker.points("erase", "list") - 4  # until then all commands do the same
        self.points = self.forker.points("purge")
        self.scene.fresh()
        self.named = 0

    def complete(self, story, lease=True):
        """The plain command again. The dead worker has the lease still: it is named, and waited for."""
        self.scene.database.wait_alone()
        if lease and self.scene.query("SELECT 1 FROM {rung}mark WHERE name = 'purge' AND value IS NOT NULL"):
            if self.named < 3:
                self.named += 1
                run = self.forker.run("purge")
                assert run.code == faults.LOCKED and "removes rows of this database at the moment" in run.said, run
                assert "its lease ends in" in run.said, run
            self.scene.expire_lease()
        run = self.forker.run("purge")
        assert run.code == faults.DONE, f"{story}: does not complete: {run}"
        self.judge(story)

    def judge(self, story):
        try:
            self.scene.check_all()
            self.scene.check_sum()
        except AssertionError as error:
            raise AssertionError(f"{story}: {error}") from error
        self.judged += 1
        if self.judged % 10 == 0:
            verify = self.forker.run("audit", "verify")
            assert verify.code == faults.DONE, f"{story}: {verify}"
        found = self.picture()
        assert found == self.want, f"{story}: it differs: {difference(found, self.want)}"

    def picture(self):
        """Who is kept after another run had claimed them stays claimed: something may have gone."""
        rows, requests = self.scene.picture()
        return rows, [(hash_, "kept" if state in ("pending", "purging") else state, key)
                      for hash_, state, key in requests]

    def close(self):
        self.forker.close()
        self.scene.close()
        self.project.close()


def difference(found, want):
    lines = [f"{t}: {sorted(set(found[0][t]) ^ set(want[0][t]))[:6]}" for t in want[0] if found[0][t] != want[0][t]]
    return lines + sorted(set(found[1]) ^ set(want[1]))[:6]


def in_parallel(engine, work):
    def one():
        worker = Worker(engine)
        try:
            return work(worker)
        finally:
            worker.close()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(WORKERS)]]


class Kill:
    engine = None

    def test_every_point(self):
        since = time.monotonic()
        every = EVERY[self.engine]
        lock, queue, tried, points = threading.Lock(), [], [0], []

        def work(worker):
            with lock:
                if not points:
                    points.append(worker.points)
                    queue.extend(range(worker.opening + SEED % every, worker.points + 1, every))
            while True:
                with lock:
                    if not queue:
                        return
                    point = queue.pop(0)
                worker.scene.fresh()
                run = worker.forker.run("purge", at=[point], action="kill")
                assert run.code in (faults.DONE, -9), run
                assert run.code == -9 or point > points[0] - 6, f"no kill at {point}: {run}"
                with lock:
                    tried[0] += run.code == -9
                worker.complete(f"killed at point {point}")

        in_parallel(self.engine, work)
        self.assertGreater(tried[0], 30)
        faults.say(f"{self.engine}: killed at {tried[0]} of {points[0]} points of a purge, in"
                   f" {time.monotonic() - since:.1f} s")

    def test_random_moments(self):
        """Up to four kills on the way to the end."""
        since = time.monotonic()
        randoms = random.Random(f"{SEED} {self.engine}")
        lock, left, kills = threading.Lock(), [RUNS // 4], [0]

        def work(worker):
            worker.scene.fresh()
            begun = time.monotonic()
            worker.forker.run("purge")
            length = time.monotonic() - begun
            while True:
                with lock:
                    if left[0] <= 0:
                        return
                    delays = [length * randoms.random() for _ in range(randoms.choice((1, 1, 2, 4)))]
                worker.scene.fresh()
                hits = 0
                for delay in delays:
                    run = worker.forker.start("purge")
                    time.sleep(delay)
                    run.kill()
                    hits += run.code == -9
                    worker.scene.expire_lease()
                with lock:
                    left[0] -= hits
                    kills[0] += hits
                worker.complete(f"killed after {delays}, seed {SEED}", lease=False)

        in_parallel(self.engine, work)
        self.assertGreaterEqual(kills[0], RUNS // 4)
        faults.say(f"{self.engine}: {kills[0]} kills at random moments, in {time.monotonic() - since:.1f} s")

    def test_interrupts_at_random_moments(self):
        """^C: it ends by itself and gives the lease back, so that the next one goes on at once."""
        randoms, codes = random.Random(f"{SEED} {self.engine}"), {}
        worker = Worker(self.engine)
        self.addCleanup(worker.close)
        for trial in range(RUNS // 20):
            worker.scene.fresh()
            run = worker.forker.start("purge", at=[randoms.randrange(worker.points // 3, worker.points)])
            run.pause(10)
            if run.state == "stopped":
                os.kill(run.pid, signal.SIGINT)
            run.finish()
            codes[run.code] = codes.get(run.code, 0) + 1
            self.assertIn(run.code, (faults.DONE, faults.FAILED, -signal.SIGINT), run)
            if run.code == faults.FAILED:
                self.assertIn("interrupted", run.said)
                self.assertEqual(worker.scene.query("SELECT value FROM {rung}mark WHERE name = 'purge'"), [(None,)])
            worker.complete(f"interrupt {trial}", lease=False)
        self.assertGreater(codes.get(faults.FAILED, 0), 0, codes)


class KillPostgresql(Kill, unittest.TestCase):
    engine = "postgresql"


class KillSqlite(Kill, unittest.TestCase):
    engine = "sqlite"


class Server(unittest.TestCase):
    """The server, the session or the connection goes away."""

    def setUp(self):
        self.worker = Worker("postgresql")
        self.addCleanup(self.worker.close)
        self.scene = self.worker.scene
        self.scene.fresh()

    def lost(self, run, story):
        self.assertIn(run.code, (faults.DONE, faults.FAILED), f"{story}: {run}")
        if run.code == faults.FAILED:
            self.assertRegex(run.said, "error: .*(lost|cannot connect|terminat)", story)
        return run.code == faults.FAILED

    def test_an_immediate_stop(self):
        import test_server
        randoms, hits, since = random.Random(SEED), 0, time.monotonic()
        stops = RUNS // 25
        for number in range(stops):
            self.scene.fresh()
            self.scene.execute("CHECKPOINT")
            run = self.worker.forker.start("purge", at=[randoms.randrange(self.worker.points // 4, self.worker.points)])
            run.pause(10)
            if number % 2:  # while it works, or while it stands still
                run.go_on()
                time.sleep(0.1 * randoms.random())
            test_server.stop_server()
            run.finish()
            test_server.start_server()
            self.scene.database.connect()
            hits += self.lost(run, f"stop {number}")
            self.worker.complete(f"stop {number}")
        self.assertGreater(hits, stops // 2)
        faults.say(f"{stops} immediate stops of the server, {hits} in mid-run, in {time.monotonic() - since:.1f} s")

    def test_a_terminated_session(self):
        randoms, hits, since = random.Random(SEED + 1), 0, time.monotonic()
        tries = RUNS // 16
        for number in range(tries):
            self.scene.fresh()
            run = self.worker.forker.start("purge", at=[randoms.randrange(self.worker.points // 5, self.worker.points)])
            run.pause(10)
            self.scene.query("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name ="
                             " 'rung' AND datname = current_database()")
            run.finish()
            hits += self.lost(run, f"terminated {number}")
            self.worker.complete(f"terminated {number}")
        self.assertGreater(hits, tries // 2)
        faults.say(f"{tries} terminated sessions, {hits} in mid-run, in {time.monotonic() - since:.1f} s")

    def cut(self, before):
        number, cuts, every, since = 1, 0, 1 if ALL else 3, time.monotonic()
        while True:
            self.scene.fresh()
            between = proxy.Proxy(self.scene.url, number, before)
            forker = forks.Forker(self.worker.project, between.url)
            try:
                run = forker.run("purge")
            finally:
                forker.close()
                between.close()
            if not between.cut:
                self.assertEqual(run.code, faults.DONE, run)
                break
            self.assertTrue(self.lost(run, f"cut {number}"), run)
            cuts += 1
            self.worker.complete(f"cut {'before' if before else 'behind'} COMMIT {number}")
            number += every
        self.assertGreater(number, 15)
        faults.say(f"{cuts} COMMITs of {number} cut {'before' if before else 'behind'} the server, in"
                   f" {time.monotonic() - since:.1f} s")

    def test_a_commit_that_does_not_reach_the_server(self):
        self.cut(True)

    def test_a_commit_whose_answer_is_lost(self):
        self.cut(False)


if __name__ == "__main__":
    faults.main("__main__")
