"""Which database, which folder, which settings: rung.yaml, .env, the environment and options; and
what the program shows to a terminal."""
import os
import pty
import subprocess
import urllib.parse

from harness import (Case, Postgresql, Sqlite, judge, main, on_each_engine, Result, server_url)


@on_each_engine
class Targets(Case):
    def setUp(self):
        super().setUp()
        self.project.tables("a")
        os.remove(self.project.path("rung.yaml"))
        self.other = self.engine(self.project.folder)
        self.addCleanup(self.other.drop)

    def applied(self, database):
        return database.tables() == ["t_a"]

    def test_database_url_is_enough(self):
        self.ok("upgrade", env={"DATABASE_URL": self.db.url})
        self.assertTrue(self.applied(self.db))
        self.assertIn("DATABASE_URL", self.ok("status", env={"DATABASE_URL": self.db.url}).out)

    def test_database_url_in_an_env_file_is_enough(self):
        self.project.write(".env", f"DATABASE_URL={self.db.url}\n")
        self.ok("upgrade")
        self.assertTrue(self.applied(self.db))

    def test_the_environment_wins_over_the_env_file(self):
        self.project.write(".env", f"DATABASE_URL={self.other.url}\n")
        self.ok("upgrade", env={"DATABASE_URL": self.db.url})
        self.assertTrue(self.applied(self.db))
        self.assertFalse(self.applied(self.other))

    def test_the_first_target_is_the_default_and_others_have_names(self):
        self.project.write("rung.yaml", f'targets:\n  dev: "{self.db.url}"\n  prod: {{ url: "{self.other.url}" }}\n')
        self.ok("upgrade", "--target", "prod")
        self.assertEqual((self.applied(self.db), self.applied(self.other)), (False, True))
        self.ok("-t", "dev", "upgrade")
        self.assertTrue(self.applied(self.db))
        self.assertRegex(self.ok("status", "-t", "prod").out, "target +prod, ")

    def test_targets_win_over_database_url_unless_they_ask_for_it(self):
        self.project.write("rung.yaml", f'targets:\n  dev: "{self.db.url}"\n  env: "${{DATABASE_URL}}"\n')
        env = {"DATABASE_URL": self.other.url}
        self.ok("upgrade", env=env)
        self.assertEqual((self.applied(self.db), self.applied(self.other)), (True, False))
        self.ok("upgrade", "-t", "env", env=env)
        self.assertTrue(self.applied(self.other))

    def test_a_target_that_is_not_used_may_lack_its_variables(self):
        self.project.write("rung.yaml", f'targets:\n  dev: "{self.db.url}"\n  prod: "${{NOT_SET_HERE}}"\n')
        self.ok("upgrade")

    def test_defaults_of_variables(self):
        self.project.write("rung.yaml", f'targets:\n  dev: "${{NOT_SET_HERE:-{self.db.url}}}"\n')
        self.ok("upgrade")
        self.assertTrue(self.applied(self.db))

    def test_a_url_on_the_command_line_wins(self):
        self.project.write("rung.yaml", f'targets:\n  dev: "{self.other.url}"\n')
        self.ok("upgrade", "--url", self.db.url)
        self.assertEqual((self.applied(self.db), self.applied(self.other)), (True, False))

    def test_settings_of_a_target_hold_with_another_url(self):
        self.project.write("rung.yaml", f'targets:\n  dev: {{ url: "{self.other.url}", retries: 0 }}\n')
        self.ok("upgrade", "--target", "dev", "--url", self.db.url)
        self.assertTrue(self.applied(self.db))

    def test_config_and_migrations_name_other_places(self):
        self.project.write("sub/conf.yaml", f'migrations: files\ntargets: {{dev: "{self.db.url}"}}\n')
        os.rename(self.project.path("migrations"), self.project.path("sub/files"))
        self.ok("upgrade", "--config", "sub/conf.yaml")
        self.assertTrue(self.applied(self.db))
        os.rename(self.project.path("sub/files"), self.project.path("moved"))
        self.ok("check", "-c", "sub/conf.yaml", "--migrations", "moved")

    def test_the_env_file_stands_beside_the_configuration(self):
        self.project.write("sub/rung.yaml", 'migrations: ../migrations\ntargets: {dev: "${THE_URL}"}\n')
        self.project.write("sub/.env", f"export THE_URL='{self.db.url}'  # the database\n")
        self.ok("upgrade", "--config", "sub/rung.yaml")
        self.assertTrue(self.applied(self.db))

    def test_settings_of_others_are_told_once(self):
        self.project.write(".env", f"DATABASE_URL={self.db.url}\nSQL_ECHO=false\nAPI_PORT=8000\n")
        result = self.ok("upgrade")
        self.assertEqual(result.err.count("SQL_ECHO"), 1)
        self.assertIn("note: .env: 2 settings are not read by rung: SQL_ECHO, API_PORT", result.err)
        self.assertNotIn("API_PORT", result.out)
        self.assertEqual(self.ok("status", "-q").err, "")
        self.ok("status", "--json").json()

    def test_urls_as_sqlalchemy_writes_them(self):
        driver = "+pysqlite" if self.sqlite else "+psycopg2"
        for scheme in (("sqlite" + driver,) if self.sqlite else
                       ("postgresql" + driver, "postgresql+asyncpg", "postgres")):
            url = self.db.url.replace("sqlite:", scheme + ":///", 1) if self.sqlite else \
                self.db.url.replace("postgresql", scheme, 1)
            self.ok("upgrade", "--url", url)
            self.assertTrue(self.applied(self.db))

    def test_documents_and_errors_are_one_document(self):
        self.project.write(".env", "OTHER=1\n")
        for words in (["status", "--json"], ["upgrade", "--json", "--url", self.db.url],
                      ["upgrade", "nothing", "--json", "--url", self.db.url],
                      ["status", "--json", "--target", "none"]):
            result = self.rung(*words)
            self.assertIsInstance(result.json(), dict, str(result))


