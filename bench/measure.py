"""Timing whole processes: interleaved runs, medians, ratios by pair, and the table of results."""
import dataclasses
import os
import statistics
import sys
import tempfile
import time


class Failed(Exception):
    """Something did not run: the figures would mean nothing."""


@dataclasses.dataclass
class Command:
    argv: list
    folder: str
    stdin: str = os.devnull
    before: object = None  # called before each run, not timed
    server: int = 0        # the postmaster whose sessions' processor time counts too


@dataclasses.dataclass
class Sample:
    ms: float      # wall clock
    cpu_ms: float  # user and system time of the process, and of its session if a server is given
    peak_kb: int   # largest resident set


@dataclasses.dataclass
class Row:
    case: str
    rung: float
    unit: str = "ms"
    cpu: float = None
    beside: str = ""      # the peer or the floor
    other: float = None
    other_cpu: float = None
    ratio: float = None
    bar: float = None     # of the ratio if there is one, else of the figure; None: for information
    samples: dict = None

    def over(self):
        figure = self.rung if self.ratio is None else self.ratio
        return self.bar is not None and figure > self.bar


# What would change a run: settings of the caller's own databases and terminal.
UNWANTED = ("DATABASE_URL", "PGAPPNAME", "PGOPTIONS", "PSQLRC", "CLICOLOR_FORCE", "FORCE_COLOR")


def environment():
    env = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    env.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="")
    return env


def session_cpu_ms(server):
    """Of all sessions that have ended: the postmaster's dead children (proc(5), cutime, cstime)."""
    if not server:
        return 0
    time.sleep(0.05)
    with open(f"/proc/{server}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * 1000 / os.sysconf("SC_CLK_TCK")


def run(command):
    """One timed run. posix_spawn, because a fork would copy this program's page tables."""
    if command.before:
        command.before()
    os.chdir(command.folder)
    server_ms = session_cpu_ms(command.server)
    with tempfile.TemporaryFile() as errors:
        actions = [(os.POSIX_SPAWN_OPEN, 0, command.stdin, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                   (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
        start = time.perf_counter_ns()
        pid = os.posix_spawn(command.argv[0], command.argv, environment(), file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        elapsed = time.perf_counter_ns() - start
        if status != 0:
            errors.seek(0)
            said = errors.read(4000).decode(errors="replace")
            code = os.waitstatus_to_exitcode(status)
            raise Failed(f"{' '.join(command.argv)[:200]} in {command.folder}: exit {code}\n{said}")
    cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
    server_ms = session_cpu_ms(command.server) - server_ms
    return Sample(elapsed / 1e6, cpu_ms + server_ms, usage.ru_maxrss)


def interleave(commands, rounds, warm=1):
    """Runs A B C A B C …; a list of samples for each command, by name."""
    samples = {name: [] for name in commands}
    for i in range(warm + rounds):
        for name, command in commands.items():
            sample = run(command)
            if i >= warm:
                samples[name].append(sample)
    return samples


def median(samples, field="ms"):
    return statistics.median(getattr(sample, field) for sample in samples)


def ratio(ours, theirs, field="ms"):
    pairs = zip(ours, theirs)
    return statistics.median(getattr(a, field) / getattr(b, field) for a, b in pairs)


def time_row(case, samples, ours, theirs=None, bar=None):
    """A row of medians from the samples of an interleaved series."""
    row = Row(case, median(samples[ours]), cpu=median(samples[ours], "cpu_ms"), bar=bar,
              samples={ours: [dataclasses.asdict(sample) for sample in samples[ours]]})
    if theirs:
        row.beside = theirs
        row.other = median(samples[theirs])
        row.other_cpu = median(samples[theirs], "cpu_ms")
        row.ratio = ratio(samples[ours], samples[theirs])
        row.samples[theirs] = [dataclasses.asdict(sample) for sample in samples[theirs]]
    return row


def print_figure(value, unit):
    if value is None:
        return ""
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def print_ratio(value):
    return "" if value is None else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def print_table(rows):
    cells = [("case", "rung", "cpu", "beside", "", "cpu", "ratio", "bar", "")]
    for row in rows:
        limit = ""
        if row.bar is not None:
            limit = f"≤ {row.bar:.3g}" if row.ratio is not None else f"≤ {row.bar:g} {row.unit}"
        verdict = "" if row.bar is None else "over" if row.over() else "ok"
        cells.append((row.case, print_figure(row.rung, row.unit), print_figure(row.cpu, "ms"),
                      row.beside, print_figure(row.other, row.unit),
                      print_figure(row.other_cpu, "ms"), print_ratio(row.ratio), limit, verdict))
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    right = (1, 2, 4, 5, 6, 7)
    for row in cells:
        line = "  ".join(cell.rjust(width) if i in right else cell.ljust(width)
                         for i, (cell, width) in enumerate(zip(row, widths)))
        print(line.rstrip())
    sys.stdout.flush()
