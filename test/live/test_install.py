"""What `make install` puts where, and that it works from there."""
import glob
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from harness import RUNG, SOURCE, Result, clean_environment, judge, main
from test_library import EXAMPLE, sanitizers

BUILD = os.path.abspath(os.environ.get("RUNG_BUILD", "build"))
COMMANDS = ["init", "revision", "upgrade", "downgrade", "status", "current", "history", "show",
            "heads", "branches", "check", "validate", "merge", "stamp"]


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, **more)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="rung-live-")
        cls.addClassCleanup(holder.cleanup)
        cls.root = os.path.join(holder.name, "root with blanks")
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.root)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        cls.program = cls.find("bin/rung")
        cls.prefix = os.path.dirname(os.path.dirname(cls.program))
        done = run(os.path.join(SOURCE, "scripts", "install-manual"), RUNG, cls.prefix)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    @classmethod
    def find(cls, name):
        found = glob.glob(os.path.join(glob.escape(cls.root), "**", name), recursive=True)
        if len(found) != 1:
            raise AssertionError(f"{name}: {found}")
        return found[0]

    def text(self, name):
        path = self.find(name)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o133, 0, name)
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_the_program_runs_without_the_build_folder(self):
        done = run(self.program, "version", env=clean_environment(self.root))
        self.assertRegex(done.stdout, r"^rung \d+\.\d+\.\d+\n$")
        self.assertNotIn("librung", run("readelf", "-d", self.program).stdout)

    def test_the_library_and_its_headers_are_there(self):
        names = [os.path.basename(p) for p in glob.glob(os.path.join(
            glob.escape(os.path.dirname(self.find("librung.so"))), "librung.so*"))]
        self.assertEqual(sorted(names), ["librung.so", "librung.so.0", "librung.so.0.1.0"])
        for name in ("rung.h", "error.h", "event.h"):
            self.assertTrue(self.text("include/rung/" + name))

    def test_nothing_else_is_installed(self):
        names = sorted({os.path.relpath(os.path.join(folder, name), self.prefix)
                        for folder, _, files in os.walk(self.root) for name in files})
        self.assertEqual(names, sorted([
            "bin/rung", "bin/rung-serve", "include/rung/error.h", "include/rung/event.h", "include/rung/rung.h",
            "lib/librung.so", "lib/librung.so.0", "lib/librung.so.0.1.0", "lib/pkgconfig/librung.pc",
            "lib/systemd/system/rung-serve.service", "lib/systemd/system/rung-serve.socket",
            "share/bash-completion/completions/rung", "share/fish/vendor_completions.d/rung.fish",
            "share/man/man1/rung.1", "share/zsh/site-functions/_rung"]))

    def test_units_of_systemd(self):
        text = self.text("rung-serve.service")
        self.assertNotIn("@bindir@", text)
        program = re.search(r"^ExecStart=(\S+) ", text, re.M)[1]
        self.assertTrue(program.endswith("/bin/rung-serve"), program)
        if shutil.which("systemd-analyze"):
            with tempfile.TemporaryDirectory(prefix="rung-live-") as folder:
                for name in ("rung-serve.service", "rung-serve.socket"):
                    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                        file.write(self.text(name).replace(program, shutil.which("true")))
                done = run("systemd-analyze", "verify", *glob.glob(folder + "/*"))
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_an_application_is_built_by_pkg_config(self):
        folder = os.path.dirname(self.find("librung.pc"))
        link = os.path.join(os.path.dirname(os.path.dirname(self.root)), "rung-link-" + str(os.getpid()))
        os.symlink(self.root, link)
        self.addCleanup(os.remove, link)
        env = clean_environment("/") | {"PKG_CONFIG_PATH": folder, "PKG_CONFIG_SYSROOT_DIR": link}
        flags = run("pkg-config", "--cflags", "--libs", "librung", env=env)
        self.assertEqual((flags.returncode, flags.stderr), (0, ""))
        self.assertRegex(run("pkg-config", "--modversion", "librung", env=env).stdout, r"^\d+\.\d+\.\d+\n$")
        with tempfile.TemporaryDirectory(prefix="rung-live-") as work:
            program = os.path.join(work, "upgrade")
            done = run("cc", *sanitizers(), EXAMPLE, "-o", program, *flags.stdout.split())
            self.assertEqual(done.returncode, 0, done.stderr)
            os.makedirs(os.path.join(work, "migrations"))
            with open(os.path.join(work, "migrations", "a.sql"), "w", encoding="utf-8") as file:
                file.write("-- rung:revision a\n-- rung:up\nCREATE TABLE t (a integer);\n")
            env = clean_environment(work) | {"LD_LIBRARY_PATH": os.path.dirname(self.find("librung.so"))}
            done = subprocess.run([program, "sqlite:app.db", "migrations"], cwd=work, env=env,
                                  capture_output=True, check=False, timeout=60)
            result = judge(Result([program], done.returncode, done.stdout, done.stderr))
            self.assertEqual(result.code, 0, str(result))
            self.assertTrue(os.path.exists(os.path.join(work, "app.db")))

    def test_the_manual_page_is_sound_roff(self):
        text = self.text("man/man1/rung.1")
        self.assertRegex(text.splitlines()[0], r'^(\.\\"|\.TH RUNG 1|\'\\")')
        self.assertRegex(text, r"(?m)^\.TH RUNG 1 ")
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith((".", "'")):
                self.assertRegex(line, r"^(\.(TH|SH|SS|PP|TP|TQ|IP|B|I|BR|RB|IR|BI|RS|RE|EX|EE|nf|fi|br|sp|ad|nh)\b|[.']\\\")",
                                 f"line {number}")
            self.assertLess(len(line), 500, f"line {number}")
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "FILES", "ENVIRONMENT"):
            self.assertRegex(text, rf'(?m)^\.SH "?{heading}"?$')
        for name in COMMANDS:
            self.assertIn("rung " + name, text.replace("\\", ""))

    def test_the_manual_page_renders(self):
        page = self.find("man/man1/rung.1")
        if shutil.which("groff"):
            done = run("groff", "-man", "-Tutf8", "-ww", "-z", page, env=clean_environment("/"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        if shutil.which("man"):
            done = run("man", "--warnings=w", "-l", page, env=clean_environment("/") | {"MANWIDTH": "80", "MANPAGER": "cat"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for name in COMMANDS:
                self.assertIn(name, done.stdout)
        self.assertEqual(run(RUNG, "manual", env=clean_environment("/")).stdout, self.text("man/man1/rung.1"))

    def test_completions_know_every_command(self):
        for name in ("completions/rung", "site-functions/_rung", "vendor_completions.d/rung.fish"):
            text = self.text(name)
            for command in COMMANDS + ["dry-run", "target"]:
                self.assertIn(command, text, name)
        self.assertTrue(self.text("site-functions/_rung").startswith("#compdef rung"))
        for shell, name in (("zsh", "site-functions/_rung"), ("fish", "vendor_completions.d/rung.fish")):
            if shutil.which(shell):
                done = run(shell, "-n", self.find(name))
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def complete(self, *words):
        """What bash offers for the last of the words."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*";'
                  ' COMP_POINT=${#COMP_LINE}; f=$(complete -p rung | sed "s/.*-F \\([^ ]*\\).*/\\1/");'
                  ' "$f" rung "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}";'
                  ' printf "%s\\n" "${COMPREPLY[@]}"')
        done = run("bash", "--norc", "-c", script, "bash", self.find("completions/rung"), *words,
                   env=clean_environment("/"), cwd=self.root)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [word.strip() for word in done.stdout.split("\n") if word.strip()]

    def test_bash_completes_commands_options_and_words(self):
        self.assertEqual(self.complete("rung", "upg"), ["upgrade"])
        self.assertTrue(set(COMMANDS) <= set(self.complete("rung", "")))
        self.assertIn("--dry-run", self.complete("rung", "upgrade", "--d"))
        self.assertNotIn("--message", self.complete("rung", "upgrade", "--"))
        self.assertIn("bash", self.complete("rung", "completion", ""))
        self.assertIn("head", self.complete("rung", "upgrade", "he"))

    def test_make_install_does_the_same(self):
        done = run("make", "-n", "-C", SOURCE, "install", "DESTDIR=/somewhere", "PREFIX=/usr")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"meson install ")
        self.assertIn("scripts/install-manual build/rung /somewhere/usr", done.stdout)


if __name__ == "__main__":
    main()
