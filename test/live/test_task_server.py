"""examples/task-db/server.c: an application that brings its own database up to date, then serves
its users, each of whom reaches nothing but what is theirs."""
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from harness import SOURCE, Case, Running, clean_environment, main, on_each_engine, wait_until
from test_library import sanitizers

SERVER = os.path.abspath(os.environ.get("TASK_SERVER", "build/test/live/task-server"))
EXAMPLE = os.path.join(SOURCE, "examples", "task-db")
BUILD = os.path.abspath(os.environ.get("RUNG_BUILD", "build"))
KEY = "0123456789abcdef0123456789abcdef"
FIELDS = {"id", "title", "description", "status", "priority", "created_at", "updated_at",
          "completed_at"}
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
NASTY = ["'; DROP TABLE task; --", "' OR '1'='1", '" OR ""="', "1) OR (1=1", "$1", "?1", "%s%n",
         "\\'; DELETE FROM task; --", "ŝafo 🐑 日本語 العربية", "a\u0301 / á", "\t\n\u0001", "é" * 200]


def encode(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header, claims, key=KEY, digest=hashlib.sha256):
    text = encode(header) + "." + encode(claims)
    return text + "." + encode(hmac.new(key.encode(), text.encode(), digest).digest())


def token(user, **more):
    claims = {"sub": user, "exp": int(time.time()) + 600} | more
    return sign({"alg": "HS256", "typ": "JWT"}, {k: v for k, v in claims.items() if v is not None})


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.text = response.status, response.headers, response.read()
        self.json = json.loads(self.text) if self.text else None


class Api:
    """The server's port, as one user (or as a client without a token)."""

    def __init__(self, port, user=None, bearer=None):
        self.port, self.bearer = port, bearer or (token(user) if user else None)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            sent = {"Authorization": "Bearer " + self.bearer} if self.bearer else {}
            connection.request(method, path, data, sent | (headers or {}))
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def list(self, **filters):
        return self.ask("GET", "/api/tasks" + ("?" + urllib.parse.urlencode(filters) if filters else ""))

    def titles(self, **filters):
        return sorted(task["title"] for task in self.list(**filters).json)

    def add(self, title, **more):
        return self.ask("POST", "/api/tasks", {"title": title} | more)


class Served(Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(os.path.join(EXAMPLE, "migrations"), self.project.path("migrations"),
                        dirs_exist_ok=True)
        self.env = clean_environment(self.project.folder) | {
            "DATABASE_URL": self.db.url, "JWT_SECRET_KEY": KEY, "API_PORT": "0"}

    def start(self, **more):
        server = Running([SERVER], self.project.folder, self.env | more)
        self.addCleanup(self.stop, server)
        return server

    def port(self, server):
        self.assertTrue(server.wait_for("\n", "out", 60), server.text)
        return int(re.fullmatch(rb"listening on http://127\.0\.0\.1:(\d+)\n", server.text["out"])[1])

    def stop(self, server):
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
        return server.end()

    def begin(self):
        """A server, with the users ada, bob, and eve who was switched off."""
        self.server = self.start()
        self.at = self.port(self.server)
        self.db.execute("".join(
            'INSERT INTO "user" (id, email, name, password_hash, created_at, updated_at, is_active)'
            f" VALUES ('{name}', '{name}@example.com', '{name}', 'x', '2026-01-05 09:00:00',"
            f" '2026-01-05 09:00:00', {active});"
            for name, active in (("ada", "TRUE"), ("bob", "TRUE"), ("eve", "FALSE"))))
        self.ada, self.bob = Api(self.at, "ada"), Api(self.at, "bob")

    def is_problem(self, answer, status):
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json["status"], status)
        self.assertTrue(answer.json["title"] and answer.json["detail"] and answer.json["type"])


