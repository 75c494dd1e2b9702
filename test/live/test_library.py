"""librung as an application sees it: headers, symbols, and the example program."""
import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import (Case, Result, SOURCE, clean_environment, judge, main, on_each_engine)

LIBRARY = os.path.abspath(os.environ.get("RUNG_LIBRARY", "build/src/librung.so"))
HEADERS = sorted(glob.glob(os.path.join(SOURCE, "include", "rung", "*.h")))
EXAMPLE = os.path.join(SOURCE, "examples", "library", "upgrade.c")


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, **more)


def symbols(*options):
    done = run("nm", "-D", *options, LIBRARY)
    if done.returncode:
        raise AssertionError(done.stderr)
    return [line.split()[-1].split("@")[0] for line in done.stdout.splitlines()]


def sanitizers():
    """The flags that a program needs to be linked with a sanitized library."""
    found = {"__asan_init": "address", "__ubsan_handle_type_mismatch_v1": "undefined"}
    kinds = [kind for name, kind in found.items() if name in symbols()]
    return ["-fsanitize=" + ",".join(kinds)] if kinds else []


def compile_example(program, *flags):
    done = run("cc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *sanitizers(),
               EXAMPLE, "-o", program, *flags)
    if done.returncode:
        raise AssertionError(done.stderr)


def declared():
    """The functions that the public headers promise."""
    names = set()
    for header in HEADERS:
        with open(header, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        names |= set(re.findall(r"RUNG_API[^;]*?\b(rung_\w+)\s*(?:\([^;]*\))?;", text))
    return names


class Headers(unittest.TestCase):
    def compile(self, compiler, language, *flags):
        for header in HEADERS:
            name = "rung/" + os.path.basename(header)
            with self.subTest(header=name, compiler=compiler):
                done = run(compiler, *flags, "-Wall", "-Wextra", "-Wpedantic", "-pedantic", "-Werror",
                           "-fsyntax-only", "-I", os.path.join(SOURCE, "include"), "-x", language,
                           "-", input=f"#include <{name}>\n#include <{name}>\nint unused;\n")
                self.assertEqual(done.stderr, "")
                self.assertEqual(done.returncode, 0)

    def test_each_compiles_alone_as_c(self):
        self.compile("cc", "c", "-std=c17")
        self.compile("cc", "c", "-std=c99")

    def test_each_compiles_alone_as_cxx(self):
        compilers = [name for name in ("g++", "clang++", "clang++-14") if shutil.which(name)]
        self.assertTrue(compilers, "no C++ compiler: clang-14 of scripts/bootstrap has one")
        for compiler in compilers:
            self.compile(compiler, "c++", "-std=c++11")

    def test_there_is_something_to_test(self):
        self.assertEqual([os.path.basename(h) for h in HEADERS], ["error.h", "event.h", "rung.h"])
        self.assertIn("rung_open", declared())
        self.assertIn("rung_upgrade", declared())
        self.assertGreater(len(declared()), 30)


class Symbols(unittest.TestCase):
    def test_the_library_shows_what_the_headers_declare_and_nothing_else(self):
        shown = {name for name in symbols("--defined-only")
                 if not name.startswith(("__asan", "__ubsan", "__odr_asan", "_init", "_fini"))}
        self.assertEqual(shown, declared())

    def test_the_library_prints_and_exits_nowhere(self):
        # abort is there for one case: no memory left
        for name in ("printf", "puts", "putchar", "exit", "_exit", "perror", "signal", "sigaction"):
            self.assertNotIn(name, symbols("--undefined-only"))

    def test_the_client_library_is_loaded_only_when_a_url_needs_it(self):
        needed = run("readelf", "-d", LIBRARY).stdout
        self.assertIn("libsqlite3", needed)
        self.assertNotIn("libpq", needed)
        self.assertNotIn("pg_query", needed)


@on_each_engine
class Example(Case):
    @classmethod
    def setUpClass(cls):
        cls.tools = tempfile.TemporaryDirectory(prefix="rung-live-")
        cls.addClassCleanup(cls.tools.cleanup)
        cls.program = os.path.join(cls.tools.name, "upgrade")
        compile_example(cls.program, "-I", os.path.join(SOURCE, "include"), LIBRARY,
                        "-Wl,-rpath," + os.path.dirname(LIBRARY))

    def example(self, *words):
        done = subprocess.run([self.program, *words], capture_output=True, cwd=self.project.folder,
                              env=clean_environment(self.project.folder), check=False, timeout=60)
        return judge(Result(["upgrade", *words], done.returncode, done.stdout, done.stderr))

    def test_upgrades_a_database(self):
        self.project.tables("a", "b")
        result = self.example(self.db.url, "migrations")
        self.assertEqual((result.code, result.err), (0, ""), str(result))
        self.assertIn("applied a: revision a\napplied b: revision b\n", result.out)
        self.assertEqual(self.tables(), ["t_a", "t_b"])
        self.ok("check")
        self.assertIn("nothing to do", self.example(self.db.url, "migrations").out)

    def test_reports_errors_by_code(self):
        self.project.revision("a", "SELECT * FROM nowhere;")
        result = self.example(self.db.url, "migrations")
        self.assertEqual(result.code, 1)
        self.assertIn("FAILED: ", result.err)
        self.assertIn("nowhere", result.err)
        result = self.example("mysql://h/d", "migrations")
        self.assertEqual(result.code, 2)
        self.assertIn("CONFIG: ", result.err)
        self.assertEqual(self.example().code, 2)


if __name__ == "__main__":
    main()
