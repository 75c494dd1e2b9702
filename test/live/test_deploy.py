"""`rung deploy`: the checklist as a run, on both engines."""
import glob
import json
import os
import shlex
import signal
import sqlite3
import stat
import subprocess
import sys
import time

from harness import (RUN_SECONDS, SERVER, SOURCE, Case, Postgresql, clean_environment, main,
                     on_each_engine, program, require_passwords, server_url)

sys.path.append(os.path.join(SOURCE, "test", "fault"))
from faults import Session  # noqa: E402

USERS = "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, age integer);"
ADD = ("ALTER TABLE users ADD COLUMN seen text;", "ALTER TABLE users DROP COLUMN seen;")
LOSE = ("ALTER TABLE users DROP COLUMN age;", "ALTER TABLE users ADD COLUMN age integer;")
# true for the few rows of a rehearsal, false for the rows of the tests
FEW = "\n-- rung:check there are few users\nSELECT count(*) < 10 FROM users;\n"
HOOK = 'echo "$RUNG_STEP $RUNG_TARGET $RUNG_REVISION" >> hooks'


class DeployCase(Case):
    """A database at 001 with twenty users. Scratch databases stand on the test's own server."""

    def setUp(self):
        super().setUp()
        self.settings()
        self.revision("001", USERS, "DROP TABLE users;")
        self.ok("upgrade")
        self.db.execute("".join(f"INSERT INTO users VALUES ({i}, 'u{i}@x', {i});" for i in range(20)))

    def settings(self, text=""):
        scratch = "" if self.sqlite else f'scratch: {{ url: "{server_url("postgres")}" }}\n'
        self.project.config(scratch + text)

    def hooks(self, **commands):
        names = {"before": HOOK, "maintenance_on": HOOK, "maintenance_off": HOOK, "after": HOOK}
        self.settings("deploy:\n" + "".join(f"  {name}: '{command}'\n"
                                            for name, command in (names | commands).items()))

    def hooks_ran(self):
        path = self.project.path("hooks")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [line.rsplit(" ", 2)[0] for line in file]

    def revision(self, id, up, down=None, rest=""):
        self.project.revision(id, f"-- rung:up {self.engine.name}\n{up}",
                              f"-- rung:down {self.engine.name}\n{down}" if down else "", rest=rest)

    def deploy(self, *words, exit=0):
        """The log as JSON; its checklist is the same that --output writes."""
        result = self.rung("deploy", "--yes", "--json", "-o", "log.json", *words)
        self.assertEqual(result.code, exit, str(result))
        log = result.json()
        self.assertEqual(json.loads(self.project.read("log.json")), log)
        self.assertEqual("error" in log, exit != 0, str(result))
        if exit:
            self.assertEqual(log["error"]["exit"], exit)
        return log

    def states(self, log):
        return {step["step"]: step["state"] for step in log["steps"]}

    def rules(self, log, severity="error"):
        return [found["rule"] for found in log["found"] if found["severity"] == severity]

    def backups(self):
        return sorted(glob.glob(self.project.path("backups", "*")))

    def content(self):
        """Schema and rows of what is the user's."""
        return self.db.schema(), self.db.query("SELECT * FROM users ORDER BY id")

    def run_shell(self, command):
        """As a user pastes what was printed, in another folder."""
        done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=clean_environment("/"),
                              capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
        self.assertEqual(done.returncode, 0, command + "\n" + done.stderr)

    def nothing_happened(self, before):
        self.assertEqual(self.current(), ["001"])
        self.assertEqual(self.content(), before)


