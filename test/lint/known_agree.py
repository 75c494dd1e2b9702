#!/usr/bin/env python3
"""Compares what src/lint/known.h makes of SQL with the catalogs of a server that ran it.

usage: test/with-postgresql known_agree.py DUMP FOLDER

Each new.sql of the folder is replayed by DUMP and run in a transaction. Relations, columns with type, NOT NULL and
default, constraints and indexes must be the same, by name. A file that the server or the grammar
refuses in part is counted and left out. Types that are not known, and columns of relations that
say that they are incomplete, are not compared.
"""
import collections
import pathlib
import re
import subprocess
import sys

QUESTIONS = """
\\o
select 'relation ' || case relkind when 'v' then 'view' when 'm' then 'matview' when 'S' then
       'sequence' when 'f' then 'foreign' when 'c' then 'composite' else 'table' end
       || ' ' || nspname || '.' || relname
  from pg_class c join pg_namespace n on n.oid = relnamespace
 where relkind not in ('i', 'I', 't') and nspname !~ '^(pg_|information_schema)'
   and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e');
select 'column ' || nspname || '.' || relname || '.' || attname || ' '
       || case when t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A'
               then (select typname from pg_type e where e.oid = t.typelem) || '[]'
               else t.typname end
       || case when attnotnull then ' not null' else ' null' end
       || case when atthasdef then ' default' else ' -' end
  from pg_attribute a join pg_class c on c.oid = attrelid
  join pg_namespace n on n.oid = relnamespace join pg_type t on t.oid = atttypid
 where relkind in ('r', 'p', 'f', 'c') and attnum > 0 and not attisdropped
   and nspname !~ '^(pg_|information_schema)'
   and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e');
select 'constraint ' || nspname || '.' || relname || '.' || conname || ' ' || contype::text
  from pg_constraint o join pg_class c on c.oid = conrelid
  join pg_namespace n on n.oid = relnamespace
 where contype in ('c', 'p', 'u', 'x', 'f') and (contype <> 'f' or conparentid = 0 or
       not exists (select from pg_constraint p where p.oid = o.conparentid
                    and p.conrelid = o.conrelid))
   and nspname !~ '^(pg_|information_schema)';
select 'index ' || nspname || '.' || i.relname || ' ' || t.relname
  from pg_index x join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
  join pg_namespace n on n.oid = i.relnamespace where nspname !~ '^(pg_|information_schema)';
rollback;
"""


def server_facts(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], capture_output=True,
                          input=f"\\o /dev/null\nbegin;\n{text};\n{QUESTIONS}", text=True,
                          check=False)
    return None if done.returncode else set(done.stdout.splitlines())


def model_facts(dump, paths):
    done = subprocess.run([dump, *paths], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"known_agree: {done.stderr}")
    facts = {}
    for block in done.stdout.split("\n.\n")[:-1]:
        path, *lines = block.split("\n")
        facts[path] = lines
    return facts


def relation_of(line):
    found = re.match(r"(?:column|constraint) ([^.]*\.[^.]*)\.", line)
    return found[1] if found else None


def compare(lines, wanted):
    incomplete = {line.split(" ")[2] for line in lines if line.endswith(" incomplete")}
    views = {line.split(" ")[2] for line in lines
             if line.startswith(("relation view", "relation matview"))}
    model = {line.removesuffix(" incomplete") for line in lines if not line.startswith("unread")}
    unknown = {line.split(" ? ")[0] for line in model if " ? " in line}
    model = {line for line in model if " ? " not in line and relation_of(line) not in views}
    wanted = {line for line in wanted
              if not any(line.startswith(start + " ") for start in unknown)}
    for line in sorted(model - wanted):
        yield "+ " + line
    for line in sorted(wanted - model):
        if not (line.startswith("column") and relation_of(line) in incomplete):
            yield "- " + line


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    dump = sys.argv[1]
    paths = sorted(map(str, pathlib.Path(sys.argv[2]).glob("*/new.sql")))
    models, count = model_facts(dump, paths), collections.Counter()
    for path in paths:
        wanted = server_facts(path)
        if wanted is None or "unread 0" not in models[path]:
            count["left out"] += 1
            continue
        differences = list(compare(models[path], wanted))
        count["facts"] += len(wanted)
        count["wrong"] += len(differences)
        count["files"] += 1
        count["files that differ"] += bool(differences)
        for line in differences:
            print(f"{path}: {line}")
    print(", ".join(f"{key}: {value}" for key, value in count.items()))
    sys.exit(1 if count["wrong"] or count["facts"] < 1000 else 0)


if __name__ == "__main__":
    main()
