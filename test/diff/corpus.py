#!/usr/bin/python3
"""The corpus of `rung diff` on PostgreSQL: test/diff/corpus.py [-k PATTERN]… [--jobs N] [--verbose]

Every folder corpus/postgresql/NAME holds a pair: old.sql and new.sql, each loaded by psql into an
empty database. rung writes the migration from old to new, and from new to old; psql applies each;
pg_dump says whether the outcome is what was wanted (observer.py). Then a second diff must print
nothing, every row and every value of columns that stay must be there, and sequences keep their
positions. It needs a server: it starts its own by test/with-postgresql if none is given.

The first line of a file may say what cannot be expected of it as the older side:
    -- data: lost     rows cannot survive
A pair whose name begins with `same-` has no difference that counts: the script must be empty. One
whose name begins with `pg16-` is left out on servers before 16.

RUNG                the program (build/src/rung)
--engine restore    in place of rung: drop everything, restore pg_dump of the other side. All pairs
                    must pass (rows aside): this is the test of the corpus and of the observer.
--engine nothing    in place of rung: no script. All pairs but the `same-` ones must fail.
--down              the reverse by `diff --from OLD --to NEW --down` instead of changed places
"""
import argparse
import collections
import concurrent.futures
import os
import re
import sys
import threading
import time

import observer
from observer import Failure

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "postgresql")
DIRECTIONS = ("forward", "reverse")


class Pair:
    def __init__(self, folder, name):
        self.name = name
        self.sql = {}
        for side in ("old", "new"):
            with open(os.path.join(folder, name, side + ".sql"), encoding="utf-8") as file:
                self.sql[side] = file.read()

    def keeps_data(self, side):
        return "-- data: lost" not in self.sql[side].split("\n", 1)[0]


class Sides:
    """The three databases of one pair: both sides, and a copy of the old one to work on."""

    def __init__(self, pair, prefix):
        self.old, self.new, self.copy, self.scratch = (
            f"{prefix}_{part}" for part in ("old", "new", "copy", "scratch"))
        self.pair = pair

    def __enter__(self):
        try:
            self.load(self.old, self.pair.sql["old"])
            self.load(self.new, self.pair.sql["new"])
            if re.search("SUBSCRIPTION", self.pair.sql["old"]):  # not in the template's copy
                self.load(self.copy, self.pair.sql["old"])
            else:
                observer.create(self.copy, self.old)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        observer.drop(self.old, self.new, self.copy)

    @staticmethod
    def load(database, text):
        observer.create(database)
        done = observer.psql(database, text)
        if done.returncode:
            raise Failure("load", done.stderr.strip())


def migrate(options, sides, side, work, target, script, want):
    """Applies `script` to `work`, which is as `side` was, and looks at everything."""
    same = sides.pair.name.startswith("same-")
    checks_rows = options.engine == "rung" and sides.pair.keeps_data(side)
    before = observer.rows(work) if checks_rows else None
    if same and script.strip() and options.engine == "rung":
        raise Failure("noise", "", script)
    observer.apply(work, script)
    lines, parsed_again = observer.compare(sides.scratch, observer.dump_text(work), want)
    if lines:
        raise Failure("schema" if script.strip() else "silent", lines, script)
    if options.engine == "rung":
        again = observer.diff(work, target)
        if again.strip():
            raise Failure("again", again, script)
    if checks_rows:
        after = observer.rows(work)
        for kind, lost in (("data", observer.lost_rows(before[0], after[0])),
                           ("sequence", observer.lost_positions(before[1], after[1]))):
            if lost:
                raise Failure(kind, lost, script)
    return script, parsed_again


def judge(options, name, prefix):
    """{direction: the script, or a Failure}"""
    results = {}
    try:
        with Sides(Pair(options.corpus, name), prefix) as sides:
            engine = observer.ENGINES[options.engine]
            dumps = {side: observer.dump_text(getattr(sides, side)) for side in ("old", "new")}
            # the new database is the target of the first direction and the work of the second
            plans = {"forward": ("old", sides.copy, sides.new, (sides.old, sides.new), "new"),
                     "reverse": ("new", sides.new, sides.old, (sides.new, sides.old), "old")}
            for direction, (side, work, target, ends, wanted) in plans.items():
                try:
                    if options.down and direction == "reverse":
                        script = engine(sides.old, sides.new, "--down")
                    else:
                        script = engine(*ends)
                    results[direction] = migrate(options, sides, side, work, target, script,
                                                 dumps[wanted])
                except Failure as failure:
                    results[direction] = failure
    except Failure as failure:
        results = {direction: failure for direction in DIRECTIONS}
    return results


