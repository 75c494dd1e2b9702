#!/usr/bin/env python3
"""What clang says of src.  usage: clang.py compile|tidy|deep ROOT FOLDER

compile   everything once, with the project's warnings as errors; FOLDER is the build folder
tidy      clang-tidy by .clang-tidy on every file whose text, headers or rules changed since it
          was last found clean; the analyzer follows a ninth of the paths that it would
deep      the same with the analyzer's own limit, for eight times the time
"""
import concurrent.futures
import fcntl
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

CLANG, TIDY = "clang-14", "clang-tidy-14"
LIMITS = {"tidy": 25000, "deep": 225000}  # the analyzer's max-nodes; 225000 is its default


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **options)


def compile_all(root, folder):
    """Several tests may come here at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "build.ninja").exists():
            done = run(["meson", "setup", folder, root, "-Dtests=false", "-Dfaults=true",
                        "-Dbuildtype=debug"], env={**os.environ, "CC": CLANG})
            if done.returncode != 0:
                sys.exit(done.stdout)
        done = run(["ninja", "-C", folder, "-k", "0"])
    if done.returncode != 0:
        sys.exit(done.stdout)


def digest(entry, rules):
    """Of all that clang-tidy would read."""
    words = shlex.split(entry["command"])
    words = words[:words.index("-o")] + ["-E", "-C", entry["file"]]
    done = subprocess.run(words, cwd=entry["directory"], capture_output=True, check=False)
    if done.returncode != 0:
        return None
    return hashlib.sha256(rules + done.stdout).hexdigest()


def tidy(entry, folder, rules, limit):
    path = pathlib.Path(entry["directory"], entry["file"]).resolve()
    stamp = folder / "tidy" / (path.parent.name + "-" + path.name)
    value = digest(entry, rules + b"%d" % limit)
    if value and stamp.exists() and stamp.read_text() == value:
        return ""
    analyzer = [f"--extra-arg={word}" for word in
                ("-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={limit}")]
    done = run([TIDY, "-p", folder, "--quiet", *analyzer, path])
    if done.returncode == 0 and value:
        stamp.write_text(value)
        return ""
    return done.stdout or f"{path}: {TIDY} failed\n"


def tidy_all(root, folder, limit):
    rules = (root / ".clang-tidy").read_bytes()
    entries = [entry for entry in json.loads((folder / "compile_commands.json").read_text())
               if "/src/" in entry["file"]]
    (folder / "tidy").mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        said = "".join(pool.map(lambda entry: tidy(entry, folder, rules, limit),
                                entries))
    if said:
        sys.exit(said)
    if not entries:
        sys.exit("clang: nothing was looked at")


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("compile", *LIMITS):
        sys.exit(__doc__)
    root, folder = (pathlib.Path(word).resolve() for word in sys.argv[2:])
    compile_all(root, folder)
    if sys.argv[1] in LIMITS:
        tidy_all(root, folder, LIMITS[sys.argv[1]])


if __name__ == "__main__":
    main()
