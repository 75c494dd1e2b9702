#!/usr/bin/env python3
"""Checks the rooms against the layer file.

usage: layers.py [-v] LAYERS FOLDER...

LAYERS holds one row a room, `plan: model sql base`, and one a third-party header, `<libpq-fe.h>: db`.
Each FOLDER has a folder for each room (src, test/unit). Fails when a file
  - includes another room than its row names, or stands in a room that has no row;
  - includes a third-party header, or a part of it, outside its one home (a test_*.c may observe with one);
  - includes a path that begins with `../`.
With -v, permissions that nobody uses are listed too.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def stem(header):
    """What a header and its parts have in common: `sodium` for sodium.h and sodium/core.h."""
    return header.split("/")[0].removesuffix(".h")


def read_rules(path):
    rooms, homes = {}, {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        name, colon, rest = line.split("#")[0].partition(":")
        name = name.strip()
        if not name:
            continue
        if not colon:
            sys.exit(f"{path}:{number}: a row is `NAME: WHAT IT MAY INCLUDE`")
        if name.startswith("<"):
            homes[stem(name.strip("<>"))] = set(rest.split())
        else:
            rooms[name] = set(rest.split())
    for name, allowed in [*rooms.items(), *homes.items()]:
        for other in sorted(allowed - rooms.keys()):
            sys.exit(f"{path}: {name} names {other}, which has no row")
    return rooms, homes


def room_of(header, rooms):
    """The room that a header belongs to, or None; the public headers are the room `include`."""
    first = header.split("/")[0] if "/" in header else None
    first = "include" if first == "rung" else first
    return first if first in rooms else None


def check_file(path, room, rules, used):
    rooms, homes = rules
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match[1] or match[2]
        target = room_of(header, rooms)
        if ".." in header.split("/"):
            yield f"{path}:{number}: {header}: name the room, not the way to it"
        elif target and target != room:
            used.add((room, target))
            if target not in rooms[room]:
                yield f"{path}:{number}: {room} may not include {target} ({header})"
        elif not target and not path.name.startswith("test_") and \
                room not in homes.get(stem(header), {room}):
            home = " ".join(sorted(homes[stem(header)]))
            yield f"{path}:{number}: {header} belongs in {home}, not in {room}"


def check_folder(folder, rules, used):
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".c", ".h", ".inc"):
            continue
        parts = path.relative_to(folder).parts
        if len(parts) < 2 and path.name == "check.h":
            continue  # what all unit tests share
        if len(parts) < 2 or parts[0] not in rules[0]:
            yield f"{path}: stands in no room of the layer file"
            continue
        yield from check_file(path, parts[0], rules, used)


def main(arguments):
    verbose = "-v" in arguments
    arguments = [a for a in arguments if a != "-v"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    rules = read_rules(pathlib.Path(arguments[0]))
    used, faults = set(), []
    for folder in map(pathlib.Path, arguments[1:]):
        if not folder.is_dir():
            sys.exit(f"{folder} is not a folder")
        faults += check_folder(folder, rules, used)
    print(*faults, sep="\n", end="\n" if faults else "")
    if verbose:
        for room, allowed in rules[0].items():
            for target in sorted(allowed):
                if (room, target) not in used:
                    print(f"note: {room} may include {target}, and does not")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
