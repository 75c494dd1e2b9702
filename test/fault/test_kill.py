"""kill -9 of rung: at every point where the state of a database can change, and at random moments.

After each, the same command again must complete: what is then in the database equals an undisturbed
run, nothing was done twice, and `rung check` has nothing to say.

    RUNG_FAULT_RUNS  random moments over both engines (200); from 1000 on, every point is tried:
                     else one of the two that lie between two statements, as they are the same to
                     a database
    RUNG_FAULT_SEED  of the random moments
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import signal
import tempfile
import threading
import time
import unittest

import faults
import revisions

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "200"))
SEED = int(os.environ.get("RUNG_FAULT_SEED", "1"))
EVERY = 1 if RUNS >= 1000 else 2
WORKERS = 2
UP, DOWN = ("upgrade",), ("downgrade", "base")

# thousands of short runs: what AddressSanitizer remembers of the heap would be half of their time,
# and other tests look for leaks
os.environ["ASAN_OPTIONS"] = ":".join(filter(None, (
    os.environ.get("ASAN_OPTIONS"), "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0")))


class Worker:
    """One database that is used again and again, with what an undisturbed run makes of it."""

    def __init__(self, engine, project):
        self.project = project
        self.database = faults.ENGINES[engine](revisions.BEFORE)
        self.wanted = dict(zip((UP, DOWN), revisions.expected(project, self.database)))

    def close(self):
        self.database.close()

    def prepare(self, words):
        """To where `words` begins."""
        self.database.fresh()
        if words == DOWN:
            faults.must(self.project, self.database, *UP)

    def complete(self, words, story):
        """The same command again: it completes, and nothing is missing or too much."""
        again = faults.rung(self.project, self.database, *words)
        assert again.code == faults.DONE, f"{story}: does not complete: {again}"
        self.compare(words, story)

    def compare(self, words, story):
        picture, (heads, journal, log) = self.wanted[words]
        found = self.database.picture()
        assert found == picture, f"{story}: it differs:\n{faults.difference(found, picture)}"
        now = self.database.history()
        assert now[0] == heads, f"{story}: heads are {now[0]}, not {heads}"
        assert now[1] == journal == [], f"{story}: the journal has {now[1]}"
        assert now[2] == log, f"{story}: the log has {now[2]}, not {log}"
        check = faults.rung(self.project, self.database, "check", "--json")
        findings = {finding["kind"] for finding in json.loads(check.out)["findings"]}
        assert findings <= ({"pending"} if words == DOWN else set()), f"{story}: {check}"
        assert check.code == (faults.FOUND if words == DOWN else faults.DONE), f"{story}: {check}"

    def killed_at(self, words, point):
        """Kills at one point. False: the run has fewer points."""
        outcome = faults.rung(self.project, self.database, *words, env={"RUNG_FAULT_AT": point})
        assert outcome.code in (faults.DONE, -9), f"{words} with a fault at {point}: {outcome}"
        return outcome.code == -9

    def killed_after(self, words, seconds):
        """Kills after some time. False: the run was over before."""
        process = faults.start(self.project, self.database, *words)
        time.sleep(seconds)
        process.kill()
        outcome = faults.finish(process)
        assert outcome.code in (faults.DONE, -9), f"{words} killed after {seconds}: {outcome}"
        return outcome.code == -9


def in_parallel(engine, project, work):
    """Runs work(worker) in some threads; the first failure is raised when all have ended."""
    def one():
        worker = Worker(engine, project)
        try:
            work(worker)
        finally:
            worker.close()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(one) for _ in range(WORKERS)]:
            future.result()


def count_points(project, engine):
    """How many points a run of each direction has."""
    database = faults.ENGINES[engine](revisions.BEFORE)
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "count")
        for words in (UP, DOWN):
            faults.must(project, database, *words, env={"RUNG_FAULT_COUNT": path})
            assert path.exists(), "the program has no fault points: build it with -Dfaults=true"
            counts[words] = int(path.read_text(encoding="ascii"))
    database.close()
    return counts


class Kill:
    """The tests of one engine."""
    engine = None

    @classmethod
    def setUpClass(cls):
        cls.project = revisions.make()
        cls.addClassCleanup(cls.project.close)

    def test_every_point(self):
        since = time.monotonic()
        counts = count_points(self.project, self.engine)
        queue = iter([point for point in range(EVERY, max(counts.values()) + 1, EVERY)])
        lock, tried = threading.Lock(), {UP: 0, DOWN: 0}

        def work(worker):
            while True:
                with lock:
                    point = next(queue, None)
                if point is None:
                    return
                worker.database.fresh()
                for words in (UP, DOWN):
                    killed = worker.killed_at(words, point)
                    assert killed or point >= counts[words] - 2, f"no kill at {words} {point}"
                    worker.complete(words, f"{words[0]} killed at point {point}")
                    with lock:
                        tried[words] += killed

        in_parallel(self.engine, self.project, work)
        self.assertGreater(tried[UP], 50)
        self.assertGreater(tried[DOWN], 30)
        faults.say(f"{self.engine}: {tried[UP]} of {counts[UP]} points of upgrade and "
                   f"{tried[DOWN]} of {counts[DOWN]} of downgrade, "
                   f"in {time.monotonic() - since:.1f} s")

    def test_random_moments(self):
        since = time.monotonic()
        randoms = random.Random(f"{SEED} {self.engine}")
        lock, left, kills = threading.Lock(), [RUNS // 2], [0, 0]

        def work(worker):
            length = {}
            for words in (UP, DOWN):
                worker.prepare(words)
                length[words] = faults.rung(worker.project, worker.database, *words).seconds
            while True:
                with lock:
                    if left[0] <= 0:
                        return
                    kills[1] += 1
                    trial, words = kills[1], randoms.choice((UP, UP, DOWN))
                    delays = [length[words] * randoms.random()
                              for _ in range(randoms.choice((1, 1, 1, 2, 4)))]
                worker.prepare(words)
                hits = [worker.killed_after(words, delay) for delay in delays]
                with lock:
                    left[0] -= sum(hits)
                    kills[0] += sum(hits)
                worker.complete(words, f"{words[0]}, seed {SEED}, trial {trial}, killed after "
                                f"{', '.join(f'{d:.4f} s' for d in delays)}")

        in_parallel(self.engine, self.project, work)
        self.assertGreaterEqual(kills[0], RUNS // 2)
        faults.say(f"{self.engine}: {kills[0]} kills at random moments of {kills[1]} runs, "
                   f"in {time.monotonic() - since:.1f} s")


    def test_interrupts_at_random_moments(self):
        """^C: the run ends by itself, at once, and the next one goes on."""
        randoms, codes = random.Random(f"{SEED} {self.engine}"), collections.Counter()
        worker = Worker(self.engine, self.project)
        self.addCleanup(worker.close)
        worker.prepare(UP)
        length = faults.rung(worker.project, worker.database, *UP).seconds
        for trial in range(RUNS // 5):
            words = randoms.choice((UP, DOWN))
            worker.prepare(words)
            process = faults.start(worker.project, worker.database, *words)
            time.sleep(length * randoms.random())
            process.send_signal(signal.SIGINT)
            outcome = faults.finish(process, 10)
            codes[outcome.code] += 1
            self.assertIn(outcome.code, (faults.DONE, faults.FAILED, -signal.SIGINT), outcome)
            if outcome.code == faults.FAILED:
                self.assertIn("interrupted", outcome.err)
            worker.complete(words, f"{words[0]}, seed {SEED}, interrupt {trial}: {outcome}")
        self.assertGreater(codes[faults.FAILED], 0, codes)
        faults.say(f"{self.engine}: {RUNS // 5} interrupts, {codes[faults.FAILED]} in mid-run")


class KillPostgresql(Kill, unittest.TestCase):
    engine = "postgresql"


class KillSqlite(Kill, unittest.TestCase):
    engine = "sqlite"


if __name__ == "__main__":
    faults.main("__main__")