@on_each_engine
class Deploy(DeployCase):
    def test_everything_goes_well(self):
        self.revision("002", *ADD, rest="\n-- rung:check seen is there\nSELECT count(seen) = 0 FROM users;\n")
        self.revision("003", "CREATE INDEX users_age ON users (age);", "DROP INDEX users_age;")
        log = self.deploy()
        self.assertEqual(log["outcome"], "deployed")
        self.assertEqual((log["before"], log["current"]), (["001"], ["003"]))
        self.assertEqual(self.states(log), dict.fromkeys(
            ["preflight", "rehearse", "locks and rights", "backup", "upgrade", "validate",
             "post-checks"], "done"))
        self.assertTrue(all(r["applied"] and r["down_proven"] for r in log["revisions"]))
        self.assertEqual([(c["title"], c["passed"]) for c in log["checks"]], [("seen is there", True)])
        self.assertIn("analyze", self.rules(log, "note"))
        self.assertEqual(self.current(), ["003"])

    def test_each_step_is_a_line(self):
        self.revision("002", *ADD)
        result = self.ok("deploy", "--yes", "-o", "log.md")
        for step in ("preflight", "rehearse", "locks and rights", "backup: ", "upgrade: 1 revision",
                     "validate: 0 checks", "post-checks: nothing is pending"):
            self.assertRegex(result.out, rf"(?m)^✓ {step}.*\(.* m?s\)$")
        self.assertIn("  ✓ 002  revision 002", result.out)
        self.assertIn(": deployed (", result.out)
        markdown = self.project.read("log.md")
        self.assertIn("- [x] backup: ", markdown)
        self.assertIn("| 002 | revision 002 | applied | proven: restores schema and rows |", markdown)
        self.assertIn(self.backups()[0], markdown)

    def test_a_document_on_stdout_stands_alone(self):
        self.revision("002", *ADD)
        self.assertTrue(self.ok("deploy", "--dry-run", "--format", "markdown").out.startswith("# Dep"))
        self.assertEqual(json.loads(self.ok("deploy", "--yes", "--format", "json").out)["outcome"],
                         "deployed")

    def test_nothing_pending(self):
        log = self.deploy()
        self.assertEqual(log["outcome"], "nothing")
        self.assertEqual(self.backups(), [])

    def test_a_revision_that_is_named(self):
        self.revision("002", *ADD)
        self.revision("003", *LOSE)
        self.assertEqual(self.deploy("002")["current"], ["002"])
        self.assertEqual(self.deploy("+1")["current"], ["003"])

    def test_nobody_confirms_it(self):
        self.revision("002", *ADD)
        result = self.refused(2, "deploy")
        self.assertIn("--yes", result.err)
        self.assertEqual(self.backups(), [])

    def test_a_dry_run_only_looks(self):
        self.revision("002", *ADD)
        before = self.db.everything()
        self.assertIn("nothing was changed", self.ok("deploy", "--dry-run").out)
        self.assertEqual(self.db.everything(), before)
        self.assertEqual(self.backups(), [])

    def test_a_hazard_over_the_budget_stops_it(self):
        self.revision("002", "ALTER TABLE nobody ADD COLUMN x text;", "SELECT 1;")
        before = self.content()
        log = self.deploy(exit=4)
        self.assertEqual((log["outcome"], self.rules(log)), ("refused", ["up-fails"]))
        self.nothing_happened(before)
        self.assertEqual(self.backups(), [])

    def test_force_goes_on(self):
        self.revision("002", ADD[0] + " CREATE TABLE extra (a integer);", ADD[1])
        self.deploy(exit=4)
        log = self.deploy("--force")
        self.assertEqual(log["outcome"], "deployed")
        self.assertIn("down-incomplete", self.rules(log))
        self.assertFalse(log["revisions"][0]["down_proven"])

    def test_edited_and_unknown_revisions(self):
        self.revision("002", *ADD)
        path = self.project.path("migrations", "001_x.sql")
        with open(path, "a", encoding="utf-8") as file:
            file.write("SELECT 1;\n")
        log = self.deploy("--force", exit=1)
        self.assertIn("was edited after it ran", log["error"]["message"])
        os.rename(path, path + ".gone")
        self.project.last = None
        self.revision("002", *ADD)
        log = self.deploy("--force", exit=1)
        self.assertIn("which no file", log["error"]["message"])

    def test_without_a_backup(self):
        self.revision("002", *ADD)
        log = self.deploy("--no-backup")
        self.assertIsNone(log["backup"])
        backup, = [step for step in log["steps"] if step["step"] == "backup"]
        self.assertEqual((backup["state"], backup["detail"]), ("skipped", "--no-backup was said"))
        self.assertEqual(self.backups(), [])

    def test_an_idle_transaction_holds_the_table(self):
        self.project.config("    lock_timeout: 400ms\n" + (
            "" if self.sqlite else f'scratch: {{ url: "{server_url("postgres")}" }}\n'))
        self.revision("002", *ADD)
        before = self.content()
        if self.sqlite:
            holder = sqlite3.connect(self.db.path, isolation_level=None)
            end = holder.close
            holder.execute("BEGIN IMMEDIATE")
            self.assertTrue(holder.in_transaction)
        else:
            holder = Session(self.db.url)
            end = holder.close
            holder.query("BEGIN")
            holder.query("SELECT * FROM users")
        self.addCleanup(end)
        time.sleep(0.5)
        log = self.deploy(exit=3)
        self.assertEqual(self.rules(log), ["lock-in-the-way"])
        self.assertEqual(self.states(log)["locks and rights"], "failed")
        self.assertEqual(self.backups(), [])
        found = log["found"][-1]
        if not self.sqlite:
            self.assertIn(f"pid {holder.pid} (user postgres", found["what"])
            self.assertIn("ACCESS SHARE on public.users", found["what"])
            self.assertIn(f"pg_terminate_backend({holder.pid})", found["fix"])
        end()
        self.nothing_happened(before)
        self.deploy()