def since(name):
    """The first version of the server that can load a pair."""
    found = re.match(r"pg(\d+)-", name)
    return int(found.group(1)) if found else 0


def show(name, direction, failure, verbose):
    print(f"FAIL {name} ({direction}): {failure.kind}")
    if verbose:
        for title, text in (("script", failure.script), ("seen", failure.detail)):
            if text:
                print(f"  {title}:\n    " + text.strip().replace("\n", "\n    "))
    elif failure.detail:
        print("     " + failure.detail.strip().splitlines()[0][:160])


def summary(results, seconds):
    counts = {direction: collections.Counter() for direction in DIRECTIONS}
    parsed_again = 0
    for outcome in results.values():
        for direction, result in outcome.items():
            failed = isinstance(result, Failure)
            counts[direction][result.kind if failed else "passed"] += 1
            parsed_again += not failed and result[1]
    print(f"\n{'':10}{'forward':>9}{'reverse':>9}")
    for kind, what in {"passed": "", **observer.CLASSES}.items():
        numbers = [counts[direction][kind] for direction in DIRECTIONS]
        if any(numbers) or kind == "passed":
            print(f"{kind:10}{numbers[0]:9}{numbers[1]:9}   {what}")
    for direction in DIRECTIONS:
        passed = counts[direction]["passed"]
        print(f"{direction}: {passed} of {len(results)} pairs"
              f" ({100 * passed / max(1, len(results)):.1f} %)")
    print(f"{parsed_again} equal at a second look; {seconds:.0f} s")
    return all(not isinstance(r, Failure) for outcome in results.values() for r in outcome.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", metavar="PATTERN", action="append", default=[],
                        help="only pairs whose name holds this regular expression (or one of several)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="scripts, errors, differences")
    parser.add_argument("--engine", choices=list(observer.ENGINES), default="rung")
    parser.add_argument("--control", dest="engine", action="store_const", const="restore")
    parser.add_argument("--down", action="store_true")
    parser.add_argument("--corpus", metavar="DIR", default=CORPUS,
                        help="another folder of pairs, such as random_pairs.py --keep writes")
    parser.add_argument("--keep", metavar="DIR", help="writes every script to DIR/NAME.DIRECTION.sql")
    options = parser.parse_args()
    observer.beside_a_server()
    names = [name for name in sorted(os.listdir(options.corpus))
             if not options.k or any(re.search(pattern, name) for pattern in options.k)]
    too_new = [name for name in names if since(name) > observer.server_version()]
    names = [name for name in names if name not in too_new]
    if not names:
        parser.error("no such pair" + (f", but for newer servers: {' '.join(too_new)}" if too_new else ""))
    started, results, numbers, lock = time.monotonic(), {}, {}, threading.Lock()

    def one(name):
        with lock:
            number = numbers.setdefault(threading.get_ident(), len(numbers))
        outcome = judge(options, name, f"corpus_{os.getpid()}_{number}")
        with lock:
            results[name] = outcome
            for direction, result in outcome.items():
                if isinstance(result, Failure):
                    show(name, direction, result, options.verbose)
                elif options.verbose:
                    print(f"ok   {name} ({direction})")
                    if len(names) == 1 and options.engine == "rung":
                        print("    " + result[0].strip().replace("\n", "\n    "))
                script = result.script if isinstance(result, Failure) else result[0]
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    path = os.path.join(options.keep, f"{name}.{direction}.sql")
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(script)
            sys.stdout.flush()

    with observer.Roles(), concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(one, name) for name in names]):
            done.result()
    fine = summary(results, time.monotonic() - started)
    print(f"PostgreSQL {observer.server_version()}, seen by "
          f"{'its catalogs' if observer.catalogs_reader() else 'pg_dump'}; {len(too_new)} pairs need a newer server"
          + "".join(f"\n    {name}" for name in too_new))
    if options.engine == "nothing":
        vacuous = [name for name, outcome in results.items()
                   if any(isinstance(r, Failure) == name.startswith("same-") for r in outcome.values())]
        print("not told from doing nothing: " + (", ".join(sorted(vacuous)) or "none"))
        fine = not vacuous
    elif not fine:
        print("failed: " + " ".join(sorted(
            name for name, outcome in results.items()
            if any(isinstance(result, Failure) for result in outcome.values()))))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
