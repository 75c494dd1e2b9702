"""Runs of the program by test/fault/forker.c, and waiting for what becomes of them."""
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

import faults

FORKER = os.environ.get("RUNG_FORKER") or os.path.join(os.path.dirname(faults.RUNG), "..", "test", "fault", "forker")


class Run:
    """One run. `state`: "running", "stopped" or "ended"; `code` then is its status, as subprocess has it."""

    def __init__(self, forker, words, path):
        self.forker, self.words, self.path = forker, words, path
        self.pid, self.state, self.code, self.stops, self.last = None, "running", None, 0, None

    @property
    def said(self):
        if self.last is not None:
            return self.last
        return pathlib.Path(self.path).read_text(encoding="utf-8", errors="replace")

    def go_on(self):
        if self.state == "stopped":
            self.state = "running"
            os.kill(self.pid, signal.SIGCONT)

    def pause(self, seconds):
        """Until it stops or ends; False when it does neither in that time."""
        end = time.monotonic() + seconds
        while self.state == "running":
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.forker.look(left)
        return True

    def finish(self, seconds=60):
        """Until it has ended, whatever stops it."""
        end = time.monotonic() + seconds
        while self.state != "ended":
            self.go_on()
            assert time.monotonic() < end, f"{self} hung: {self.said}"
            self.forker.look(1)
        assert "Sanitizer" not in self.said and "runtime error" not in self.said, self
        return self.code

    def kill(self):
        self.forker.look(0)
        if self.state != "ended":
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it ended by itself just now
            self.state = "running"
            self.finish()

    def __repr__(self):
        return f"<rung {' '.join(self.words)}: {self.state} {self.code} {self.said[-2000:]}>"


class Forker:
    def __init__(self, project, url):
        self.project, self.url = project, url
        self.folder = tempfile.TemporaryDirectory(prefix="rung-forks-", dir=faults.FAST)
        self.process = subprocess.Popen([FORKER], env=faults.environment(), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0, start_new_session=True)
        self.runs, self.starting, self.buffer, self.count = {}, [], b"", 0

    def start(self, *words, at=None, action="stop", env=None):
        """Begins a run; `at`: the fault points at which it stops (or is killed)."""
        settings = {"FAULT_URL": self.url} | (env or {})
        if at:
            settings |= {"RUNG_FAULT_AT": ",".join(map(str, at)), "RUNG_FAULT_ACTION": action}
        self.count += 1
        run = Run(self, words, os.path.join(self.folder.name, str(self.count % 50)))
        open(run.path, "w", encoding="ascii").close()
        line = "\t".join([self.project.folder, run.path, *(f"{k}={v}" for k, v in settings.items()), "--", *words])
        self.starting.append(run)
        self.process.stdin.write(line.encode() + b"\n")
        while run.pid is None:
            self.look(10)
        return run

    def look(self, seconds):
        """Reads what happened, for at most that long."""
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return
        data = os.read(self.process.stdout.fileno(), 65536)
        assert data, "the forker is gone"
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            what, pid, *status = line.decode().split()
            if what == "started":
                run = self.starting.pop(0)
                run.pid = int(pid)
                self.runs[run.pid] = run
                continue
            run = self.runs[int(pid)]
            if what == "stopped":
                run.state, run.stops = "stopped", run.stops + 1
            else:
                run.last = run.said  # its file is used again
                run.state, run.code = "ended", int(status[0])
                del self.runs[run.pid]

    def finish_all(self, seconds=60):
        """Until all have ended: one may wait for another that stands still."""
        end = time.monotonic() + seconds
        while self.runs:
            runs = list(self.runs.values())
            for run in runs:
                run.go_on()
            assert time.monotonic() < end, f"{runs} hung"
            self.look(1)

    def run(self, *words, **options):
        run = self.start(*words, **options)
        run.finish()
        return run

    def points(self, *words):
        """How many fault points such a run passes."""
        path = pathlib.Path(self.folder.name, "points")
        run = self.run(*words, env={"RUNG_FAULT_COUNT": str(path)})
        assert path.exists(), f"the program has no fault points: build it with -Dfaults=true: {run}"
        return int(path.read_text(encoding="ascii"))

    def close(self):
        for run in list(self.runs.values()):
            run.kill()
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
        self.folder.cleanup()
