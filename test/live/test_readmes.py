"""The commands in the documentation do what is printed below them.

README.md, examples/*/README.md and the pages of doc/ named below: every ```console block is run, in the order of
the page, in one shell, in a copy of the example (or an empty folder). `$ ` begins a command, `> `
goes on with it, the rest is its output. A command may end with another exit status than 0 only if
`$ echo $?` follows, so that the page shows it.

    test/with-postgresql python3 test/live/test_readmes.py --write [PAGE…]

fills in the output; look at the difference before you commit it.
"""
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

from harness import RUNG, SANITIZER, SOURCE, clean_environment, main, program, psql, server_url

PAGES = ["README.md"] + [f"doc/{name}.md" for name in (
    "revisions", "schemas", "types", "proof", "deploy", "lifecycle", "lifecycle_export", "lifecycle_purge", "lifecycle_retention",
    "notify", "schedule", "vault")] + sorted(
    os.path.relpath(path, SOURCE) for path in glob.glob(SOURCE + "/examples/*/README.md")
    if "/monitoring/" not in path)  # has no database of its own: test_monitoring.py
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ (.*\n(?:>(?: .*)?\n)*)((?:(?!\$ ).*\n)*)", re.M)

ADDRESS = "127.0.0.1:8000"

# What differs from run to run, and what stands for it in a comparison.
VARYING = [
    (re.compile(pattern), stand_in) for pattern, stand_in in (
        (r"\d+\.\d MB of WAL", "N MB of WAL"),
        (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z\b| ?UTC\b|[+-]\d\d(?::?\d\d)?)?",
         "TIME"),
        (r"\b\d{8}T\d{6}Z", "TIME"),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
        (r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b", "HASH"),
        (r"\brv1:[0-9a-f]{8}:[A-Za-z0-9+/]+=*", "SEALED"),
        (r"\b(key:?|rv1:) ?[0-9a-f]{8}\b", r"\1 KEY"),
        (r"\b\d[\d,.]* rows/s", "RATE"),
        (r"\b\d+(?:\.\d+)? (?:µs|ms|s|min|h)\b(?: \d+ (?:s|min)\b)?", "DURATION"),
        (r"\b(pid|process) \d+", r"\1 NUMBER"),
        (r"[ \t]+", " "),  # columns are as wide as what they hold
        (r" $", ""),
    )]
NEW_ID = re.compile(r"\b\d{8}T\d{6}\b")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def normalized(text, ids):
    """`ids`: those of the example's own files, which do not vary."""
    lines = []
    for line in text.splitlines():
        line = NEW_ID.sub(lambda found: found[0] if found[0] in ids else "ID", line)
        for pattern, stand_in in VARYING:
            line = pattern.sub(stand_in, line)
        lines.append(line)
    return lines