@on_each_engine
class Backups(DeployCase):
    def test_a_backup_can_be_restored_and_equals(self):
        self.revision("002", *LOSE)
        before = self.db.everything() if not self.sqlite else self.db.query(
            "SELECT * FROM users ORDER BY id") + self.db.schema()
        log = self.deploy()
        path, = self.backups()
        self.assertEqual(log["backup"]["path"], os.path.realpath(path))
        self.assertEqual(log["backup"]["bytes"], os.path.getsize(path))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertNotEqual(self.content()[1][0][-1], "0")
        self.run_shell(log["backup"]["restore"])
        after = self.db.everything() if not self.sqlite else self.db.query(
            "SELECT * FROM users ORDER BY id") + self.db.schema()
        self.assertEqual(after, before)
        self.assertEqual(self.current(), ["001"])
        self.assertEqual(self.rung("check").code, 3)

    def test_its_schema_is_restored_in_scratch(self):
        self.revision("002", *ADD)
        log = self.deploy("--verify-backup")
        self.assertIn("integrity_check" if self.sqlite else "restored its schema in",
                      log["backup"]["verified"])

    def test_another_folder(self):
        self.settings("backup: { directory: deep/er }\n")
        self.revision("002", *ADD)
        self.deploy()
        self.assertEqual(len(glob.glob(self.project.path("deep", "er", "dev-*"))), 1)

    def test_a_folder_that_cannot_be_written(self):
        self.project.write("file", "")
        self.settings("backup: { directory: file/backups }\n")
        self.revision("002", *ADD)
        before = self.content()
        log = self.deploy(exit=1)
        self.assertEqual((log["outcome"], self.states(log)["backup"]), ("refused", "failed"))
        self.nothing_happened(before)


@on_each_engine
class Hooks(DeployCase):
    def test_they_run_in_order(self):
        self.hooks(after='echo "said $RUNG_OUTCOME"; ' + HOOK)
        self.revision("002", *ADD)
        log = self.deploy()
        self.assertEqual(self.hooks_ran(), ["before", "maintenance on", "maintenance off", "after"])
        self.assertIn("maintenance on dev 002\n", self.project.read("hooks"))
        self.assertEqual(list(self.states(log))[4:], ["before", "maintenance on", "upgrade", "validate",
                                                      "post-checks", "maintenance off", "after"])
        self.assertEqual(log["steps"][-1]["output"], "said deployed\n")

    def test_a_failing_one_before_changes_nothing(self):
        self.hooks(before="echo no thanks >&2; exit 7")
        self.revision("002", *ADD)
        before = self.content()
        log = self.deploy(exit=1)
        self.assertEqual(log["outcome"], "refused")
        self.assertIn("exit 7", log["error"]["message"])
        self.assertIn("no thanks", log["error"]["detail"])
        self.assertEqual(self.hooks_ran(), [])
        self.nothing_happened(before)

    def test_maintenance_is_left_when_it_was_not_entered(self):
        self.hooks(maintenance_on=HOOK + "; exit 1")
        self.revision("002", *ADD)
        before = self.content()
        self.assertEqual(self.deploy(exit=1)["outcome"], "refused")
        self.assertEqual(self.hooks_ran(), ["before", "maintenance on", "maintenance off"])
        self.nothing_happened(before)

    def test_maintenance_is_left_when_a_revision_fails(self):
        self.hooks()
        self.revision("002", *ADD, rest=FEW)
        before = self.content()
        log = self.deploy(exit=6)
        self.assertEqual(log["outcome"], "refused")
        self.assertEqual(self.hooks_ran(), ["before", "maintenance on", "maintenance off"])
        self.nothing_happened(before)

    def test_maintenance_that_cannot_be_left_is_said(self):
        self.hooks(maintenance_off="exit 1")
        self.revision("002", *ADD)
        log = self.deploy(exit=1)
        self.assertEqual(log["outcome"], "unfinished")
        self.assertEqual(log["next"], ["maintenance mode was not left: exit 1"])
        self.assertEqual(self.current(), ["002"])

    def test_what_a_hook_leaves_in_the_background_is_not_waited_for(self):
        self.hooks(before="sleep 300 & echo $! > pid")
        self.revision("002", *ADD)
        since = time.monotonic()
        self.deploy()
        os.kill(int(self.project.read("pid")), signal.SIGKILL)
        self.assertLess(time.monotonic() - since, 50)