class SqlitePlaces(Case):
    engine = Sqlite

    def test_relative_paths_are_taken_from_the_configuration(self):
        self.project.tables("a")
        self.project.write("rung.yaml", "targets: {dev: 'sqlite:here.db'}\n")
        self.ok("upgrade", "--config", self.project.path("rung.yaml"), cwd=self.folder)
        self.assertTrue(os.path.exists(self.project.path("here.db")))
        self.ok("upgrade", "--url", "sqlite:there.db", "--config", self.project.path("rung.yaml"),
                cwd=self.folder)
        self.assertTrue(os.path.exists(os.path.join(self.folder, "there.db")))

    def test_three_and_four_slashes(self):
        self.project.tables("a")
        self.ok("upgrade", "--url", "sqlite:///rel.db")
        self.assertTrue(os.path.exists(self.project.path("rel.db")))
        self.ok("upgrade", "--url", "sqlite:////" + self.folder.lstrip("/") + "/abs.db")
        self.assertTrue(os.path.exists(os.path.join(self.folder, "abs.db")))

    def test_odd_file_names(self):
        self.project.tables("a")
        for name in ("with blank.db", "größe.db", "a?b#c.db", "100%.db", "-x.db"):
            self.ok("upgrade", "--url", "sqlite:" + name)
            self.assertTrue(os.path.exists(self.project.path(name)), name)
        self.ok("upgrade", "--url", "sqlite:///" + urllib.parse.quote("100%25.db"))


class PostgresqlPlaces(Case):
    engine = Postgresql

    def test_what_libpq_reads_fills_the_url(self):
        self.project.tables("a")
        values = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.db.url).query))
        env = {"PGHOST": values["host"], "PGUSER": values["user"], "PGDATABASE": self.db.database}
        self.ok("upgrade", "--url", "postgresql://", env=env)
        self.assertEqual(self.tables(), ["t_a"])
        self.ok("check", "--url", f"postgresql:///{self.db.database}", env=env)

    def test_options_of_the_url_reach_the_server(self):
        self.db.execute("CREATE SCHEMA app")
        self.project.tables("a")
        self.ok("upgrade", "--url", server_url(self.db.database, options="-c search_path=app"))
        self.assertEqual(self.db.query("SELECT schemaname FROM pg_tables WHERE tablename = 't_a'"), [("app",)])


class Terminal(Case):
    engine = Sqlite

    def on_terminal(self, *words, **env):
        """Output as a terminal gets it, and the exit status."""
        environment = {k: v for k, v in self.project.env.items() if k not in ("NO_COLOR", "TERM")}
        master, slave = pty.openpty()
        process = subprocess.Popen(self.project.command(*words), cwd=self.project.folder, stdin=slave,
                                   stdout=slave, stderr=slave, env=environment | {"TERM": "xterm"} | env)
        os.close(slave)
        text = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            text += data
        os.close(master)
        return judge(Result(words, process.wait(), text, b""))

    def test_colour_on_a_terminal_unless_it_is_unwanted(self):
        self.project.tables("a")
        self.assertIn("\x1b[32m✓\x1b[0m", self.on_terminal("upgrade").out)
        self.ok("downgrade", "base")
        self.assertNotIn("\x1b[32m", self.on_terminal("upgrade", NO_COLOR="1").out)
        self.ok("downgrade", "base")
        self.assertNotIn("\x1b[32m", self.on_terminal("upgrade", "--no-color").out)
        self.ok("downgrade", "base")
        self.assertNotIn("\x1b", self.on_terminal("upgrade", TERM="dumb").out)

    def test_signs_in_ascii_where_the_locale_is(self):
        self.project.tables("a")
        out = self.ok("upgrade", env={"LC_ALL": "C"}).out
        self.assertIn("ok a", out)
        self.assertTrue(out.isascii())

    def test_control_characters_of_a_file_do_not_reach_the_terminal(self):
        self.project.revision("a", "SELECT * FROM \"\x1b[2Jgone\";")
        result = self.on_terminal("upgrade")
        self.assertEqual(result.code, 1)
        self.assertNotIn("\x1b[2J", result.out)

    def test_a_reader_that_goes_away_does_not_end_the_run(self):
        self.project.tables(*[f"r{i:03}" for i in range(40)])
        read, write = os.pipe()
        process = subprocess.Popen(self.project.command("upgrade"), cwd=self.project.folder,
                                   env=self.project.env, stdout=write, stderr=subprocess.DEVNULL)
        os.close(write)
        os.close(read)
        self.assertEqual(process.wait(60), 1)
        self.assertEqual(self.current(), ["r039"])


if __name__ == "__main__":
    main()
