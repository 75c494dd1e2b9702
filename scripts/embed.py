#!/usr/bin/env python3
"""Writes text files as C constants, with the beginning of their SHA-256.

usage: embed.py OUT.h FILE…   history_x.sql becomes history_x_sql and history_x_sql_hash"""
import hashlib
import pathlib
import re
import sys


LONGEST = 4095  # of a string constant that every C compiler takes (C17, 5.2.4.1)


def constant(path):
    name = re.sub(r"\W", "_", path.name)
    data = path.read_bytes()
    return f'#define {name}_hash "{hashlib.sha256(data).hexdigest()[:16]}"\n' + text(name, path, data)


def text(name, path, data):
    if len(data) > LONGEST:
        rows = [", ".join(str(byte if byte < 128 else byte - 256) for byte in data[i:i + 24]) for i in range(0, len(data), 24)]
        return f"static const char {name}[] = {{\n    " + ",\n    ".join(rows) + ", 0};\n"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
        lines.append(f'    "{escaped}\\n"')
    return f"static const char {name}[] =\n" + "\n".join(lines) + ";\n"


def main(out, *files):
    text = "/* Written by scripts/embed.py. */\n" + "\n".join(constant(pathlib.Path(f)) for f in files)
    pathlib.Path(out).write_text(text, encoding="utf-8")


main(*sys.argv[1:])