class Shell:
    """One bash, told command by command; stdout and stderr share a pipe as they share a terminal."""

    def __init__(self, folder, env):
        self.script = os.path.join(os.path.dirname(folder), "command")
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=folder, env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.status = 0

    def run(self, command):
        """What the command printed; `status` is its exit status, and the next command's `$?`."""
        with open(self.script, "w", encoding="utf-8") as file:
            file.write(command)
        self.process.stdin.write(
            f"(exit {self.status}); . '{self.script}' </dev/null; printf '\\0%d\\0' $?\n".encode())
        self.process.stdin.flush()
        out = b""
        while not (end := re.search(rb"\0(\d+)\0\Z", out)):
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise AssertionError(f"the shell ended in: {command}")
            out += piece
        self.status = int(end[1])
        return out[:end.start()].decode("utf-8")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Page:
    """A page in a folder of its own, with a database of its own for the target `prod`."""
    count = 0

    def __init__(self, path):
        Page.count += 1
        self.path = os.path.join(SOURCE, path)
        with open(self.path, encoding="utf-8") as file:
            self.text = file.read()
        self.name = os.path.basename(os.path.dirname(path)) if path.startswith("examples/") else "app"
        self.base = tempfile.mkdtemp(prefix="rung-page-")
        self.folder = os.path.join(self.base, self.name)
        if path.startswith("examples/"):
            shutil.copytree(os.path.dirname(self.path), self.folder,
                            ignore=shutil.ignore_patterns("*.db", "README.md"))
        else:
            os.mkdir(self.folder)
        self.ids = {found for _, _, names in os.walk(self.folder) for name in names
                    for found in NEW_ID.findall(name)}
        os.mkdir(os.path.join(self.base, "bin"))
        for name in ("rung", "rung-serve"):
            os.symlink(os.path.join(os.path.dirname(os.path.realpath(RUNG)), name),
                       os.path.join(self.base, "bin", name))
        self.address = f"127.0.0.1:{free_port()}"
        self.replace_address()
        self.database = f"page_{os.getpid()}_{Page.count}"
        psql(server_url("postgres"), f"CREATE DATABASE {self.database}")

    def replace_address(self):
        """The service of the page listens where nobody else does."""
        path = os.path.join(self.folder, "rung.yaml")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(ADDRESS, self.address))

    def close(self):
        psql(server_url("postgres"), f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.base, ignore_errors=True)

    def environment(self):
        env = clean_environment(self.base)
        env.update(PATH=":".join([os.path.join(self.base, "bin"), os.path.dirname(program("psql")),
                                  env["PATH"]]),
                   PROD_DATABASE_URL=server_url(self.database), TZ="UTC", USER="ada")
        return env

    def presentable(self, text):
        """Without what names this machine."""
        actor = re.compile(r"\b[\w.-]+@" + re.escape(os.uname().nodename) + r"\b")
        text = actor.sub("ada@laptop", text)
        text = text.replace(server_url(self.database), "postgresql:///" + self.name.replace("-", "_"))
        text = text.replace(self.database, self.name.replace("-", "_"))
        return text.replace(self.base, "/home/ada").replace(self.address, ADDRESS)

    def run(self):
        """(command, what the page says, what it prints, exit status, status is shown) of each."""
        shell = Shell(self.folder, self.environment())
        found = []
        try:
            for block in BLOCK.finditer(self.text):
                commands = COMMAND.findall(block[1])
                for i, (command, said) in enumerate(commands):
                    shown = i + 1 < len(commands) and commands[i + 1][0] == "echo $?\n"
                    printed = shell.run(re.sub(r"^> ?", "", command, flags=re.M)
                                        .replace(ADDRESS, self.address))
                    if SANITIZER.search(printed.encode()):
                        raise AssertionError(f"$ {command}{printed}")
                    if printed and not printed.endswith("\n"):
                        printed += "\n"
                    found.append((command, said, self.presentable(printed), shell.status, shown))
        finally:
            shell.close()
        return found

    def written(self, found):
        """The page with the output that is new; what differs only in what varies stays."""
        results = iter(found)

        def fill(block):
            out = []
            for _ in COMMAND.findall(block[1]):
                command, said, printed, _, _ = next(results)
                same = normalized(said, self.ids) == normalized(printed, self.ids)
                out.append("$ " + command + (said if same else printed))
            return "```console\n" + "".join(out) + "```"

        return BLOCK.sub(fill, self.text)


class Pages(unittest.TestCase):
    maxDiff = 4000

    def page(self, path):
        page = Page(path)
        self.addCleanup(page.close)
        return page

    def commands_print_what_is_shown(self, path):
        page = self.page(path)
        found = page.run()
        self.assertGreater(len(found), 5, "the page shows hardly anything")
        for command, said, printed, status, shown in found:
            with self.subTest(command=command.strip()):
                self.assertEqual(normalized(printed, page.ids), normalized(said, page.ids))
                self.assertTrue(status == 0 or shown, f"exit status {status} is not shown")

    def test_every_block_is_a_console_block_that_is_run(self):
        for path in PAGES:
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                text = file.read()
            fences = re.findall(r"^```(.*)$", text, re.M)
            self.assertTrue(set(fences) <= {"", "console", "sql", "yaml"}, f"{path}: {set(fences)}")
            self.assertEqual(text.count("```console"), len(BLOCK.findall(text)), path)
            for block in BLOCK.findall(text):
                self.assertTrue(block.startswith("$ "), f"{path}: {block[:40]}")
                whole = "".join("$ " + command + said for command, said in COMMAND.findall(block))
                self.assertEqual(whole, block, path)

    def test_every_example_shows_both_engines(self):
        for path in PAGES:
            if not path.startswith("examples/"):
                continue
            page = self.page(path)
            commands = [command for block in BLOCK.findall(page.text)
                        for command, _ in COMMAND.findall(block)]
            for word in ("upgrade", "downgrade", "validate"):
                runs = [command for command in commands if command.startswith("rung " + word)]
                self.assertTrue(any("--target prod" in run for run in runs), f"{path}: {word}")
                self.assertTrue(any("--target prod" not in run for run in runs), f"{path}: {word}")


def name_of(path):
    return re.sub(r"\W+", "_", path.removesuffix(".md").removesuffix("/README")).lower()


for one in PAGES:
    setattr(Pages, "test_" + name_of(one),
            lambda self, path=one: self.commands_print_what_is_shown(path))


def write(paths):
    for path in paths:
        page = Page(path)
        try:
            found = page.run()
        finally:
            page.close()
        for command, _, printed, status, shown in found:
            if status and not shown:
                print(f"{path}: exit status {status} without `$ echo $?`:\n$ {command}{printed}")
        text = page.written(found)
        if text != page.text:
            with open(page.path, "w", encoding="utf-8") as file:
                file.write(text)
        print(path, "changed" if text != page.text else "unchanged")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write([os.path.relpath(os.path.abspath(path), SOURCE) for path in sys.argv[1:]
               if path != "--write"] or PAGES)
    else:
        main()