@on_each_engine
class Failures(DeployCase):
    def test_a_failed_check_is_rolled_back_when_every_down_is_proven(self):
        self.hooks()
        self.revision("002", *ADD)
        self.revision("003", "CREATE TABLE more (a integer);", "DROP TABLE more;", rest=FEW)
        before = self.content()
        log = self.deploy(exit=6)
        self.assertEqual((log["outcome"], log["current"]), ("rolled-back", ["001"]))
        self.assertEqual([(r["applied"], r["undone"]) for r in log["revisions"]],
                         [(True, True), (False, False)])
        self.assertEqual(self.states(log)["roll back"], "done")
        self.assertEqual(self.hooks_ran(), ["before", "maintenance on", "maintenance off"])
        self.nothing_happened(before)

    def test_a_check_that_a_later_revision_breaks(self):
        self.revision("002", "CREATE TABLE more (a integer);", "DROP TABLE more;",
                      rest="\n-- rung:check more is empty\nSELECT count(*) = 0 FROM more;\n")
        self.revision("003", "INSERT INTO more VALUES (987654);", "DELETE FROM more WHERE a = 987654;")
        before = self.content()
        log = self.deploy(exit=6)
        self.assertEqual((log["outcome"], self.states(log)["validate"]), ("rolled-back", "failed"))
        self.assertIn("1 of 1 checks failed: more is empty", log["error"]["message"])
        self.nothing_happened(before)

    def test_a_failed_check_with_a_lossy_down_stays_and_the_backup_is_named(self):
        self.revision("002", *LOSE)
        self.revision("003", "CREATE TABLE more (a integer);", "DROP TABLE more;", rest=FEW)
        before = self.content()
        log = self.deploy(exit=6)
        self.assertEqual((log["outcome"], log["current"]), ("left", ["002"]))
        self.assertIn("the down of 002 is not proven", log["error"]["hint"])
        self.assertNotIn("roll back", self.states(log))
        self.assertEqual(self.current(), ["002"])
        command, = [line.split(": ", 1)[1] for line in log["next"] if "backup" in line]
        self.assertEqual(command, log["backup"]["restore"])
        self.assertIn(self.backups()[0], [os.path.join(self.project.path("backups"), os.path.basename(
            word.strip('"').removeprefix('.restore "'))) for word in shlex.split(command)])
        self.run_shell(command)
        self.nothing_happened(before)

    def test_a_failed_statement_stops_it(self):
        self.revision("002", *ADD)
        self.revision("003", "INSERT INTO users (id, email) SELECT 19, 'x' FROM users WHERE id = 7;",
                      "SELECT 1;")
        log = self.deploy("--force", exit=1)
        self.assertEqual((log["outcome"], log["current"]), ("stopped", ["002"]))
        self.assertTrue(any(line.startswith("to go on: rung deploy") for line in log["next"]))
        self.assertIn("to undo the revisions: rung downgrade 001", log["next"])

    def interrupt(self, marker, *words):
        """SIGINT once the file `marker` is there."""
        running = self.project.start("deploy", "--yes", "--json", *words)
        end = time.monotonic() + 40
        while not os.path.exists(self.project.path(marker)) and time.monotonic() < end:
            time.sleep(0.02)
        running.process.send_signal(signal.SIGINT)
        since = time.monotonic()
        result = running.end()
        self.assertLess(time.monotonic() - since, 15)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("interrupted:", result.err)
        return result.json()

    def test_interrupted_between_the_revisions_what_is_committed_stays(self):
        slow = ("WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1000 *"
                " (SELECT CASE WHEN count(*) < 10 THEN 1 ELSE 1000000000 END FROM users))"
                " SELECT count(*) FROM s;" if self.sqlite else
                "SELECT pg_sleep(60) FROM (SELECT count(*) FROM users HAVING count(*) > 10) many;")
        self.hooks(maintenance_on="(sleep 1; touch now) > /dev/null 2>&1 &")
        self.revision("002", *ADD)
        self.revision("003", "CREATE TABLE never (a integer);\n" + slow, "DROP TABLE never;")
        log = self.interrupt("now")
        self.assertEqual((log["outcome"], log["current"]), ("stopped", ["002"]))
        self.assertEqual([r["applied"] for r in log["revisions"]], [True, False])
        self.assertEqual(self.states(log)["maintenance off"], "done")
        self.assertEqual(self.hooks_ran(), ["before", "maintenance off"])
        self.assertEqual(self.current(), ["002"])
        self.assertNotIn("never", self.tables())

    def test_interrupted_in_a_hook_nothing_is_changed(self):
        self.hooks(before="touch now; sleep 60")
        self.revision("002", *ADD)
        before = self.content()
        log = self.interrupt("now")
        self.assertEqual(log["outcome"], "refused")
        self.nothing_happened(before)


