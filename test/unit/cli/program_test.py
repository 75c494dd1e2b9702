"""The program as a process: exit statuses, streams, signals, what `ps` shows.  usage: program_test.py RUNG"""
import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import time
import unittest

RUNG = os.path.abspath(sys.argv.pop(1))
REVISION = "-- rung:revision {0}\n-- rung:message {1}\n\n-- rung:up sqlite\n{2}\n-- rung:down sqlite\n{3}\n"
# never ends by itself, and can be interrupted at any time
ENDLESS = ("CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\n"
           "SELECT count(*) AS c FROM n;")


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "migrations").mkdir()
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                    "DATABASE_URL": "sqlite:" + str(self.root / "app.db")}

    def tearDown(self):
        self.folder.cleanup()

    def revision(self, number, up, down="SELECT 1;", message="change"):
        path = self.root / "migrations" / f"{number}_{message}.sql"
        path.write_text(REVISION.format(number, message, up, down))

    def start(self, *words, **more):
        more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen([RUNG, *words], cwd=self.root, env=self.env, text=True, **more)

    def run_rung(self, *words, **more):
        process = self.start(*words, **more)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


class Usage(Program):
    def test_without_a_command_it_shows_the_commands_and_fails(self):
        status, out, err = self.run_rung()
        self.assertEqual((status, out), (2, ""))
        self.assertIn("usage: rung [options] COMMAND", err)

    def test_help_goes_to_stdout(self):
        for words in (["--help"], ["help"], ["help", "upgrade"], ["up", "-h"]):
            status, out, err = self.run_rung(*words)
            self.assertEqual((status, err), (0, ""), words)
            self.assertIn("usage: rung", out)

    def test_every_wrong_line_exits_with_2_and_says_so(self):
        for words in (["upgrde"], ["--bogus"], ["downgrade"], ["status", "x"], ["help", "x"],
                      ["completion", "tcsh"], ["status", "--sql"], ["history", "--limit", "x"]):
            status, out, err = self.run_rung(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertTrue(err.startswith("error: "), err)

    def test_json_errors_are_a_document_and_words(self):
        status, out, err = self.run_rung("upgrde", "--json")
        self.assertEqual(status, 2)
        self.assertEqual(json.loads(out)["error"]["code"], "UNKNOWN")
        self.assertIn("error: no such command: upgrde", err)

    def test_the_library_s_errors_reach_both_streams(self):
        status, out, err = self.run_rung("status", "--config", "none.yaml", "--json")
        error = json.loads(out)["error"]
        self.assertEqual(status, error["exit"])
        self.assertNotEqual(status, 0)
        self.assertIn("none.yaml", err)


class Output(Program):
    def test_lost_output_is_a_failure(self):
        with open("/dev/full", "w") as full:
            status, _, err = self.run_rung("help", stdout=full)
        self.assertEqual(status, 1)
        self.assertIn("No space left on device", err)

    def test_a_reader_that_went_away_is_a_failure_not_a_crash(self):
        read, write = os.pipe()
        os.close(read)
        status, _, err = self.run_rung("help", stdout=write)
        os.close(write)
        self.assertEqual(status, 1)
        self.assertIn("Broken pipe", err)

    def test_closed_streams_harm_nothing(self):
        self.revision("001", "CREATE TABLE t (id integer);", "DROP TABLE t;")
        command = f'exec "{RUNG}" upgrade <&- >&- 2>&-'
        status = subprocess.run(["sh", "-c", command], cwd=self.root, env=self.env).returncode
        self.assertEqual(status, 1)
        self.assertEqual((self.root / "app.db").read_bytes()[:15], b"SQLite format 3")
        self.assertIn("001", self.run_rung("current")[1])

    def test_a_pipe_gets_plain_lines(self):
        self.revision("001", "CREATE TABLE t (id integer);", "DROP TABLE t;", "first")
        status, out, err = self.run_rung("upgrade")
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"(?m)^  ✓ 001  first \([0-9.]+ m?s\)$")
        self.assertNotIn("\033", out + err)
        self.assertNotIn("\r", out)

    def test_quiet_is_silent_when_all_is_well(self):
        self.revision("001", "CREATE TABLE t (id integer);", "DROP TABLE t;")
        self.assertEqual(self.run_rung("upgrade", "--quiet"), (0, "", ""))
        self.assertEqual(self.run_rung("check", "-q"), (0, "", ""))
        self.assertIn("001", self.run_rung("current", "-q")[1])

    def test_check_says_what_it_found_and_exits_with_3(self):
        self.revision("001", "CREATE TABLE t (id integer);", "DROP TABLE t;")
        status, out, _ = self.run_rung("check", "--quiet")
        self.assertEqual(status, 3)
        self.assertIn("001", out)

    def test_a_failed_statement_is_explained(self):
        self.revision("001", "SELECT 1;\nINSERT INTO nowhere VALUES (1);", message="broken")
        status, out, err = self.run_rung("upgrade")
        self.assertEqual(status, 1)
        self.assertIn("  ✗ 001  broken\n", out)
        self.assertIn("error: no such table: nowhere", err)
        self.assertRegex(err, r"(?m)^  at \S*001_broken\.sql:6, revision 001$")
        self.assertIn("  statement: INSERT INTO nowhere VALUES (1)", err)

    def test_a_terminal_gets_colour_unless_it_is_unwanted(self):
        self.revision("001", "CREATE TABLE t (id integer);", "DROP TABLE t;")
        self.env["TERM"] = "xterm"
        self.assertIn("\033[32m✓\033[0m 001", self.on_terminal("upgrade"))
        self.assertNotIn("\033[3", self.on_terminal("downgrade", "--no-color", "-1"))
        self.env["NO_COLOR"] = "1"
        self.assertNotIn("\033[3", self.on_terminal("upgrade"))

    def on_terminal(self, *words):
        master, slave = pty.openpty()
        process = self.start(*words, stdout=slave, stderr=slave)
        os.close(slave)
        output = b""
        try:
            while piece := os.read(master, 4096):
                output += piece
        except OSError:  # the other side is closed
            pass
        os.close(master)
        process.communicate()
        self.assertEqual(process.returncode, 0, output)
        return output.decode()


