"""A password appears nowhere: not in what is printed, not in the database, not in a process list."""
import os
import socket
import time
import urllib.parse

from harness import (Case, Postgresql, Sqlite, main, psql, require_passwords, server_url, wait_until)

PASSWORD = "s3cr3t-%2F@pw"
WRONG = "wr0ng-%2F@pw"


def escaped(text):
    return urllib.parse.quote(text, safe="")


class Secrets(Case):
    engine = Postgresql

    def setUp(self):
        super().setUp()
        require_passwords()
        self.role = self.db.database + "_s"
        self.db.execute(f"CREATE ROLE {self.role} LOGIN PASSWORD '{PASSWORD}' IN ROLE rung_password;"
                        f" GRANT ALL ON DATABASE {self.db.database} TO {self.role};"
                        f" GRANT ALL ON SCHEMA public TO {self.role}")
        self.addCleanup(self.drop_role)
        self.project.tables("a")
        self.project.revision("b", "-- rung:up postgresql\nSELECT pg_sleep(1.5);\n")
        self.project.revision("c", "SELECT * FROM nowhere;")
        parts = urllib.parse.urlsplit(server_url(self.db.database, user=None))
        self.where, self.query = parts.path, parts.query
        self.seen = []
        os.remove(self.project.path("rung.yaml"))

    def drop_role(self):
        self.db.drop()
        psql(server_url("postgres"), f"DROP ROLE IF EXISTS {self.role}")

    def url(self, userinfo, more="", where=None):
        return f"postgresql://{userinfo}{where or self.where}?{self.query}{more}"

    # ---- looking ----

    def hides(self, text, where):
        for secret in (PASSWORD, WRONG):
            for form in (secret, escaped(secret), secret[:6]):
                self.assertNotIn(form, text, where)

    def look_at_process(self, run):
        """The command line as `ps` shows it, while the second revision sleeps."""
        wait_until(lambda: self.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event ="
                                      f" 'PgSleep' AND datname = '{self.db.database}'") == "1")
        with open(f"/proc/{run.process.pid}/cmdline", "rb") as file:
            line = file.read().decode("utf-8", "replace")
        self.assertIn("upgrade", line)
        self.hides(line, "the process list")
        self.hides("".join(str(row) for row in self.db.query(
            f"SELECT query, application_name FROM pg_stat_activity WHERE usename = '{self.role}'")),
            "pg_stat_activity")

    def hidden_everywhere(self, *words, env=None, wrong=None, wrong_env=None):
        """Runs that succeed, fail, look and cannot connect, all with the password in one place."""
        run = self.project.start("upgrade", *words, env=env)
        self.look_at_process(run)
        results = [run.end()]
        self.assertEqual(results[0].code, 1, str(results[0]))
        self.assertEqual(self.tables(), ["t_a"])
        for command in (["status"], ["status", "--json"], ["status", "-v"], ["history", "--log"],
                        ["history", "--log", "--json"], ["upgrade", "--sql"], ["upgrade", "-v", "--json"],
                        ["check"], ["current"], ["downgrade", "base", "--dry-run"],
                        ["upgrade", "--no-such-option"], ["upgrade", "a", "b"], ["nothing"]):
            results.append(self.rung(*command, *words, env=env))
        for bad in (wrong or []):
            results.append(self.rung(*bad, env=env))
            self.assertIn(results[-1].code, (1, 2), str(results[-1]))
        if wrong_env:
            results.append(self.rung("status", *words, env=wrong_env))
            self.assertEqual(results[-1].code, 1, str(results[-1]))
        for result in results:
            self.hides(result.out, "stdout of " + str(result.command))
            self.hides(result.err, "stderr of " + str(result.command))
        self.assertIn(self.db.database, results[1].out)
        self.hides("\n".join(f"{name} {text}" for name, text in self.db.everything()), "the database")

    # ---- places ----

    def test_in_the_url(self):
        good = f"{self.role}:{escaped(PASSWORD)}@"
        bad = f"{self.role}:{escaped(WRONG)}@"
        raw = f"{self.role}:{PASSWORD}@"
        self.hidden_everywhere(
            "--url", self.url(good),
            wrong=[["status", "--url", self.url(bad)],
                   ["status", "--json", "--url", self.url(bad)],
                   ["status", "--url", f"postgresql://{good}nowhere.invalid/d"],
                   ["status", "--url", f"postgresql://{good}localhost:port/d"],
                   ["status", "--url", f"postgresql://{good}localhost:1/d?nonsense=1"],
                   ["status", "--url", f"postgresql://{raw}localhost:1/d"],
                   ["status", "--url", f"mysql://{good}localhost/d"],
                   ["status", "--url", f"postgresql:{good}localhost/d"],
                   ["status", "--target", self.url(good)],
                   ["status", "--config", self.url(good)],
                   ["--url", self.url(good), self.url(good)],
                   ["upgrade", self.url(good)],
                   ["status", f"--urll={self.url(good)}"],
                   ["status", self.url(good)]])

    def test_in_a_parameter_of_the_url(self):
        url = self.url("", f"&user={self.role}&password={escaped(PASSWORD)}")
        self.hidden_everywhere(
            "--url", url,
            wrong=[["status", "--url", self.url("", f"&user={self.role}&password={escaped(WRONG)}")],
                   ["status", "--url", f"postgresql://nowhere.invalid/d?password={escaped(PASSWORD)}"],
                   ["status", "--url", f"postgresql://localhost:1/d?password={escaped(PASSWORD)}&x"],
                   ["status", "--url", f"postgresql://localhost:1/d?p%61ssword={escaped(PASSWORD)}"]])

    def test_in_pgpassword(self):
        self.hidden_everywhere("--url", self.url(self.role + "@"), env={"PGPASSWORD": PASSWORD},
                               wrong_env={"PGPASSWORD": WRONG})

    def test_in_database_url(self):
        self.hidden_everywhere(env={"DATABASE_URL": self.url(f"{self.role}:{escaped(PASSWORD)}@")},
                               wrong_env={"DATABASE_URL": self.url(f"{self.role}:{escaped(WRONG)}@")})

    def test_in_rung_yaml(self):
        self.project.write("rung.yaml", f'targets:\n  dev: {{ url: "{self.url(self.role + ":" + escaped(PASSWORD) + "@")}" }}\n'
                           f'  off: {{ url: "postgresql://u:{escaped(PASSWORD)}@nowhere.invalid/d" }}\n'
                           f'  bad: {{ url: "postgresql://u:{escaped(PASSWORD)}@h:port/d" }}\n')
        self.hidden_everywhere(wrong=[["status", "--target", "off"], ["status", "--target", "bad"]])

    def test_in_an_env_file(self):
        self.project.write(".env", f"DATABASE_URL={self.url(self.role + ':' + escaped(PASSWORD) + '@')}\n"
                           f"OTHER_PASSWORD={PASSWORD}\n")
        self.hidden_everywhere()
        self.project.write(".env", f"DATABASE_URL={self.url(self.role + '@')}\nBROKEN '{PASSWORD}\n")
        result = self.fails(2, "status")
        self.hides(result.err, "stderr")

    def test_in_a_variable_of_rung_yaml(self):
        self.project.write("rung.yaml", f'targets:\n  dev: {{ url: "{self.url(self.role + ":${PW}@")}" }}\n')
        self.project.write(".env", f"PW={escaped(PASSWORD)}\n")
        self.hidden_everywhere(wrong_env={"PW": escaped(WRONG)})

    def test_a_new_project_does_not_keep_it(self):
        url = self.url(f"{self.role}:{escaped(PASSWORD)}@")
        result = self.ok("init", "--from-database", "--url", url, "--migrations", "fresh")
        self.hides(result.out + result.err, "init")
        for folder, _, names in os.walk(self.project.folder):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.hides(file.read(), name)


