"""The service over real HTTP: bodies byte for byte, tokens, limits, and the end."""
import os
import re
import signal
import socket
import subprocess
import threading
import time
from random import Random

from harness import RUNG, main, on_each_engine, psql, server_url, wait_until
from service import (CANCEL, DELETE, LOGIN, LOGOUT, ME, PASSWORD, SECRET, SECTION, SERVE,
                     ServiceCase, admin_hash, encode, mutated, token)


@on_each_engine
class Serve(ServiceCase):
    # ---- users ----

    def test_the_grace_period_of_an_account(self):
        self.serve()
        first = self.ask("DELETE", ME, token())
        self.assertEqual((first.status, first.type), (202, "application/json"), str(first))
        self.assertRegex(first.body, rb'^{"requested_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",'
                         rb'"deletion_date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","days_remaining":30,'
                         rb'"message":"Account deletion requested. You have 30 days to cancel."}$')
        time.sleep(1.1)
        again = self.ask("DELETE", ME, token())
        self.assertEqual((again.status, again.body), (202, first.body))
        shown = self.ask("GET", ME + "/deletion", token())
        self.assertEqual((shown.status, shown.body), (200, first.body))
        self.assertIsNotNone(self.column(1))
        self.assertIsNone(self.column(2))
        self.problem(404, "GET", ME + "/deletion", auth=token(sub="2"))
        cancelled = self.ask("POST", CANCEL, token())
        self.assertEqual((cancelled.status, cancelled.body), (
            200, b'{"message":"Account deletion cancelled. Your account is safe."}'))
        self.assertIsNone(self.column(1))
        self.problem(404, "POST", CANCEL, auth=token())
        self.problem(404, "GET", ME + "/deletion", auth=token())
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)

    def test_what_has_begun_is_not_cancelled(self):
        self.serve()
        self.ask("DELETE", ME, token())
        self.state(1, "purging")
        self.problem(409, "POST", CANCEL, auth=token())

    def test_an_account_that_is_not_there(self):
        self.serve()
        for sub in ("99", "abc", "1 OR 1=1", "x:1", "ü", "1'--"):
            self.problem(404, "DELETE", ME, auth=token(sub=sub))
            self.problem(404, "POST", CANCEL, auth=token(sub=sub))
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")

    def test_tokens_that_are_refused(self):
        self.serve()
        right = token()
        for wrong in (None, "", "x", right[:-1], right + ".", token(secret="0" * 32),
                      token(aud="other"), token(iss="other"), token(sub=""), token(exp=None),
                      token(exp=int(time.time()) - 61), token(header={"alg": "none"}),
                      token(header={"alg": "HS256", "crit": ["x"]}),
                      token(header={"alg": "HS256", "jku": "http://127.0.0.1/"}),
                      token(header={"alg": "RS256"}), token(x="x" * 9000)):
            reply = self.problem(401, "DELETE", ME, auth=wrong)
            self.assertEqual(reply.headers["WWW-Authenticate"], 'Bearer realm="rung"')
        for scheme in ("Basic " + right, right, "Bearer"):
            self.problem(401, "DELETE", ME, headers={"Authorization": scheme})
        self.problem(401, "DELETE", ME + "?access_token=" + right)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")
        self.assertNotIn(right, self.stop().err)

    def test_a_token_that_is_sent_twice(self):
        self.serve()
        with socket.create_connection(("127.0.0.1", self.port)) as stream:
            stream.sendall((f"DELETE {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token()}\r\n"
                            f"Authorization: Bearer {token(sub='2')}\r\n\r\n").encode())
            self.assertIn(b" 400 ", stream.recv(4096))

    # ---- admins ----

    def test_signing_in(self):
        self.serve()
        reply = self.ask("POST", LOGIN, body={"username": "admin", "password": PASSWORD})
        self.assertEqual(reply.status, 200, str(reply))
        self.assertRegex(reply.body, rb'^{"access_token":"[\w-]+\.[\w-]+\.[\w-]+",'
                                     rb'"token_type":"bearer","expires_in":900}$')
        bodies = []
        for name, password in (("admin", "wrong"), ("nobody", PASSWORD), ("", ""), ("admin", "")):
            reply = self.problem(401, "POST", LOGIN, body={"username": name, "password": password})
            bodies.append({k: v for k, v in reply.json().items() if k != "request_id"})
        self.assertEqual(bodies.count(bodies[0]), len(bodies))
        for wrong, status in (("{", 400), ("[]", 422), ('{"username":"admin"}', 422), ("", 400),
                              ('{"username":"admin","password":7}', 422),
                              ('{"username":"admin","username":"admin","password":"x"}', 400)):
            self.problem(status, "POST", LOGIN, body=wrong)
        self.problem(415, "POST", LOGIN, body="{}", headers={"Content-Type": "text/plain"})
        self.assertNotIn(PASSWORD, self.stop().err)

    def test_who_is_not_known_takes_as_long(self):
        self.serve()
        times = {}
        for name in ("admin", "nobody"):
            since = time.monotonic()
            for _ in range(3):
                self.problem(401, "POST", LOGIN, body={"username": name, "password": "wrong one"})
            times[name] = time.monotonic() - since
        self.assertLess(max(times.values()), 4 * min(times.values()) + 0.2, str(times))

    def test_attempts_are_limited(self):
        self.serve()
        for name in ("admin", "nobody"):
            statuses = [self.ask("POST", LOGIN, body={"username": name, "password": "wrong"}).status
                        for _ in range(5)]
            self.assertEqual(statuses, [401] * 5)
            reply = self.problem(429, "POST", LOGIN, body={"username": name, "password": PASSWORD})
            self.assertIn(int(reply.headers["Retry-After"]), range(1, 61))
        found = [self.ask("POST", LOGIN, body={"username": f"u{i}", "password": "x"}).status
                 for i in range(14)]
        self.assertEqual(found[-1], 429, found)  # the address

    def test_deleting_permanently(self):
        self.serve()
        self.db.execute("INSERT INTO posts VALUES (1, 1), (2, 2), (3, 1)")
        admin = self.login()
        reply = self.ask("POST", DELETE, admin, {"user_ids": [1]})
        self.assertEqual((reply.status, reply.body), (
            200, b'{"deleted":1,"message":"Permanently deleted 1 user(s) and all associated data"}'),
            str(reply))
        self.assertEqual((self.count(), self.count("posts")), (2, 1))
        reply = self.ask("POST", DELETE, admin, {"user_ids": [1, 99, "abc", "1' OR 1=1"]})
        self.assertEqual((reply.status, reply.json()["deleted"]), (200, 0), str(reply))
        reply = self.ask("POST", DELETE, admin, {"user_ids": [2, "2", 2, 3, 99]})
        self.assertEqual((reply.status, reply.json()["deleted"]), (200, 2), str(reply))
        self.assertEqual((self.count(), self.count("posts")), (0, 0))
        self.problem(404, "DELETE", ME, auth=token())
        self.ok("audit", "verify")

    def test_a_held_account_keeps_all(self):
        self.serve()
        self.db.execute("INSERT INTO posts VALUES (7, 2)")
        self.ok("hold", "add", "posts:7", "--reason", "case 7")
        admin = self.login()
        reply = self.problem(409, "POST", DELETE, auth=admin, body={"user_ids": [1, 2, 99]})
        held = reply.json()["held"]
        self.assertEqual([item["user_id"] for item in held], ["2"])
        self.assertIn("case 7", held[0]["reason"])
        self.assertEqual(self.count(), 3)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")
        self.ok("hold", "release", "1")
        self.assertEqual(self.ask("POST", DELETE, admin, {"user_ids": [1, 2]}).json()["deleted"], 2)

    def test_bodies_that_are_no_ids(self):
        self.serve()
        admin = self.login()
        for wrong in ({}, [], {"user_ids": []}, {"user_ids": 1}, {"user_ids": [1.5]},
                      {"user_ids": [None]}, {"user_ids": [[1]]}, {"user_ids": [""]},
                      {"user_ids": [True]}, {"user_ids": list(range(1001))}):
            self.problem(422, "POST", DELETE, auth=admin, body=wrong)
        self.assertEqual(self.count(), 3)

    def test_roles_are_kept_apart(self):
        self.serve()
        admin = self.login()
        self.problem(403, "POST", DELETE, auth=token(), body={"user_ids": [1]})
        self.problem(403, "POST", DELETE, auth=token(role="admin"), body={"user_ids": [1]})
        self.problem(401, "POST", DELETE, auth=token(iss="rung", aud="rung-admin", role="admin"),
                     body={"user_ids": [1]})
        self.problem(403, "DELETE", ME, auth=admin)
        self.problem(401, "POST", DELETE, body={"user_ids": [1]})
        self.assertEqual(self.count(), 3)

    def test_keys_of_other_types(self):
        number = "text" if self.sqlite else "uuid"
        key = "0b5ac3a8-7a1e-4a6e-9a53-0d1f2b3c4d5e"
        self.serve(
            section=SECTION.replace(
                "  subjects:\n", '  subjects:\n    konten: { table: "Köntén", key: order, grace: 7d }\n'),
            extra=f'CREATE TABLE "Köntén" ("order" {number} PRIMARY KEY, "a""b" text);'
                  f"INSERT INTO \"Köntén\" VALUES ('{key}', 'x');",
            more="  subject: konten\n")
        reply = self.ask("DELETE", ME, token(sub=key))
        self.assertEqual((reply.status, reply.json()["days_remaining"]), (202, 7), str(reply))
        self.problem(404, "DELETE", ME, auth=token(sub="1"))
        admin = self.login()
        twice = [key, key.upper()] if not self.sqlite else [key, key]
        reply = self.ask("POST", DELETE, admin, {"user_ids": twice})
        self.assertEqual((reply.status, reply.json()["deleted"]), (200, 1), str(reply))
        self.assertEqual((self.count('"Köntén"'), self.count()), (0, 3))

    def test_rows_that_restrict(self):
        self.serve(section=SECTION.replace("cascade", "restrict"))
        self.db.execute("INSERT INTO posts VALUES (7, 2)")
        admin = self.login()
        reply = self.problem(409, "POST", DELETE, auth=admin, body={"user_ids": [2, 1]})
        self.assertEqual([item["user_id"] for item in reply.json()["held"]], ["2"])
        self.assertEqual(self.count(), 3)
        self.assertEqual(self.ask("POST", DELETE, admin, {"user_ids": [1, 3]}).json()["deleted"], 2)

    def test_others_that_are_due_stay(self):
        self.serve()
        self.ok("erase", "request", "users:3", "--now")
        self.ok("erase", "request", "users:2", "--now")
        self.ok("hold", "add", "users:2", "--reason", "x")
        reply = self.ask("POST", DELETE, self.login(), {"user_ids": [1]})
        self.assertEqual((reply.status, reply.json()["deleted"]), (200, 1), str(reply))
        self.assertEqual(self.count(), 2)
        self.ok("purge")
        self.assertEqual(self.count(), 1)

    # ---- health ----

    def wait_for_ready(self, status):
        """What it said is known for a second."""
        wait_until(lambda: self.ask("GET", "/readyz").status == status)

    def test_live_and_ready(self):
        self.project.revision("a1", "CREATE TABLE t (a integer);", "DROP TABLE t;")
        self.serve()
        self.assertEqual(self.ask("GET", "/livez").body, b'{"status":"live"}')
        reply = self.problem(503, "GET", "/readyz")
        self.assertEqual([item["name"] for item in reply.json()["not_ready"]], ["pending"])
        self.ok("upgrade")
        self.wait_for_ready(200)
        reply = self.ask("GET", "/readyz")
        self.assertEqual((reply.status, reply.body), (200, b'{"status":"ready"}'), str(reply))
        head = self.ask("HEAD", "/livez")
        self.assertEqual((head.status, head.body), (200, b""))

    def test_without_the_tables_of_the_lifecycle(self):
        self.serve(init=False)
        reply = self.problem(503, "GET", "/readyz")
        self.assertEqual([item["name"] for item in reply.json()["not_ready"]], ["lifecycle"])
        self.problem(500, "DELETE", ME, auth=token())

    def test_without_a_database(self):
        self.project.env["JWT_SECRET_KEY"] = SECRET
        self.project.config(SECTION + SERVE % ("127.0.0.1:0", admin_hash()))
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(
            self.db.url, "sqlite:/nowhere/app.db" if self.sqlite
            else "postgresql://127.0.0.1:1/none"))
        self.run_service()
        self.assertEqual(self.ask("GET", "/livez").status, 200)
        self.problem(503, "GET", "/readyz")
        reply = self.problem(503, "DELETE", ME, auth=token())
        self.assertEqual(reply.headers["Retry-After"], "5")
        self.assertNotIn(b"nowhere", reply.body)
        self.assertNotIn(b"127.0.0.1", reply.body)

    def test_metrics_are_elsewhere(self):
        self.serve(more="  metrics_listen: \"127.0.0.1:0\"\n")
        self.ask("DELETE", ME, token())
        self.ok("erase", "request", "users:2", "--now")
        self.ok("hold", "add", "users:3", "--reason", "x")
        self.problem(404, "GET", "/metrics")
        self.assertTrue(self.running.wait_for("metrics on", "out"))
        self.metrics = True
        self.port = int(re.search(rb"metrics on http://.*:(\d+)\n", self.running.text["out"])[1])
        reply = self.ask("GET", "/metrics")
        self.assertEqual((reply.status, reply.type), (200, "text/plain; version=0.0.4; charset=utf-8"))
        lines = reply.body.decode().splitlines()
        for line in ("lifecycle_up 1", 'lifecycle_pending{subject="users"} 2', "lifecycle_holds 1",
                     'lifecycle_overdue{subject="users"} 1',
                     'lifecycle_last_success_timestamp_seconds{policy="users"} 0'):
            self.assertIn(line, lines)
        self.assertEqual(self.ask("GET", "/livez").status, 200)
        self.problem(404, "DELETE", ME, auth=token())

    def test_the_description(self):
        self.serve()
        found = self.ask("GET", "/openapi.json").json()
        self.assertEqual(found["openapi"], "3.1.0")
        self.assertEqual(sorted(found["paths"]), sorted([
            ME, ME + "/deletion", CANCEL, LOGIN, LOGOUT, DELETE, "/livez", "/readyz", "/openapi.json",
            ME + "/export", ME + "/exports/{id}", ME + "/exports/{id}/download",
            "/api/v1/admin/jobs/{id}"]))
        for path, methods in found["paths"].items():
            for method, operation in methods.items():
                self.assertTrue(operation["operationId"] and operation["responses"], path)
                self.assertEqual("requestBody" in operation, path in (LOGIN, DELETE), method)

    # ---- HTTP ----

    def test_paths_and_methods(self):
        self.serve()
        for path in ("/livez/", "/livez%00", "/%6civez", "//livez", "/api/v1/users/1",
                     "/livez/../livez"):
            self.problem(404, "GET", path)
        self.assertEqual(self.ask("GET", "/livez?x=1").status, 200)
        for method, path, allow in (("GET", ME, "DELETE"), ("POST", "/livez", "GET"),
                                    ("PUT", LOGIN, "POST"), ("BREW", "/livez", "GET")):
            self.assertEqual(self.problem(405, method, path).headers["Allow"], allow)

    def test_ids_of_requests(self):
        self.serve()
        self.assertEqual(self.ask("GET", "/livez", headers={"X-Request-Id": "a-1._B"})
                         .headers["X-Request-Id"], "a-1._B")
        made = set()
        for wrong in ("", "a b", "x" * 65, "<script>", "ü".encode()):
            made.add(self.ask("GET", "/livez", headers={"X-Request-Id": wrong})
                     .headers["X-Request-Id"])
        self.assertEqual(len(made), 5)
        for id in made:
            self.assertRegex(id, r"^[\w-]{16}$")

    def raw(self, *parts, wait=0.0):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as stream:
            try:
                for part in parts:
                    stream.sendall(part)
                    time.sleep(wait)
                return stream.recv(65536)
            except (BrokenPipeError, ConnectionResetError):
                return b"closed"

    def test_bodies_and_headers_are_limited(self):
        self.serve()
        head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
        self.assertIn(b" 413 ", self.raw(head + b"Content-Length: 65537\r\n\r\n"))
        self.assertIn(b" 413 ", self.raw(head + b"Content-Length: 99999999999\r\n\r\n"))
        chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        self.assertIn(b" 413 ", self.raw(head + b"Transfer-Encoding: chunked\r\n\r\n",
                                         chunk * 3 + b"0\r\n\r\n"))
        self.raw(head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 60)
        self.assertRegex(self.raw(b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70000 + b"\r\n\r\n"),
                         rb" 4\d\d |closed|^$")
        for junk in (b"\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port)) as stream:
                stream.sendall(junk)
        self.assertEqual(self.ask("GET", "/livez").status, 200)

    def test_mutated_requests(self):
        """Nothing crashes, and nothing is done that was not asked for."""
        self.serve()
        random = Random(7)
        whole = [(f"DELETE {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token(sub='99')}\r\n\r\n"),
                 (f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  'Content-Length: 36\r\n\r\n{"username":"admin","password":"abc"}'),
                 (f"POST {CANCEL} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")]
        for i in range(300):
            data = mutated(random, whole[i % 3].encode())
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.2) as stream:
                try:
                    stream.sendall(data)
                    stream.shutdown(socket.SHUT_WR)
                    stream.recv(65536)
                except (ConnectionError, TimeoutError):
                    pass
        self.assertEqual(self.ask("GET", "/readyz").status, 200)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")

    def test_many_at_once(self):
        self.serve()
        statuses = []

        def work(sub):
            for _ in range(5):
                statuses.append(self.ask("DELETE", ME, token(sub=str(sub))).status)
                statuses.append(self.ask("GET", "/livez").status)
        threads = [threading.Thread(target=work, args=(i % 3 + 1,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((statuses.count(202), statuses.count(200)), (40, 40), statuses)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "3")

    def test_idle_and_slow_clients_stop_nobody(self):
        self.serve()
        idle = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(300)]
        for stream in idle[::2]:
            stream.sendall(b"POST " + LOGIN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.assertEqual(idle[0].recv(10), b"")  # after 10 seconds without a word
        for stream in idle:
            stream.close()
        self.assertEqual(self.ask("GET", "/readyz").status, 200)

    def away(self, away):
        if self.sqlite:
            names = [self.db.path, self.db.path + ".away"]
            os.rename(*(names if away else names[::-1]))
        else:
            psql(server_url("postgres"), f"ALTER DATABASE {self.db.database} ALLOW_CONNECTIONS"
                 f" {str(not away).lower()}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 f" WHERE datname = '{self.db.database}'")

    def test_the_database_is_away_for_a_while(self):
        self.serve()
        self.assertEqual(self.ask("GET", "/readyz").status, 200)
        self.away(True)
        self.wait_for_ready(503)
        self.problem(503, "GET", "/readyz")
        self.problem(503, "DELETE", ME, auth=token())
        self.assertEqual(self.ask("GET", "/livez").status, 200)
        self.away(False)
        self.wait_for_ready(200)
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)

    # ---- start and end ----

    def test_addresses(self):
        self.serve(listen="[::1]:0")
        self.assertIn(b"http://[::1]:", self.running.text["out"])
        self.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.project.config(SECTION + SERVE % (f"127.0.0.1:{taken.getsockname()[1]}", admin_hash()))
            self.assertIn("cannot listen", self.fails(1, "serve").err)
        self.project.config(SECTION + SERVE % ("0.0.0.0:0", admin_hash()))
        self.run_service()
        self.assertIn("nothing is encrypted", self.stop().err)

    def test_rung_itself_does_not_load_it(self):
        done = subprocess.run(["ldd", RUNG], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("microhttpd", done)
        self.assertNotIn("libcrypto", done)


    def test_it_ends_when_it_is_told(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                self.project.env["JWT_SECRET_KEY"] = SECRET
                self.project.config(SECTION + SERVE % ("127.0.0.1:0", admin_hash()))
                self.run_service()
                idle = socket.create_connection(("127.0.0.1", self.port))
                self.assertEqual(self.ask("GET", "/livez").status, 200)
                since = time.monotonic()
                ended = self.stop(number)
                idle.close()
                self.assertEqual(ended.code, 0, str(ended))
                self.assertLess(time.monotonic() - since, 5)
                with self.assertRaises(ConnectionError):
                    self.ask("GET", "/livez")

    def test_what_runs_is_answered_before_it_ends(self):
        self.serve()
        replies = []
        thread = threading.Thread(target=lambda: replies.append(
            self.ask("POST", LOGIN, body={"username": "admin", "password": PASSWORD})))
        thread.start()
        time.sleep(0.03)
        ended = self.stop()
        thread.join()
        self.assertEqual(ended.code, 0, str(ended))
        self.assertTrue(not replies or replies[0].status == 200)

    def test_settings_that_are_wrong(self):
        self.project.env["JWT_SECRET_KEY"] = SECRET
        good = SECTION + SERVE % ("127.0.0.1:0", admin_hash())
        for before, after, words in (
                ("  auth:", "  subject: nobody\n  auth:", "subject"),
                ("issuer: app, ", "", "issuer"),
                ("hs256_secret: \"${JWT_SECRET_KEY}\"", "hs256_secret: short", "32"),
                ("hs256_secret: \"${JWT_SECRET_KEY}\", ", "", "one of"),
                ("hs256_secret: \"${JWT_SECRET_KEY}\"", "public_key: none.pem", "none.pem"),
                ("${JWT_SECRET_KEY}", "${NOT_SET}", "NOT_SET"),
                (admin_hash(), "plain", "argon2id"),
                ("127.0.0.1:0", "nonsense", "ADDRESS:PORT"),
                ("  auth:", "  pool: { size: 0 }\n  auth:", "pool"),
                ("  auth:", "  admin_secret: \"${JWT_SECRET_KEY}\"\n  auth:", "admin_secret")):
            self.project.config(good.replace(before, after))
            result = self.fails(1 if words == "none.pem" else 2, "serve")
            self.assertIn(words, result.err, str(result))
        self.project.config(SECTION)
        self.assertIn("no section serve", self.fails(2, "serve").err)

    def test_the_url_stays_off_the_command_line(self):
        self.serve()
        self.stop()
        self.run_service("--url", self.db.url, "--config", "rung.yaml")
        with open(f"/proc/{self.running.process.pid}/cmdline", "rb") as file:
            self.assertEqual(file.read(), b"rung-serve\0--config\0rung.yaml\0")
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)

    def test_public_keys(self):
        for kind, words in (("RS256", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                            ("ES256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            with self.subTest(kind=kind):
                key, public = self.project.path("k.pem"), self.project.path("p.pem")
                subprocess.run(["openssl", "genpkey", "-out", key, *words], check=True,
                               capture_output=True)
                subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
                serve = (SERVE % ("127.0.0.1:0", admin_hash())).replace(
                    'hs256_secret: "${JWT_SECRET_KEY}"', "public_key: p.pem")
                if kind == "RS256":
                    self.start(SECTION + serve)
                self.run_service()
                self.problem(401, "DELETE", ME, auth=token(secret=self.project.read("p.pem")))
                self.problem(401, "DELETE", ME, auth=token())
                self.problem(404, "DELETE", ME, auth=self.signed(kind, key, "99"))
                self.assertEqual(self.ask("DELETE", ME, self.signed(kind, key, "1")).status, 202)
                self.stop()

    def signed(self, kind, key, sub):
        text = token(header={"alg": kind}, sub=sub).rsplit(".", 1)[0]
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(),
                              capture_output=True, check=True).stdout
        if kind == "ES256":  # DER: two numbers, to be 32 bytes each
            numbers, at = b"", 2
            for _ in range(2):
                length = done[at + 1]
                numbers += done[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
                at += 2 + length
            done = numbers
        return text + "." + encode(done)


if __name__ == "__main__":
    main()
