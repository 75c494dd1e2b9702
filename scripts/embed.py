#!/usr/bin/env python3
"""Writes text files as C constants.  usage: embed.py OUT.h FILE…   history_x.sql becomes history_x_sql"""
import pathlib
import re
import sys


def constant(path):
    name = re.sub(r"\W", "_", path.name)
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
        lines.append(f'    "{escaped}\\n"')
    return f"static const char {name}[] =\n" + "\n".join(lines) + ";\n"


def main(out, *files):
    text = "/* Written by scripts/embed.py. */\n" + "\n".join(constant(pathlib.Path(f)) for f in files)
    pathlib.Path(out).write_text(text, encoding="utf-8")


main(*sys.argv[1:])