@on_each_engine
class TaskServer(Served):
    def test_a_task_from_its_creation_to_its_end(self):
        self.begin()
        made = self.ada.add("Write report", description="by Friday", priority="High")
        self.assertEqual((made.status, set(made.json)), (201, FIELDS))
        where = f"/api/tasks/{made.json['id']}"
        self.assertEqual(made.headers["Location"], where)
        self.assertEqual(made.headers["Content-Type"], "application/json")
        self.assertEqual((made.json["status"], made.json["completed_at"]), ("Pending", None))
        self.assertRegex(made.json["created_at"], TIME)
        self.assertEqual(self.ada.ask("GET", where).json, made.json)

        done = self.ada.ask("PATCH", where, {"status": "Completed"})
        self.assertEqual((done.status, done.json["title"], done.json["priority"], done.json["description"]),
                         (200, "Write report", "High", "by Friday"))
        self.assertRegex(done.json["completed_at"], TIME)
        # a second completion, and a change of something else, keep the time of the first
        old = "2026-02-03 04:05:06"
        self.db.execute(f"UPDATE task SET completed_at = '{old}'")
        for body in ({"status": "Completed"}, {"title": "Write the report"}):
            again = self.ada.ask("PATCH", where, body)
            self.assertEqual(again.json["completed_at"], "2026-02-03T04:05:06Z")
        self.assertEqual(again.json["title"], "Write the report")
        again = self.ada.ask("PATCH", where, {"status": "In Progress", "description": None})
        self.assertEqual((again.json["completed_at"], again.json["description"]), (None, None))

        put = self.ada.ask("PUT", where, {"title": "New", "status": "Completed"})
        self.assertEqual((put.status, put.json["title"], put.json["priority"]), (200, "New", "Medium"))
        self.assertRegex(put.json["completed_at"], TIME)
        self.assertRegex(self.ada.add("done before", status="Completed").json["completed_at"], TIME)

        gone = self.ada.ask("DELETE", where)
        self.assertEqual((gone.status, gone.text), (204, b""))
        for method, body in (("GET", None), ("DELETE", None), ("PUT", {"title": "x"}), ("PATCH", {})):
            self.is_problem(self.ada.ask(method, where, body), 404)
        self.assertEqual(self.ada.titles(), ["done before"])
        # the row stays, marked
        self.assertEqual(self.value("SELECT count(*) FROM task WHERE deleted_at IS NOT NULL"
                                    " AND title = 'New'"), "1")

    def test_nobody_reaches_the_tasks_of_others(self):
        self.begin()
        hers, his = self.ada.add("hers").json["id"], self.bob.add("his").json["id"]
        before = self.db.query("SELECT * FROM task ORDER BY id")
        for api, foreign in ((self.ada, his), (self.bob, hers)):
            nowhere = api.ask("GET", "/api/tasks/999999").json
            for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"title": "stolen"}),
                                 ("PATCH", {}), ("PUT", {"title": "stolen", "status": "Completed"})):
                answer = api.ask(method, f"/api/tasks/{foreign}", body)
                self.is_problem(answer, 404)
                self.assertEqual(answer.json, nowhere, "it can be told from a task that is not there")
        # nor by saying to whom a task belongs
        for method, path in (("POST", ""), ("PUT", f"/{hers}"), ("PATCH", f"/{hers}")):
            self.is_problem(self.ada.ask(method, "/api/tasks" + path, {"title": "x", "user_id": "bob"}), 422)
        self.assertEqual(self.db.query("SELECT * FROM task ORDER BY id"), before)
        self.assertEqual((self.ada.titles(), self.bob.titles()), (["hers"], ["his"]))
        for filters in ({"title": "h"}, {"status": "Pending"}, {"title": "' OR user_id = 'bob' --"},
                        {"user_id": "bob"}, {"title": "%"}):
            self.assertNotIn("his", self.ada.titles(**filters))

    def test_what_is_written_is_data(self):
        self.begin()
        for title in NASTY:
            made = self.ada.add(title, description=title)
            self.assertEqual((made.status, made.json["title"], made.json["description"]), (201, title, title))
            if "\u0001" not in title:
                self.assertIn(title, self.ada.titles(title=title))
        self.assertEqual(self.ada.titles(), sorted(NASTY))
        self.assertEqual(self.bob.titles(), [])
        for id in ("1%20OR%201=1", "1;DROP%20TABLE%20task", "-1", "1.0", "0x1", "", "99999999999999999999",
                   "2147483648", "%27", "1/2", "%C3%A9"):
            self.is_problem(self.ada.ask("GET", "/api/tasks/" + id), 404)
        # a user whose name is SQL is a user
        name = "x' OR '1'='1"
        self.is_problem(Api(self.at, name).list(), 401)
        self.db.execute('INSERT INTO "user" (id, email, name, password_hash, created_at, updated_at)'
                        " VALUES ('" + name.replace("'", "''") + "', 'x', 'x', 'x',"
                        " '2026-01-05 09:00:00', '2026-01-05 09:00:00')")
        self.assertEqual(Api(self.at, name).titles(), [])

    def test_filters_and_search(self):
        self.begin()
        for title, status in (("100% sure", "Pending"), ("100 times", "Completed"), ("a_b", "Pending"),
                              ("aXb", "In Progress"), ("wow! so", "Pending"), ("back\\slash", "Pending")):
            self.ada.add(title, status=status)
        self.bob.add("100% his")
        for wanted, found in (("100%", ["100% sure"]), ("%", ["100% sure"]), ("_", ["a_b"]), ("a_b", ["a_b"]),
                              ("!", ["wow! so"]), ("\\", ["back\\slash"]), ("AXB", ["aXb"]), ("", None),
                              ("100", ["100 times", "100% sure"]), ("[a]", []), ("!%", []), ("*", [])):
            self.assertEqual(self.ada.titles(title=wanted), self.ada.titles() if found is None else found, wanted)
        self.assertEqual(self.ada.titles(status="In Progress"), ["aXb"])
        self.assertEqual(self.ada.titles(status="Pending", title="0"), ["100% sure"])
        self.assertEqual(self.ada.titles(status="Completed", title="%"), [])
        newest = [task["id"] for task in self.ada.list().json]
        self.assertEqual(newest, sorted(newest, reverse=True))
        for path in ("?status=pending", "?status=", "?status=Pending%00", "?title=%FF", "?title=a%00b",
                     "?title=" + "x" * 201):
            self.is_problem(self.ada.ask("GET", "/api/tasks" + path), 400)
        self.assertEqual(self.ada.titles(title="%" * 200), [])
        self.assertEqual(self.ada.titles(title="日" * 200), [])

    def test_only_good_tokens(self):
        self.begin()
        now = int(time.time())
        good = token("ada")
        head, body, mac = good.split(".")
        claims = {"sub": "ada", "exp": now + 600}
        bad = {
            "other key": sign({"alg": "HS256"}, claims, key="f" * 32),
            "expired": token("ada", exp=now - 1), "expires now": token("ada", exp=now),
            "no exp": token("ada", exp=None), "exp is text": token("ada", exp=str(now + 600)),
            "not yet": token("ada", nbf=now + 600), "nbf is text": token("ada", nbf="0"),
            "no sub": token(None), "empty sub": token(""), "sub is a number": token(1),
            "HS512": sign({"alg": "HS512"}, claims, digest=hashlib.sha512),
            "HS512 by SHA-256": sign({"alg": "HS512"}, claims), "lower case": sign({"alg": "hs256"}, claims),
            "none": encode({"alg": "none"}) + "." + body + ".", "none signed": sign({"alg": "none"}, claims),
            "RS256": sign({"alg": "RS256"}, claims), "no alg": sign({"typ": "JWT"}, claims),
            "alg twice": sign(b'{"alg":"none","alg":"HS256"}', claims),
            "sub twice": sign({"alg": "HS256"}, b'{"sub":"bob","sub":"ada","exp":9999999999}'),
            "crit": sign({"alg": "HS256", "crit": ["exp"]}, claims),
            "not JSON": sign({"alg": "HS256"}, b"\xff"), "a list": sign({"alg": "HS256"}, [1]),
            "other body": head + "." + encode(claims | {"sub": "bob"}) + "." + mac,
            "no signature": head + "." + body + ".", "two parts": head + "." + body,
            "four parts": good + "." + mac, "padded": good + "=", "cut": good[:-1], "longer": good + "A",
            "last bits": good[:-1] + chr(ord(good[-1]) + 1), "dots": "..", "dot": ".", "word": "x",
            "long": good + "A" * 5000, "long part": sign({"alg": "HS256"}, claims | {"x": "y" * 5000}),
            "nobody": token("nobody"), "switched off": token("eve"),
        }
        self.assertEqual(self.ada.list().status, 200)
        for what, one in bad.items():
            for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/1")):
                with self.subTest(what, method=method):
                    answer = Api(self.at, bearer=one).ask(method, "/api/tasks" + path)
                    self.is_problem(answer, 401)
                    self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        for header in (None, "", "Bearer", "Bearer ", "Basic YTpi", good, "Token " + good, "Bearer  " + good):
            answer = Api(self.at).ask("GET", "/api/tasks", headers={"Authorization": header} if header else {})
            self.is_problem(answer, 401)
        self.assertEqual(Api(self.at).ask("GET", "/api/tasks", headers={"Authorization": "bearer " + good}).status, 200)
        self.db.execute("UPDATE \"user\" SET is_active = FALSE WHERE id = 'ada'")
        self.is_problem(self.ada.list(), 401)

    def test_wrong_requests_are_told_what_is_wrong(self):
        self.begin()
        made = f"/api/tasks/{self.ada.add('x').json['id']}"
        before = self.db.query("SELECT * FROM task")
        for body in (b"", b"{", b"[]", b"1", b'{"title":"a"} x', b'{"title":"a","title":"b"}', b'{"title":"\xff"}',
                     b'{"title":"a\\u0000b"}', b'{"title":"\\ud800"}', b"\x00", b"[" * 60000):
            self.is_problem(self.ada.ask("POST", "/api/tasks", body), 400)
            self.is_problem(self.ada.ask("PATCH", made, body), 400)
        for body in ({}, {"title": ""}, {"title": None}, {"title": 1}, {"title": "x" * 201}, {"title": ["a"]},
                     {"title": "a", "status": "pending"}, {"title": "a", "status": "Done"},
                     {"title": "a", "status": None}, {"title": "a", "status": ["Pending"]},
                     {"title": "a", "priority": "Urgent"}, {"title": "a", "priority": None},
                     {"title": "a", "description": 1}, {"title": "a", "description": "x" * 10001},
                     {"title": "a", "id": 7}, {"title": "a", "completed_at": "2026-01-01"},
                     {"title": "a", "deleted_at": None}, {"title": "a", "": 1}):
            self.is_problem(self.ada.ask("POST", "/api/tasks", body), 422)
            self.is_problem(self.ada.ask("PUT", made, body), 422)
        self.assertIn("Pending, In Progress", self.ada.ask("PATCH", made, {"status": "x"}).json["detail"])
        self.assertEqual(self.db.query("SELECT * FROM task"), before)
        for method, path, allowed in (("DELETE", "/api/tasks", "GET, POST"), ("PUT", "/api/tasks", "GET, POST"),
                                      ("POST", made, "GET, PUT, PATCH, DELETE")):
            answer = self.ada.ask(method, path, {"title": "a"})
            self.is_problem(answer, 405)
            self.assertEqual(answer.headers["Allow"], allowed)
        for path in ("/", "/api", "/api/tasksx", "/api/users", "/api/task"):
            self.is_problem(self.ada.ask("GET", path), 404)

    def test_broken_requests_break_nothing(self):
        self.begin()
        his = f"/api/tasks/{self.bob.add('his').json['id']}"
        mine = f"/api/tasks/{self.ada.add('hers').json['id']}"
        chance = random.Random(17)
        whole = []
        for method, path, body in (("GET", "/api/tasks?title=a%25&status=Pending", ""), ("DELETE", his, ""),
                                   ("POST", "/api/tasks", '{"title":"a","priority":"Low"}'),
                                   ("PATCH", mine, '{"status":"Completed","description":null}')):
            whole.append((f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
                          f"{self.ada.bearer}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        seen = set()
        for _ in range(300):
            data = bytearray(chance.choice(whole))
            for _ in range(chance.randint(1, 6)):
                at = chance.randrange(len(data))
                kind = chance.randrange(4)
                if kind == 0:
                    data[at] = chance.randrange(256)
                elif kind == 1:
                    del data[at:at + chance.randint(1, 20)]
                elif kind == 2:
                    data[at:at] = bytes(chance.choices(b"\0\r\n%\"{}:.=\xff 9-", k=chance.randint(1, 20)))
                else:
                    data[at:at] = data[at:at + 40]
                data = data or bytearray(b"x")
            with socket.create_connection(("127.0.0.1", self.at), 0.5) as wire:
                try:  # a request that is cut short is waited for by the server, not here
                    wire.sendall(data)
                    said = wire.recv(65536)
                except (ConnectionError, TimeoutError):
                    said = b""
            status = said[9:12].decode()
            seen.add(status)
            self.assertFalse(status.startswith("5") and status not in ("501", "505"), (data, said))
        self.assertTrue({"400", "401", "404"} <= seen, seen)
        self.assertEqual((self.bob.titles(), len(self.bob.list().json)), (["his"], 1))
        self.assertEqual(self.value("SELECT count(*) FROM task WHERE user_id = 'bob' AND title = 'his'"
                                    " AND status = 'Pending' AND deleted_at IS NULL"), "1")

    def test_a_body_has_a_limit(self):
        self.begin()
        fits = json.dumps({"title": "a", "description": "x" * 10000}).encode()
        self.assertEqual(self.ada.ask("POST", "/api/tasks", fits + b" " * (65536 - len(fits))).status, 201)
        self.is_problem(self.ada.ask("POST", "/api/tasks", fits + b" " * (65537 - len(fits))), 413)
        self.is_problem(self.ada.ask("POST", "/api/tasks", b"x" * 1000000), 413)
        # a much larger one is refused before it comes
        for length in ("1048577", "99999999999"):
            with socket.create_connection(("127.0.0.1", self.at), 30) as wire:
                wire.sendall(f"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
                self.assertTrue(wire.recv(4096).startswith(b"HTTP/1.1 413 "), length)
        # one that never says how long it is, is cut off
        with socket.create_connection(("127.0.0.1", self.at), 30) as wire:
            wire.sendall(b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            with self.assertRaises(OSError):
                for _ in range(1000):
                    wire.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        self.assertEqual(len(self.ada.list().json), 1)

    def test_several_at_once_upgrade_once(self):
        servers = [self.start() for _ in range(4)]
        ports = [self.port(server) for server in servers]
        self.assertEqual(len(set(ports)), 4)
        self.assertEqual(len([r for r in self.log() if r == ("upgrade", "0001_initial_migration")]),
                         1, self.log())
        self.db.execute('INSERT INTO "user" (id, email, name, password_hash, created_at, updated_at) VALUES'
                        " ('ada', 'a', 'a', 'x', '2026-01-05 09:00:00', '2026-01-05 09:00:00')")
        # all of them serve, and write at once
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            made = list(threads.map(lambda i: Api(ports[i % 4], "ada").add(f"t{i:03}").status, range(80)))
        self.assertEqual(made, [201] * 80)
        for port in ports:
            self.assertEqual(Api(port, "ada").titles(), [f"t{i:03}" for i in range(80)])
        ends = [self.stop(server) for server in servers]
        self.assertEqual([end.code for end in ends], [0] * 4)
        self.assertEqual("".join(end.err for end in ends).count("applied 0001_initial_migration"), 1)
        self.assertEqual(self.ok("check").code, 0)

    def test_changes_at_once_are_all_there(self):
        self.begin()
        where = f"/api/tasks/{self.ada.add('x').json['id']}"
        bodies = [{"title": "t"}, {"priority": "Low"}, {"description": "d"}, {"status": "Completed"}] * 10
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            done = list(threads.map(lambda body: self.ada.ask("PATCH", where, body).status, bodies))
        self.assertEqual(done, [200] * 40)
        task = self.ada.ask("GET", where).json
        self.assertEqual((task["title"], task["priority"], task["description"], task["status"]),
                         ("t", "Low", "d", "Completed"))
        self.assertRegex(task["completed_at"], TIME)

    def test_a_database_that_cannot_be_upgraded_is_not_served(self):
        self.project.write("migrations/0002_bad.sql", "-- rung:revision 0002\n-- rung:parents 0001_initial_migration\n"
                           "-- rung:up\nSELECT * FROM nowhere;\n")
        end = self.start().end()
        self.assertEqual((end.code, end.out), (1, ""), str(end))
        self.assertIn("FAILED: ", end.err)
        self.assertIn("nowhere", end.err)

    def slow_revision(self):
        """Runs for seconds, and leaves a table."""
        slow = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000000)"
                " SELECT count(*) FROM n" if self.sqlite else "SELECT pg_sleep(3)")
        self.project.write("migrations/0002_slow.sql", "-- rung:revision 0002\n-- rung:parents 0001_initial_migration"
                           f"\n-- rung:up\nCREATE TABLE slow (a integer);\n{slow};\n")

    def is_in_the_slow_one(self, server):
        """On SQLite what is committed together is told together, at the end."""
        if self.sqlite:
            wait_until(lambda: os.path.exists(self.db.path))
            time.sleep(0.5)
        else:
            self.assertTrue(server.wait_for("applied 0001"))
            time.sleep(0.1)

    def test_an_upgrade_that_is_ended_is_rolled_back(self):
        self.slow_revision()
        server = self.start()
        self.is_in_the_slow_one(server)
        end = self.stop(server)
        self.assertEqual((end.code, end.out), (1, ""), str(end))
        self.assertIn("INTERRUPTED: ", end.err)
        self.assertEqual(self.tables(), ["task", "user"])
        self.port(self.start())
        self.assertEqual(self.tables(), ["slow", "task", "user"])

    def test_one_that_is_killed_is_followed_by_another(self):
        self.slow_revision()
        first = Running([SERVER], self.project.folder, self.env)
        self.is_in_the_slow_one(first)
        second = self.start()
        time.sleep(0.1)
        first.process.kill()
        first.process.wait()
        self.port(second)
        for reader in first.readers:
            reader.join()
        self.assertEqual(first.text["out"], b"")
        self.assertEqual(self.tables(), ["slow", "task", "user"])
        self.ok("check")

    def test_a_database_that_does_not_answer_is_told_and_then_served(self):
        self.begin()
        if self.sqlite:
            held = sqlite3.connect(self.db.path, isolation_level=None)
            held.execute("BEGIN IMMEDIATE")
            answer = self.ada.add("x")
            self.assertEqual(self.ada.titles(), [], "readers do not wait for a writer")
            held.execute("ROLLBACK")
            held.close()
        else:
            self.db.execute("ALTER TABLE task RENAME TO away")
            answer = self.ada.add("x")
            self.db.execute("ALTER TABLE away RENAME TO task")
        self.is_problem(answer, 503)
        self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(answer.json["detail"], "the database does not answer")
        if not self.sqlite:
            # connections that ended while they were idle are made anew, and no request is lost
            others = (" FROM pg_stat_activity WHERE datname = current_database()"
                      " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
            self.assertEqual(self.value("SELECT count(pg_terminate_backend(pid))" + others), "4")
            wait_until(lambda: self.value("SELECT count(*)" + others) == "0")
        self.assertEqual([self.ada.add("x").status for _ in range(8)], [201] * 8)

    def test_ends_when_told_to(self):
        self.begin()
        with socket.create_connection(("127.0.0.1", self.at), 30) as wire:
            # a request whose body is on its way is answered first
            body = b'{"title":"late"}'
            wire.sendall(b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                         self.ada.bearer.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:5])
            time.sleep(0.2)
            self.server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: self.refuses(self.at))
            wire.sendall(body[5:])
            self.assertTrue(wire.recv(4096).startswith(b"HTTP/1.1 201 "))
        self.assertEqual(self.server.end().code, 0)
        self.assertEqual(self.value("SELECT title FROM task"), "late")

    def refuses(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return False
        except OSError:
            return True

    def test_its_queries_are_proven_to_keep_users_apart(self):
        self.begin()
        done = subprocess.run([SERVER, "--queries"], capture_output=True, check=True, timeout=30,
                              env=self.env)
        self.project.write("queries/server.sql", done.stdout)
        said = self.ok("isolation", "--tenant-column", "user_id", "--queries", "queries").out
        self.assertIn("5 of 5 proven, 0 leaks", said)


@on_each_engine
class TaskServerSettings(Served):
    def test_settings_that_are_wrong_are_told(self):
        for settings, word in (({"DATABASE_URL": ""}, "DATABASE_URL"), ({"JWT_SECRET_KEY": ""}, "JWT_SECRET_KEY"),
                               ({"JWT_SECRET_KEY": KEY[1:]}, "JWT_SECRET_KEY"), ({"API_PORT": "65536"}, "API_PORT"),
                               ({"API_PORT": "80x"}, "API_PORT"), ({"API_PORT": "-1"}, "API_PORT"),
                               ({"API_HOST": "example.com"}, "API_HOST"),
                               ({"DATABASE_URL": "mysql://u:hidden@h/d"}, "DATABASE_URL"),
                               ({"DATABASE_URL": "postgresql+psycopg2://u:hidden@h/d"}, "DATABASE_URL"),
                               ({"DATABASE_URL": "postgresql://u:hidden@h:x/d"}, "CONFIG: ")):
            end = self.start(**settings).end()
            self.assertEqual((end.code, end.out), (2, ""), str(end))
            self.assertIn(word, end.err)
            self.assertNotIn(KEY[1:], end.err)
            self.assertNotIn("hidden", end.err)
        self.assertEqual(self.tables(), [])

    def test_a_port_that_is_taken_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            end = self.start(API_PORT=str(taken.getsockname()[1])).end()
        self.assertEqual((end.code, end.out), (1, ""), str(end))
        self.assertIn("cannot listen", end.err)


class Readme(unittest.TestCase):
    def test_the_command_of_the_page_builds_it(self):
        with open(os.path.join(EXAMPLE, "README.md"), encoding="utf-8") as file:
            command = re.search(r"^\$? ?(cc (?:.*\\\n)*.*)$", file.read(), re.M)[1]
        self.assertIn("pkg-config", command)
        with open(os.path.join(BUILD, "meson-private", "librung.pc"), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"^libdir=.*$", f"libdir={BUILD}/src", text, flags=re.M)
        text = re.sub(r"^includedir=.*$", f"includedir={SOURCE}/include", text, flags=re.M)
        with tempfile.TemporaryDirectory(prefix="rung-live-") as folder:
            with open(os.path.join(folder, "librung.pc"), "w", encoding="utf-8") as file:
                file.write(text)
            flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", *sanitizers(), "-Wl,-rpath," + BUILD + "/src"]
            for name in os.listdir(EXAMPLE):
                if name.endswith((".c", ".h")):
                    shutil.copy(os.path.join(EXAMPLE, name), folder)
            done = subprocess.run(["sh", "-c", command.replace("cc ", "cc " + " ".join(flags) + " ", 1)],
                                  cwd=folder, env=clean_environment(folder) | {"PKG_CONFIG_PATH": folder},
                                  capture_output=True, text=True, check=False, timeout=120)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            said = subprocess.run([os.path.join(folder, "server"), "--queries"], capture_output=True,
                                  check=True, timeout=30).stdout
            self.assertEqual(said.count(b";\n"), 6)


if __name__ == "__main__":
    main()