class Secrets(Program):
    def test_a_password_is_not_in_the_process_title(self):
        # a full pipe keeps the process where it is until we have looked
        read, write = os.pipe()
        os.write(write, b"x" * 65536)
        process = self.start("reference", "--url", "postgresql://me:geheim@db/app?password=geheim",
                             "--target", "password=geheim", stdout=write)
        os.close(write)
        title = pathlib.Path(f"/proc/{process.pid}/cmdline")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            words = title.read_bytes()
            if b"*" in words and b"geheim" not in words:
                break
            time.sleep(0.01)
        self.assertIn(b"postgresql://me:******@db/app?password=******\0", title.read_bytes())
        self.assertNotIn(b"geheim", title.read_bytes())
        while os.read(read, 65536):
            pass
        os.close(read)
        self.assertEqual(process.wait(timeout=30), 0)
        process.stderr.close()

    def test_a_password_is_in_no_message(self):
        for words in (["status", "--url", "postgresql://me:geheim@/nowhere?host=/none"],
                      ["status", "--url", "nonsense://me:geheim@db/app"],
                      ["status", "--target", "postgresql://me:geheim@db/app"],
                      ["postgresql://me:geheim@db/app"]):
            status, out, err = self.run_rung(*words, "--json")
            self.assertNotEqual(status, 0)
            self.assertNotIn("geheim", out + err)


class Signals(Program):
    def interrupted(self, number):
        self.revision("001", "CREATE TABLE a (id integer);", "DROP TABLE a;")
        self.revision("002", ENDLESS)
        text = (self.root / "migrations" / "002_change.sql").read_text()
        text = text.replace("-- rung:message", "-- rung:parents 001\n-- rung:message")
        (self.root / "migrations" / "002_change.sql").write_text(text)
        process = self.start("upgrade")
        self.wait_until_caught(process, number)
        process.send_signal(number)
        return process

    def wait_until_caught(self, process, number):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            if int(status.split("SigCgt:")[1].split()[0], 16) >> (number - 1) & 1:
                return
            time.sleep(0.01)
        self.fail("the signal is not caught")

    def test_a_signal_rolls_back_and_says_how_to_go_on(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.interrupted(number)
            _, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 1, err)
            self.assertIn("interrupted: what was under way was rolled back; run the same command "
                          "again", err)
        self.assertNotIn("002", self.run_rung("current")[1])

    def test_an_ignored_signal_stays_ignored(self):
        self.interrupted(signal.SIGINT).communicate(timeout=30)
        process = self.start("upgrade", preexec_fn=lambda: signal.signal(signal.SIGHUP,
                                                                        signal.SIG_IGN))
        self.wait_until_caught(process, signal.SIGTERM)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1)


if __name__ == "__main__":
    unittest.main()