class Server(DeployCase):
    """What only a server can say."""
    engine = Postgresql

    def test_the_rights_that_are_missing_are_named(self):
        self.revision("002", ADD[0] + " CREATE TABLE more (a integer);", ADD[1] + " DROP TABLE more;")
        role = self.db.database
        self.db.execute(f"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA rung TO {role};"
                        f" GRANT ALL ON ALL TABLES IN SCHEMA rung TO {role};"
                        f" GRANT SELECT ON users TO {role}; REVOKE CREATE ON SCHEMA public FROM PUBLIC;")
        self.addCleanup(lambda: self.db.execute(f"DROP OWNED BY {role}; DROP ROLE {role};"))
        url = server_url(role, user=role)
        log = self.deploy("--url", url, exit=3)
        self.assertEqual(sorted(found["what"] for found in log["found"] if found["rule"] == "rights"), [
            f"the role {role} does not own public.users",
            f"the role {role} may not create anything in the schema public"])

    def test_old_transactions_and_invalid_indexes_are_told(self):
        self.settings("deploy: { old_transaction: 100ms }\n")
        self.revision("002", "CREATE TABLE more (a integer);", "DROP TABLE more;")
        self.db.execute("CREATE INDEX broken ON users (age);"
                        " UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;")
        holder = Session(self.db.url)
        self.addCleanup(holder.close)
        holder.query("BEGIN")
        holder.query("SELECT * FROM users")
        time.sleep(0.3)
        log = self.deploy()
        self.assertEqual(self.rules(log, "warning"), ["idle-in-transaction", "invalid-index"])
        self.assertEqual(log["outcome"], "deployed")

    def test_another_run_holds_the_lock(self):
        self.revision("002", *ADD)
        holder = Session(self.db.url)
        self.addCleanup(holder.close)
        holder.query("SELECT pg_advisory_lock(1920298599, 1)")
        log = self.deploy(exit=5)
        self.assertEqual(self.rules(log), ["another-run"])

    def test_a_password_is_seen_by_nobody(self):
        """pg_dump gets it by its environment: not by its words, which `ps` shows to everybody."""
        require_passwords()
        self.revision("002", *ADD)
        role, secret = self.db.database, "s3cretWord"
        self.db.execute(f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{secret}' IN ROLE rung_password")
        self.addCleanup(lambda: self.db.execute(f"DROP ROLE {role}"))
        words = self.project.path("words")
        wrapper = self.project.write("bin/pg_dump", '#!/bin/sh\n[ "$1" = --version ] || echo "$@" > '
                                     f'{shlex.quote(words)}\nexec {program("pg_dump")} "$@"\n')
        os.chmod(wrapper, 0o755)
        os.symlink(program("pg_restore"), self.project.path("bin", "pg_restore"))
        self.settings()
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(
            "scratch: {", "scratch: { binaries: bin,"))
        url = server_url(role, user=role).replace("?", f"?password={secret}&")
        result = self.ok("deploy", "--yes", "--format", "json", "-o", "log.json", "--url", url)
        self.assertIn("--format=custom", self.project.read("words"))
        log = self.project.read("log.json")
        for text in (result.out, result.err, log, self.project.read("words")):
            self.assertNotIn(secret, text)

    def test_a_database_that_is_read_only(self):
        self.revision("002", *ADD)
        self.db.execute(f"ALTER DATABASE {self.db.database} SET default_transaction_read_only = on")
        self.assertEqual(self.rules(self.deploy(exit=3)), ["read-only"])


if __name__ == "__main__":
    assert SERVER, "run it through test/with-postgresql"
    main()