class InSqlite(Case):
    """A password of something else that stands beside the database."""
    engine = Sqlite

    def test_the_file_and_the_output_are_free_of_it(self):
        self.project.write(".env", f"SMTP_PASSWORD={PASSWORD}\n")
        self.project.config(f'  prod: {{ url: "postgresql://u:{escaped(PASSWORD)}@nowhere.invalid/d" }}\n')
        self.project.tables("a")
        self.project.revision("b", "SELECT * FROM nowhere;")
        for words in (["upgrade"], ["upgrade", "--json"], ["status", "--json"], ["history", "--log"], ["check"],
                      ["upgrade", "--sql"], ["status", "--target", "prod"]):
            result = self.rung(*words, env={"PGPASSWORD": PASSWORD})
            for text in (result.out, result.err):
                self.assertNotIn(PASSWORD, text)
                self.assertNotIn(escaped(PASSWORD), text)
        with open(self.db.path, "rb") as file:
            data = file.read()
        self.assertIn(b"t_a", data)
        self.assertNotIn(PASSWORD[:6].encode(), data)


class InMemory(Case):
    """From the first moment on: before a connection, before the first line of output."""
    engine = Postgresql

    def test_the_command_line_is_covered_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as server:  # never answers
            port = server.getsockname()[1]
            run = self.project.start("status", "--url", f"postgresql://u:hunter2@127.0.0.1:{port}/d?connect_timeout=2"
                                     "&sslpassword=hunter2")
            server.accept()
            time.sleep(0.1)
            with open(f"/proc/{run.process.pid}/cmdline", "rb") as file:
                self.assertNotIn(b"hunter2", file.read())
            with open(f"/proc/{run.process.pid}/comm", "rb") as file:
                self.assertEqual(file.read().strip(), b"rung")
            self.assertNotIn("hunter2", run.end().err)


if __name__ == "__main__":
    main()
