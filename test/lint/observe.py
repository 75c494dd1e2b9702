#!/usr/bin/env python3
"""Watches a server run the forms of a JSON file here, and writes what it saw into the file.

usage: [RUNG_TEST_PG_BINDIR=…] test/with-postgresql --own python3 test/lint/observe.py FILE

The file holds `setup`, SQL, and `forms`: `sql`, a statement, and `pre`, statements that are run
before it. A form runs in a transaction that is rolled back; one with `pre`, in a database of its
own. Observations of the server's major version are replaced, those of others are kept. `locks`
maps a relation to the modes taken, strongest first, `rewr` lists relations with a new file, `scan`
relation:rows read sequentially, `notes` what the server said at DEBUG1; `err` marks a form that
this version rejects. Relations of public stand without their schema; (i) marks an index.
"""
import json
import re
import subprocess
import sys

MODES = {"AccessShareLock": "AS", "RowShareLock": "RS", "RowExclusiveLock": "RX",
         "ShareUpdateExclusiveLock": "SUE", "ShareLock": "S", "ShareRowExclusiveLock": "SRX",
         "ExclusiveLock": "X", "AccessExclusiveLock": "AX"}
ORDER = list(MODES.values())
NOTES = re.compile(r"DEBUG:  ((?:rewriting|verifying) table .*|validating foreign key .*|"
                   r"building index .*|.* is implied by existing constraints|"
                   r"existing constraints .*)")

SNAPSHOT = """
create schema obs;
create table obs.snap as
  select c.oid, c.relfilenode,
         case when n.nspname = 'public' then '' else n.nspname || '.' end || c.relname
         || case when c.relkind in ('i', 'I') then '(i)' else '' end as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'obs');
"""
QUESTIONS = """
set client_min_messages = notice;
select 'lock', name, mode from pg_locks join obs.snap on oid = relation
 where locktype = 'relation' and pid = pg_backend_pid() and granted
   and database = (select oid from pg_database where datname = current_database());
select 'file', s.name from obs.snap s join pg_class c using (oid)
 where c.relfilenode <> s.relfilenode;
select 'scan', s.name, t.seq_tup_read from obs.snap s join pg_stat_xact_all_tables t on relid = oid
 where t.seq_tup_read > 0;
rollback;
"""


def psql(database, text):
    return subprocess.run(["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database],
                          input=text, capture_output=True, text=True, check=False)


def run(database, text):
    """None, or the error."""
    done = psql(database, text)
    return done.stderr.strip() if done.returncode else None


def observe(database, sql):
    done = psql(database, f"begin;\nset client_min_messages = debug1;\n{sql};\n{QUESTIONS}")
    if done.returncode:
        error = re.search(r"ERROR:  (.*)", done.stderr)
        return {"err": error[1] if error else done.stderr.strip()}
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    locks = {}
    for row in rows:
        if row[0] == "lock":
            locks.setdefault(row[1], set()).add(MODES[row[2]])
    notes = [found[1] for found in map(NOTES.search, done.stderr.splitlines())
             if found and "pg_toast" not in found[1]]
    return {"rewr": sorted(row[1] for row in rows if row[0] == "file"),
            "scan": sorted(f"{row[1]}:{row[2]}" for row in rows if row[0] == "scan"),
            "locks": {name: "+".join(sorted(modes, key=ORDER.index, reverse=True))
                      for name, modes in sorted(locks.items())},
            "notes": notes}


def observe_form(form):
    if not form.get("pre"):
        return observe("base", form["sql"])
    run("postgres", "drop database if exists one")
    run("postgres", "create database one template plain")
    error = run("one", form["pre"] + ";") or run("one", SNAPSHOT)
    if error:
        return {"err": error}
    setting = re.search(r"set (?:search_path|timezone)[^;]*", form["pre"])
    return observe("one", (setting[0] + ";\n" if setting else "") + form["sql"])


def store(form, version, seen):
    kept = []
    for other in form.get("observed", []):
        other["versions"] = [one for one in other["versions"] if one != version]
        if other["versions"]:
            kept.append(other)
    for other in kept:
        if {key: value for key, value in other.items() if key != "versions"} == seen:
            other["versions"] = sorted(other["versions"] + [version])
            break
    else:
        kept.append({"versions": [version], **seen})
    form["observed"] = sorted(kept, key=lambda other: other["versions"])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    run("postgres", "create role rolx")
    for database in ("plain", "base"):
        run("postgres", f"create database {database}")
        error = run(database, data["setup"] + "\nanalyze;")
        if error:
            sys.exit(f"observe: {error}")
    run("base", SNAPSHOT)
    version = int(psql("postgres", "show server_version_num").stdout) // 10000
    for form in data["forms"]:
        store(form, version, observe_form(form))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
