#!/usr/bin/python3
"""Random catalogs for `rung diff` on PostgreSQL: test/diff/random_pairs.py [--pairs N] [--seed S]

A database holds some tens of independent schemas. Each grows from nothing by random DDL (mutations.py)
and gets rows; then come steps: each schema is changed by one to five mutations, and the database
before and the one after are so many pairs at once, for one pair of rung's runs and of pg_dump's. rung
writes the migration in both directions; psql applies it to a copy; pg_dump judges (observer.py), a
second diff must be empty, and rows must be kept. (In reverse the tables are emptied first: a column
that a mutation dropped cannot come back NOT NULL over rows.)

What fails is tried again in halves, then alone, then shrunk: mutations are left out, and objects are
dropped from both sides, as long as it fails in the same way. --keep DIR gets old.sql and new.sql.

The same seed makes the same pairs. It needs a server: it starts its own by test/with-postgresql if
none is given.

RUNG                the program (build/src/rung)
--engine restore    in place of rung: drop everything, restore pg_dump of the other side; all must pass
--engine nothing    in place of rung: no script; every pair with a difference must fail
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import sys
import threading
import time

import mutations
import observer
from observer import Failure

STEPS = 8           # from one base, before a new one is grown
GROWTH = (8, 14, 14, 10)  # mutations a schema, with a look at the catalog in between
SHRINK_TRIES = 80


def script_of(changes):
    """Each change as a transaction of its own, that tells its number if it was accepted."""
    return "\n".join(["SET search_path = ''; SET client_min_messages = error;"] + [
        "\n".join(["BEGIN;", *(text + ";" for text in statements), f"SELECT 'done {number}';", "COMMIT;"])
        for number, statements in enumerate(changes)])


def accepted(database, changes):
    """Those of `changes` that the server took."""
    done = observer.run([observer.program("psql"), "-X", "-q", "-A", "-t", "-f", "-", "-d", observer.url(database)],
                        script_of(changes))
    numbers = {int(n) for n in re.findall(r"^done (\d+)$", done.stdout, re.M)}
    return [change for number, change in enumerate(changes) if number in numbers]


def look(database, salt, names):
    return mutations.read(observer.ask(database, mutations.READ), salt, names)


def mutate(database, r, salt, names, count, grows=False):
    """{schema: the changes that were made to it}"""
    schemas = look(database, salt, names)
    changes = [(name, mutations.choose(r, schemas[name], grows)[1])
               for name in names for _ in range(count(r))]
    order = {id(statements): name for name, statements in changes}
    made = collections.defaultdict(list)
    for statements in accepted(database, [statements for _, statements in changes]):
        made[order[id(statements)]].append(statements)
    return made


def grow(database, r, names):
    observer.create(database)
    observer.ask(database, "".join(f"CREATE SCHEMA {name};" for name in names))
    accepted(database, [[text] for name in names for _ in range(4)
                        for text in mutations.add_table(r, mutations.Schema(name, f"b{r.randrange(10**6)}"))])
    for round_, count in enumerate(GROWTH):
        mutate(database, r, f"g{round_}", names, lambda _, n=count: n, True)
    for _ in range(2):  # what refers to rows of a later table goes in the second time
        rows = [change for schema in look(database, "r", names).values() for change in mutations.inserts(schema)]
        accepted(database, rows)


# ---- the verdict over many pairs in one database ----

def keep_only(database, template, names):
    """A copy of `template` with the schemas `names`."""
    observer.create(database, template)
    schemas = observer.ask(database, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'p__'").split()
    gone = [name for name in schemas if name not in names]
    # one transaction each: many locks
    observer.ask(database, "SET client_min_messages = error;" + "".join(f"DROP SCHEMA {name} CASCADE;" for name in gone))


def empty_tables(database):
    observer.ask(database, r"""SELECT 'TRUNCATE ' || string_agg(format('%I.%I', nspname, relname), ', ')
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname LIKE 'p__' HAVING count(*) > 0 \gexec""")


def owner(key, names):
    """The schema that an entry of a dump belongs to."""
    if key[1] in names:
        return key[1]
    found = re.search(r"\bp\d\d\b", key[2])
    return found.group() if found else None


class Judge:
    def __init__(self, options, prefix):
        self.engine, self.real, self.prefix = observer.ENGINES[options.engine], options.engine == "rung", prefix
        self.count = 0

    def name(self):
        self.count += 1
        return f"{self.prefix}_{self.count}"

    def run(self, source, target, names, empty, want=None):
        """{schema: Failure} of the migration from source to target, both databases."""
        work, scratch = self.name(), self.name()
        try:
            observer.create(work, source)
            if empty:
                empty_tables(work)
            return self.migrate(source, work, target, names, empty, want, scratch)
        except Failure as failure:
            if len(names) == 1:
                return {names[0]: failure}
        finally:
            observer.drop(work)
        return self.halves(source, target, names, empty)

    def halves(self, source, target, names, empty):
        result, middle = {}, len(names) // 2
        for some in (names[:middle], names[middle:]):
            old, new = self.name(), self.name()
            try:
                keep_only(old, source, some)
                keep_only(new, target, some)
                result.update(self.run(old, new, some, empty))
            finally:
                observer.drop(old, new)
        return result

    def migrate(self, source, work, target, names, empty, want, scratch):
        before = observer.rows(work) if self.real and not empty else None
        script = self.engine(source, target)
        observer.apply(work, script)
        have, want = observer.dump_text(work), want or observer.dump_text(target)
        if not observer.compare(scratch, have, want)[0]:
            failures = {}
        else:
            failures = self.by_schema(have, want, names, script, scratch)
        if self.real and not failures:
            again = observer.diff(work, target)
            if again.strip():
                found = [name for name in names if re.search(rf"\b{name}\b", again)]
                if len(names) > 1 and not found:
                    raise Failure("again", again, script)
                failures = {name: Failure("again", again, script) for name in found or names}
        if before:
            after = observer.rows(work)
            for kind, lost, side in (("data", observer.lost_rows, 0), ("sequence", observer.lost_positions, 1)):
                for name in names:
                    mine = [{k: v for k, v in rows[side].items() if k[0] == name} for rows in (before, after)]
                    text = lost(*mine)
                    if text:
                        failures.setdefault(name, Failure(kind, text, script))
        return failures

    @staticmethod
    def by_schema(have, want, names, script, scratch):
        have, want = (observer.restored(scratch, text) for text in (have, want))
        failures, entries = {}, collections.defaultdict(lambda: [collections.Counter(), collections.Counter()])
        for side, some in ((0, have - want), (1, want - have)):
            for key, number in some.items():
                entries[owner(key, names)][side][key] += number
        if None in entries and len(names) > 1:
            raise Failure("schema", observer.difference(have, want), script)
        for name, (more, less) in entries.items():
            failures[name or names[0]] = Failure("schema" if script.strip() else "silent",
                                                 observer.difference(more, less), script)
        return failures


# ---- shrinking ----

class Shrinker:
    """One failing pair: the old database alone, and the changes that make the new one of it."""

    def __init__(self, judge, schema, failure, forward):
        self.judge, self.schema, self.failure, self.forward = judge, schema, failure, forward
        self.tries = 0

    def fails(self, old, changes):
        """The failure, if it is of the same kind, of what `changes` make of `old`."""
        self.tries += 1
        new = self.judge.name()
        try:
            observer.create(new, old)
            if len(accepted(new, changes)) < len(changes):
                return None
            ends = (old, new) if self.forward else (new, old)
            found = self.judge.run(*ends, [self.schema], not self.forward).get(self.schema)
            return found if found and found.kind == self.failure.kind else None
        finally:
            observer.drop(new)

    def run(self, old, changes):
        """(old, changes, failure) as small as it gets; `old` is changed in place."""
        failure = self.fails(old, changes)
        if not failure:
            return changes, None
        for change in list(changes):
            fewer = [other for other in changes if other is not change]
            smaller = self.fails(old, fewer) if fewer else None
            if smaller:
                changes, failure = fewer, smaller
        found = self.without(old, self.drops(old), changes)
        return changes, found or failure

    def without(self, old, drops, changes):
        """Drops what is not needed from `old`, in halves; the last failure that was seen."""
        if not drops or self.tries > SHRINK_TRIES:
            return None
        smaller = self.judge.name()
        observer.create(smaller, old)
        failure = None
        if not observer.psql(smaller, ";".join(["SET client_min_messages = error", *drops])).returncode:
            failure = self.fails(smaller, changes)
        if failure:
            observer.drop(old)
            observer.ask("postgres", f"ALTER DATABASE {smaller} RENAME TO {old}")
            return failure
        observer.drop(smaller)
        if len(drops) == 1:
            return None
        middle = len(drops) // 2
        first = self.without(old, drops[:middle], changes)
        return self.without(old, drops[middle:], changes) or first

    def drops(self, old):
        s = look(old, "x", [self.schema])[self.schema]
        q = s.q
        some = [f"DROP TABLE IF EXISTS {q(t['relation'])} CASCADE" for t in s.tables()]
        some += [f"DROP {'MATERIALIZED ' if v['kind'] == 'm' else ''}VIEW IF EXISTS {q(v['relation'])} CASCADE" for v in s.of_kind("vm")]
        some += [f"DROP ROUTINE IF EXISTS {mutations.signature(s, f)} CASCADE" for f in s.functions]
        some += [f"DROP TYPE IF EXISTS {q(t)} CASCADE" for t in s.types]
        some += [f"DROP SEQUENCE IF EXISTS {q(x['relation'])} CASCADE" for x in s.of_kind("S") if not x["owned"]]
        some += [f"DROP STATISTICS IF EXISTS {q(x)}" for x in s.statistics]
        for t in s.tables():
            table = f"ALTER TABLE IF EXISTS {q(t['relation'])}"
            some += [f"{table} DROP CONSTRAINT IF EXISTS {k['name']} CASCADE" for k in t["constraints"]]
            some += [f"DROP INDEX IF EXISTS {q(i['name'])}" for i in t["indexes"] if not i["constraint"]]
            some += [f"{table} DROP COLUMN IF EXISTS {c['name']} CASCADE" for c in t["columns"]]
        return some


def text_of(database):
    text = observer.run([observer.program("pg_dump"), "--inserts", "-d", observer.url(database)]).stdout
    text = re.sub(r"^\\(?:un)?restrict .*\n|^--.*\n|^SET .*\n|^SELECT pg_catalog.set_config.*\n", "", text,
                  flags=re.M)
    return re.sub(r"\n{2,}", "\n", text).lstrip()


def shrink_and_keep(options, judge, old, changes, schema, failure, forward, label):
    """Writes the pair as two SQL files."""
    alone = judge.name()
    try:
        keep_only(alone, old, [schema])
        changes, smaller = Shrinker(judge, schema, failure, forward).run(alone, changes)
        lines = [f"FAIL {label}: {(smaller or failure).kind}" + ("" if smaller else " (only beside other schemas)")]
        lines += ["     " + "; ".join(change) for change in changes]
        detail = (smaller or failure).detail.strip().splitlines()
        lines += ["     | " + line for line in detail[:200 if options.verbose else 12]]
        if options.keep:
            folder = os.path.join(options.keep, label)
            os.makedirs(folder, exist_ok=True)
            new = judge.name()
            observer.create(new, alone)
            accepted(new, changes)
            sides = {"old": text_of(alone), "new": text_of(new)}
            observer.drop(new)
            if not forward:
                sides = {"old": sides["new"], "new": sides["old"]}
            sides["changes"] = "\n".join(";\n".join(change) + ";" for change in changes) + "\n"
            sides["script"] = (smaller or failure).script
            sides["seen"] = "\n".join("-- " + line for line in (smaller or failure).detail.splitlines()) + "\n"
            for side, text in sides.items():
                with open(os.path.join(folder, side + ".sql"), "w", encoding="utf-8") as file:
                    file.write(text)
            lines.append(f"     kept in {folder}")
        return "\n".join(lines)
    finally:
        observer.drop(alone)


# ---- chains ----

class Tally:
    def __init__(self):
        self.lock, self.started = threading.Lock(), time.monotonic()
        self.pairs, self.changed, self.failed, self.shrunk, self.mutations = 0, 0, collections.Counter(), 0, 0
        self.failed_pairs = set()


def chain(options, tally, number):
    """One base, and the steps from it."""
    r = random.Random(f"{options.seed}/{number}")
    judge = Judge(options, f"pairs_{os.getpid()}_{number}")
    names = [f"p{i:02d}" for i in range(options.batch)]
    old = judge.name()
    new = None
    try:
        grow(old, r, names)
        old_text = observer.dump_text(old)
        for step in range(STEPS):
            with tally.lock:
                if tally.pairs >= options.pairs or tally.shrunk >= options.failures:
                    return
                tally.pairs += len(names)
            new = judge.name()
            observer.create(new, old)
            made = mutate(new, r, f"s{step}", names, lambda r: r.randint(1, 5))
            new_text = observer.dump_text(new)
            a, b = observer.entries(old_text), observer.entries(new_text)
            different = {owner(key, names) for key in (a - b) + (b - a)} - {None}
            with tally.lock:
                tally.changed += len(different)
                tally.mutations += sum(map(len, made.values()))
            for forward in (True, False):
                ends, want = ((old, new), new_text) if forward else ((new, old), old_text)
                failures = judge.run(*ends, names, not forward, want)
                if options.engine == "nothing":
                    missed = different - set(failures)
                    if missed:
                        print(f"not told from doing nothing: {number}/{step} {sorted(missed)}")
                    continue
                report(options, tally, judge, old, made, failures, forward, f"{options.seed}-{number}-{step}")
            observer.drop(old)
            old, old_text, new = new, new_text, None
    finally:
        observer.drop(old)
        if new:
            observer.drop(new)


def report(options, tally, judge, old, made, failures, forward, label):
    for schema, failure in sorted(failures.items()):
        with tally.lock:
            tally.failed["forward" if forward else "reverse", failure.kind] += 1
            tally.failed_pairs.add((label, schema))
            tally.shrunk += 1
            if tally.shrunk > options.failures:
                continue
        text = shrink_and_keep(options, judge, old, made[schema], schema, failure, forward,
                               f"{label}-{schema}-{'forward' if forward else 'reverse'}")
        with tally.lock:
            print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--batch", type=int, default=25, help="pairs in one database (at most 100)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--failures", type=int, default=10, help="stop after so many")
    parser.add_argument("--keep", metavar="DIR", help="where shrunk pairs are written")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--engine", choices=list(observer.ENGINES), default="rung")
    parser.add_argument("--control", dest="engine", action="store_const", const="restore")
    options = parser.parse_args()
    observer.beside_a_server()
    tally = Tally()
    chains = -(-options.pairs // (options.batch * STEPS))
    with observer.Roles(), concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed(
                [pool.submit(chain, options, tally, number) for number in range(chains)]):
            done.result()
    seconds = time.monotonic() - tally.started
    print(f"{tally.pairs} pairs, {tally.changed} with a difference, {tally.mutations} mutations, both"
          f" directions: {len(tally.failed_pairs)} failed; {seconds:.0f} s")
    for (direction, kind), number in sorted(tally.failed.items()):
        print(f"  {direction} {kind}: {number}   {observer.CLASSES[kind]}")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
