#!/usr/bin/env python3
"""Checks the checkout's own files against one rule.

usage: rules.py RULE ROOT

lengths   no file of src has over 800 lines, no function over 100
guards    a header's guard is its path: src/db/url.h has DB_URL_H, test/sql/check.h and
          test/unit/sql/check.h have TEST_SQL_CHECK_H
traces    no file names the place where it was written, or a machine that wrote it
"""
import codecs
import pathlib
import re
import subprocess
import sys

FILE_LINES, FUNCTION_LINES = 800, 100

# In rot13, so that this file keeps its own rule.
WORDS = codecs.decode("pynhqr|naguebcvp|bcranv|pungtcg|tcg-[0-9]|pbcvybg|pbqrk|trzvav|yyz|yyzf|"
                      "ynathntr zbqryf?|nv[- ](?:trarengrq|nffvfgrq|gbbyf?|ntragf?|nffvfgnagf?)", "rot13")
WORDS = re.compile(rf"(?<![A-Za-z0-9])({WORDS})(?![A-Za-z0-9])", re.I)
PLACES = re.compile(r"(?<![\w.-])/(wo[r]k|ro[o]t)/")
SERVICES = "examples/schema-alignment"  # the system that it shows keeps keys of such services


def list_files(root):
    """What belongs to the project: git's list, else all but build folders."""
    done = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others",
                           "--exclude-standard"], capture_output=True, check=False)
    if done.returncode == 0:
        paths = [root / name for name in done.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in root.rglob("*")
                 if not path.relative_to(root).parts[0].startswith((".", "build"))]
    return sorted(path for path in paths if path.is_file())


def functions(lines):
    """The line and length of each function's body: braces in the first column enclose it."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            yield start, number - start + 1
            start = 0


def check_lengths(root, path):
    if path.suffix not in (".c", ".h") or path.relative_to(root).parts[0] != "src":
        return
    lines = path.read_text().splitlines()
    if len(lines) > FILE_LINES:
        yield 1, f"{len(lines)} lines; at most {FILE_LINES}"
    for start, length in functions(lines):
        if length > FUNCTION_LINES:
            yield start, f"a function of {length} lines; at most {FUNCTION_LINES}"


def guard_name(relative):
    parts = list(relative.parts)
    if parts[0] in ("src", "include"):
        parts = parts[1:]
    elif parts[:2] == ["test", "unit"]:
        parts = ["test"] + parts[2:]
    return re.sub(r"\W", "_", "_".join(parts)).upper()


def check_guards(root, path):
    relative = path.relative_to(root)
    if path.suffix != ".h" or relative.parts[0] not in ("src", "include", "test"):
        return
    text, name = path.read_text(), guard_name(relative)
    if not re.search(rf"^#ifndef {name}\n#define {name}\n", text, re.M):
        found = re.search(r"^#ifndef (\w+)\n#define \1\n", text, re.M)
        yield 1, f"the guard is {found[1] if found else 'missing'}; expected {name}"


def check_traces(root, path):
    patterns = [PLACES] if path.is_relative_to(root / SERVICES) else [PLACES, WORDS]
    for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1):
        for found in filter(None, (pattern.search(line) for pattern in patterns)):
            yield number, f'"{found[0]}" has no place in a file of the project'


RULES = {"lengths": check_lengths, "guards": check_guards, "traces": check_traces}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in RULES:
        sys.exit(__doc__)
    rule, root = RULES[sys.argv[1]], pathlib.Path(sys.argv[2]).resolve()
    files, faults = list_files(root), 0
    for path in files:
        for line, message in rule(root, path):
            print(f"{path.relative_to(root)}:{line}: {message}")
            faults += 1
    if not files:
        sys.exit(f"rules: no files in {root}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
