"""Connections that the service keeps: the database ends them, changes below them, or is restarted under
load. It needs a server of its own: test/with-postgresql --own.
"""
import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

from harness import SERVER, Postgresql, main, on_each_engine, psql, server_url, wait_until
from service import CANCEL, DELETE, ME, ServiceCase, token

DATA, BIN = os.environ.get("RUNG_TEST_PGDATA", ""), os.environ.get("RUNG_TEST_PGBIN", "")
ONE = "  pool: { size: 1, overflow: 0 }\n"


def start_server():
    """As the user that it runs as."""
    owner = pwd.getpwnam(os.environ["RUNG_TEST_PGOWNER"])
    become = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run([os.path.join(BIN, "pg_ctl"), "-D", DATA, "-w", "-t", "60", "-l",
                    os.path.join(DATA, "log-of-the-test"), "start"], check=True, cwd=DATA,
                   stdout=subprocess.DEVNULL, **become)


def stop_server():
    """What it has not written is lost: as after a crash."""
    with open(os.path.join(DATA, "postmaster.pid"), encoding="ascii") as file:
        os.kill(int(file.readline()), signal.SIGQUIT)
    wait_until(lambda: not os.path.exists(os.path.join(DATA, "postmaster.pid")), 60)


@on_each_engine
class Kept(ServiceCase):
    def sessions(self):
        """Those of requests, and of what else the service does meanwhile."""
        return set(psql(server_url("postgres"), "SELECT pid FROM pg_stat_activity WHERE datname ="
                           f" '{self.db.database}' AND application_name = 'rung'").split())

    def lock(self):
        """Nobody can write until what is returned is called."""
        if self.sqlite:
            connection = sqlite3.connect(self.db.path, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            return connection.close
        process = subprocess.Popen(["psql", "-X", "-q", "-d", self.db.url], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        process.stdin.write("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE; SELECT 'locked';\n")
        process.stdin.flush()
        while "locked" not in process.stdout.readline():
            self.assertIsNone(process.poll())
        return process.communicate  # its input ends

    def in_background(self, *request):
        replies = []
        thread = threading.Thread(target=lambda: replies.append(self.ask(*request)))
        thread.start()
        self.addCleanup(thread.join)
        return thread, replies

    def test_one_connection_serves_many_requests(self):
        self.serve(more=ONE)
        seen = set()
        for _ in range(3):
            self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
            self.assertEqual(self.ask("GET", ME + "/deletion", token()).status, 200)
            self.assertEqual(self.ask("GET", "/readyz").status, 200)
            self.assertEqual(self.ask("POST", CANCEL, token()).status, 200)
            if not self.sqlite:
                seen |= self.sessions()
                self.assertEqual(seen, self.sessions())
        self.assertIn("7 records", self.ok("audit", "verify").out)

    def test_a_connection_that_was_ended(self):
        self.serve(more=ONE)
        for number in range(3):
            self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
            if self.sqlite:
                break
            psql(server_url("postgres"), "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                 f" WHERE datname = '{self.db.database}' AND application_name = 'rung'")
            self.assertEqual(self.ask("POST", CANCEL, token()).status, 200, f"round {number}")

    def test_nothing_stays_in_the_session(self):
        self.serve(more=ONE)
        admin = self.login()
        self.assertEqual(self.ask("POST", DELETE, admin, {"user_ids": [1]}).status, 200)
        self.assertEqual(self.ask("POST", DELETE, admin, {"user_ids": ["x", 99]}).status, 200)
        self.problem(404, "DELETE", ME, auth=token(sub="x"))
        if self.sqlite:
            self.db.execute("CREATE TABLE free (a)")  # nobody holds a lock
            return
        wait_until(lambda: set(self.db.query(
            "SELECT state, backend_xid, backend_xmin FROM pg_stat_activity WHERE datname ="
            " current_database() AND application_name = 'rung'")) == {("idle", None, None)})
        wait_until(lambda: self.value(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE"
            " application_name = 'rung' AND datname = current_database()") == "0")
        self.assertEqual(self.value("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND"
                                    " relkind = 'r'"), "0")

    def test_another_schema_below_it(self):
        """A key of another type, and a column that is called differently."""
        self.serve(more=ONE)
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.assertEqual(self.ask("POST", CANCEL, token()).status, 200)
        self.db.execute(
            "DROP TABLE posts; ALTER TABLE users RENAME TO people;"
            " CREATE TABLE users (id varchar(20) PRIMARY KEY, email text, deletion_requested_at"
            f" {'text' if self.sqlite else 'timestamp'});"
            " INSERT INTO users (id, email) VALUES ('anna', 'a@x.org'), ('1', 'b@x.org');")
        self.assertEqual(self.ask("DELETE", ME, token(sub="anna")).status, 202)
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.assertEqual(self.value("SELECT count(deletion_requested_at) FROM users"), "2")
        self.assertEqual(self.value("SELECT count(deletion_requested_at) FROM people"), "0")
        self.assertEqual(self.ask("POST", CANCEL, token(sub="anna")).status, 200)

    def test_a_file_in_its_place(self):
        self.serve(more=ONE)
        self.problem(404, "DELETE", ME, auth=token(sub="9"))
        if not self.sqlite:
            return
        copy = self.db.path + ".restored"
        shutil.copy(self.db.path, copy)
        connection = sqlite3.connect(copy)
        connection.execute("INSERT INTO users (id, email) VALUES (9, 'i@x.org')")
        connection.commit()
        connection.close()
        os.replace(copy, self.db.path)
        self.assertEqual(self.ask("DELETE", ME, token(sub="9")).status, 202)
        self.assertIsNotNone(self.column(9))

    def test_write_ahead_logging(self):
        """Readers and a writer at once."""
        if self.sqlite:
            sqlite3.connect(self.db.path).execute("PRAGMA journal_mode = WAL")
        self.serve()
        users = range(10, 30)
        self.db.execute("INSERT INTO users (id, email) VALUES "
                        + ", ".join(f"({i}, 'u{i}')" for i in users))
        threads = [self.in_background(method, path, token(sub=str(user))) for user in users
                   for method, path in (("DELETE", ME), ("GET", "/readyz"))]
        for thread, replies in threads:
            thread.join()
            self.assertIn(replies[0].status, (200, 202), str(replies[0]))
        self.ok("audit", "verify")

    def test_old_connections_are_replaced(self):
        self.serve(more="  pool: { size: 1, overflow: 0, recycle: 1s }\n")
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        if self.sqlite:
            return
        before = self.sessions()

        def replaced():
            self.assertEqual(self.ask("GET", ME + "/deletion", token()).status, 200)
            return before - self.sessions()
        wait_until(replaced)

    def test_who_waits_too_long(self):
        self.serve(more="  pool: { size: 1, overflow: 0, timeout: 300ms }\n")
        self.assertEqual(self.ask("DELETE", ME, token(sub="2")).status, 202)
        unlock = self.lock()
        found = [self.in_background("DELETE", ME, token(sub=sub)) for sub in "13"]
        wait_until(lambda: any(replies for _, replies in found))
        late = [replies[0] for _, replies in found if replies]  # the other one waits for the lock
        self.assertEqual([(reply.status, reply.headers["Retry-After"]) for reply in late], [(503, "1")])
        self.assertIn("became free in time", late[0].json()["detail"])
        unlock()
        for thread, _ in found:
            thread.join()
        for sub in "13":
            self.assertEqual(self.ask("DELETE", ME, token(sub=sub)).status, 202)

    def test_more_connections_when_all_are_busy(self):
        self.serve(more="  pool: { size: 1, overflow: 2 }\n")
        self.assertEqual(self.ask("DELETE", ME, token(sub="3")).status, 202)
        before = None if self.sqlite else len(self.sessions())
        unlock = self.lock()
        thread, _ = self.in_background("DELETE", ME, token())
        self.assertEqual(self.ask("GET", ME + "/deletion", token(sub="2")).status, 404)
        unlock()
        thread.join()
        if not self.sqlite:
            wait_until(lambda: len(self.sessions()) <= before)

    def test_settings_that_are_wrong(self):
        self.serve()
        self.stop()
        text = self.project.read("rung.yaml")
        for more, words in (("{ size: 0 }", "serve.pool"), ("{ size: 900, overflow: 200 }", "1000"),
                            ("{ recycle: soon }", "recycle"), ("{ max: 3 }", "max")):
            self.project.write("rung.yaml", text + f"  pool: {more}\n")
            self.assertIn(words, self.fails(2, "serve").err)


class Client(threading.Thread):
    """Asks and cancels for users of its own, one after the other, and remembers what was acknowledged."""

    def __init__(self, case, users):
        super().__init__()
        self.case, self.users = case, users
        self.pending, self.cancelled, self.unknown, self.statuses = set(), set(), set(), []
        self.ended = threading.Event()

    def ask(self, user, method, path, good):
        try:
            reply = self.case.ask(method, path, token(sub=str(user)))
        except OSError:
            reply = None
        self.statuses.append(reply.status if reply else 0)
        if reply and reply.status == good:
            return True
        self.unknown.add(user)
        return False

    def run(self):
        for user in self.users:
            if self.ended.is_set():
                return
            if not self.ask(user, "DELETE", ME, 202):
                continue
            if user % 2:
                self.pending.add(user)
            elif self.ask(user, "POST", CANCEL, 200):
                self.cancelled.add(user)


class Restart(ServiceCase):
    engine = Postgresql
    clients, users, rounds = 6, 3000, 3

    def setUp(self):
        super().setUp()
        if not DATA or not SERVER:
            self.skipTest("it needs a server of its own")

    def judge(self, clients):
        """What the database has is what was acknowledged; of the rest nothing is known."""
        found = {int(key): state for key, state in self.db.query("SELECT key, state FROM rung.erasure")}
        shown = {int(row[0]) for row in self.db.query(
            "SELECT id FROM users WHERE deletion_requested_at IS NOT NULL")}
        for client in clients:
            for user in client.pending:
                self.assertEqual(found.get(user), "pending", f"user {user}")
            for user in client.cancelled:
                self.assertEqual(found.get(user), "cancelled", f"user {user}")
        self.assertEqual(shown, {user for user, state in found.items() if state == "pending"})
        self.ok("audit", "verify")

    def ready(self):
        return self.ask("GET", "/readyz").status == 200

    def test_the_database_is_restarted_under_load(self):
        self.serve()
        self.db.execute(f"INSERT INTO users (id, email) SELECT i, 'u' || i FROM generate_series(10,"
                        f" {10 + self.clients * self.users}) i")
        clients = [Client(self, range(10 + i * self.users, 10 + (i + 1) * self.users))
                   for i in range(self.clients)]
        done = [0]

        def moved():
            now = sum(len(client.pending) + len(client.cancelled) for client in clients)
            if now < done[0] + 60:
                return False
            done[0] = now
            return True
        for client in clients:
            client.start()
        try:
            for _ in range(self.rounds):
                wait_until(moved, 60)
                stop_server()
                try:
                    self.problem(503, "DELETE", ME, auth=token())
                    wait_until(lambda: not self.ready())  # it says for a moment what it saw
                    self.problem(503, "GET", "/readyz")
                    self.assertEqual(self.ask("GET", "/livez").status, 200)
                finally:
                    start_server()
                wait_until(self.ready, 60)
            wait_until(moved, 60)
        finally:
            for client in clients:
                client.ended.set()
            for client in clients:
                client.join()
        self.judge(clients)
        statuses = [status for client in clients for status in client.statuses]
        self.assertLessEqual(set(statuses), {200, 202, 503})
        self.assertIn(503, statuses)
        self.assertRegex(self.stop().err, re.compile("connect|lost"))


if __name__ == "__main__":
    main()
