"""Orders of the service: each effect once, whatever is asked for again and whoever is killed."""
import contextlib
import hashlib
import http.client
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import threading
import time
from random import Random

from harness import clean_environment, main, on_each_engine, program, wait_until
from service import CANCEL, DELETE, ME, SECTION, Reply, ServiceCase, token

JOBS, EXPORT = "/api/v1/admin/jobs/", ME + "/export"
GONE = b'{"deleted":%d,"message":"Permanently deleted %d user(s) and all associated data"}'
KILLS = int(os.environ.get("RUNG_TEST_KILLS", "25"))


def key(text):
    return {"Idempotency-Key": f'"{text}"'}


@on_each_engine
class Orders(ServiceCase):
    def audit(self, action):
        return int(self.value("SELECT coalesce(sum(subjects), 0) FROM "
                              f"{self.names}audit WHERE action = '{action}'"))

    def users(self, first, last):
        self.db.execute("".join(f"INSERT INTO users (id, email) VALUES ({i}, 'u{i}@x.org');"
                                f"INSERT INTO posts VALUES ({i}, {i});" for i in range(first, last)))

    def erase(self, admin, ids, **headers):
        return self.ask("POST", DELETE, admin, {"user_ids": ids},
                        {name.replace("_", "-"): value for name, value in headers.items()})

    def done(self, path, auth, state="done"):
        """Waits for the job or export."""
        replies = []

        def look():
            replies.append(self.ask("GET", path, auth))
            return replies[-1].status != 200 or replies[-1].json()["state"] == state
        wait_until(look, 30)
        self.assertEqual(replies[-1].status, 200, str(replies[-1]))
        return replies[-1].json()

    def kill(self):
        self.running.process.kill()
        self.running.process.wait()
        for reader in self.running.readers:
            reader.join()

    # ---- orders ----

    def test_an_order_erases_its_own(self):
        self.serve()
        self.db.execute("INSERT INTO posts VALUES (1, 1), (2, 2)")
        self.ok("erase", "request", "users:3", "--now")
        reply = self.erase(self.login(), [1, "1", 99, "abc"])
        self.assertEqual((reply.status, reply.type, reply.body),
                         (200, "application/json", GONE % (1, 1)), str(reply))
        self.assertEqual((self.count(), self.count("posts")), (2, 1))
        self.assertEqual((self.audit("order"), self.audit("request at once")), (1, 2))
        self.assertEqual(self.db.query(f"SELECT state, total, done, ordered_by FROM"
                                       f" {self.names}work_order"), [("done", "1", "1", "admin")])
        self.ok("purge")
        self.assertEqual(self.count(), 1)
        self.ok("audit", "verify")

    def test_who_waits_is_erased_and_counts(self):
        """Asked before, claimed by a purge that died, or failed before: it is still there."""
        self.serve()
        self.ask("DELETE", ME, token())
        self.ok("erase", "request", "users:2")
        self.state(2, "purging")
        self.db.execute(f"UPDATE {self.names}erasure SET run = 'dead', problem = 'x' WHERE key = '2'")
        reply = self.erase(self.login(), [1, 2])
        self.assertEqual((reply.status, reply.body), (200, GONE % (2, 2)), str(reply))
        self.assertEqual(self.count(), 1)

    def test_a_held_account_changes_nothing(self):
        self.serve()
        self.db.execute("INSERT INTO posts VALUES (7, 2)")
        self.ok("hold", "add", "posts:7", "--reason", "case 7")
        admin = self.login()
        before = self.snapshot()
        for more in ({}, key("a"), key("a"), {"Prefer": "respond-async"}):
            reply = self.problem(409, "POST", DELETE, auth=admin, body={"user_ids": [1, 2, 3]},
                                 headers=more)
            self.assertEqual([item["user_id"] for item in reply.json()["held"]], ["2"])
            self.assertIn("case 7", reply.json()["held"][0]["reason"])
            self.assertEqual(self.snapshot(), before)
        self.ok("hold", "release", "1")
        reply = self.erase(admin, [1, 2, 3], **key("a"))  # nothing was stored for the key
        self.assertEqual((reply.status, reply.body), (200, GONE % (3, 3)), str(reply))

    def snapshot(self):
        if not self.sqlite:
            return self.db.everything()
        return [(name, self.db.query(f'SELECT * FROM "{name}"')) for (name,) in self.db.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]

    def test_orders_at_the_same_time(self):
        self.serve()
        self.users(10, 40)
        admin = self.login()
        replies, random = [], Random(5)
        lists = [random.sample(range(10, 40), 12) for _ in range(8)]

        def work(ids):
            reply = self.erase(admin, ids)
            replies.append((reply.status, ids, reply.headers["Location"],
                            reply.json().get("deleted")))
        threads = [threading.Thread(target=work, args=(ids,)) for ids in lists]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for status, ids, location, deleted in replies:
            self.assertIn(status, (200, 202), str(replies))
            if status == 202:  # it waited too long for the others
                deleted = self.done(location, admin)["deleted"]
            self.assertLessEqual(deleted, len(ids))
        named = {i for ids in lists for i in ids}
        self.assertEqual(self.count(), 3 + 30 - len(named))
        self.assertEqual(self.audit("request at once"), len(named))
        self.assertGreaterEqual(sum(int(done) for (done,) in self.db.query(
            f"SELECT done FROM {self.names}work_order")), len(named))
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure WHERE state ="
                                    " 'purged'"), str(len(named)))

    def test_an_order_behind_another_worker(self):
        """Somebody has the lease: the order is told as a job, and goes when the lease ends."""
        self.serve()
        admin = self.login()
        self.db.execute(f"INSERT INTO {self.names}mark (name, number, value, at) VALUES ('purge', 1,"
                        f" 'another', {self.now(3600)})")
        reply = self.erase(admin, [1, 2], **key("l"))
        self.assertEqual(reply.status, 202, str(reply))
        self.assertNotIn("Preference-Applied", reply.headers)
        again = self.erase(admin, [1, 2], **key("l"))
        self.assertEqual((again.status, again.body, again.headers["Location"]),
                         (202, reply.body, reply.headers["Location"]))
        self.assertEqual(self.ask("GET", reply.headers["Location"], admin).json()["state"], "queued")
        self.problem(409, "POST", CANCEL, auth=token())
        self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")
        self.assertEqual(self.done(reply.headers["Location"], admin)["deleted"], 2)

    def test_a_purge_completes_an_order(self):
        self.serve()
        admin = self.login()
        self.db.execute(f"INSERT INTO {self.names}mark (name, number, value, at) VALUES ('purge', 1,"
                        f" 'another', {self.now(3600)})")
        job = self.erase(admin, [1, 2, 98], Prefer="respond-async").headers["Location"]
        self.kill()
        self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")
        self.ok("purge")
        self.run_service()
        found = self.done(job, self.login())
        self.assertEqual((found["total"], found["deleted"]), (2, 2))
        self.assertIsNotNone(found["finished_at"])

    def test_rows_that_fail_are_told(self):
        self.serve()
        fail = ("CREATE TRIGGER stop BEFORE DELETE ON users WHEN old.id = 2 BEGIN SELECT"
                " RAISE(ABORT, 'secret detail'); END;" if self.sqlite else
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
                " 'secret detail'; END $$; CREATE TRIGGER stop BEFORE DELETE ON users FOR EACH ROW"
                " WHEN (old.id = 2) EXECUTE FUNCTION stop();")
        self.db.execute(fail)
        admin = self.login()
        reply = self.problem(500, "POST", DELETE, auth=admin, body={"user_ids": [1, 2]},
                             headers=key("f"))
        self.assertNotIn(b"secret", reply.body)
        self.assertEqual(self.count(), 2)
        self.db.execute("DROP TRIGGER stop" + (";" if self.sqlite else " ON users;"))
        self.db.execute(f"UPDATE {self.names}erasure SET retry_at = NULL")
        reply = self.erase(admin, [1, 2], **key("f"))  # goes on with the same order
        self.assertEqual((reply.status, reply.body), (200, GONE % (2, 2)), str(reply))
        self.assertEqual(self.count(f"{self.names}work_order"), 1)

    def test_orders_on_the_command_line(self):
        self.serve()
        admin = self.login()
        self.db.execute(f"INSERT INTO {self.names}mark (name, number, value, at) VALUES ('purge', 1,"
                        f" 'another', {self.now(3600)})")
        id = self.erase(admin, [1], Prefer="respond-async").json()["id"]
        self.stop()
        self.assertIn(id, self.ok("order", "list").out)
        self.assertEqual(self.rung("order", "run").code, 3)
        self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")
        self.assertIn("no order is open", self.ok("order", "run").out)
        found = self.ok("order", "show", id, "--json").json()
        self.assertEqual((found["state"], found["total"], found["done"], found["ordered_by"]),
                         ("done", 1, 1, "admin"))
        self.fails(2, "order", "show", "nonsense")
        self.fails(2, "order", "show", id, "--subject", "users:1")

    def test_tables_that_came_later(self):
        self.serve()
        self.db.execute("".join(f"DROP TABLE {self.names}{name};"
                                for name in ("answer", "work_order", "work_order_item")))
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.problem(500, "POST", CANCEL, auth=token(), headers=key("x"))
        self.problem(500, "POST", DELETE, auth=self.login(), body={"user_ids": [1]})
        self.ok("purge")
        self.ok("erase", "init")
        self.assertEqual(self.ask("POST", CANCEL, token(), headers=key("x")).status, 200)

    # ---- jobs ----

    def test_a_job(self):
        self.serve()
        admin = self.login()
        replies = [self.erase(admin, [1, 2, 99], Prefer=prefer, **key("j"))
                   for prefer in ("respond-async", "wait=10, Respond-Async; x", "respond-async")]
        for reply in replies:
            self.assertEqual((reply.status, reply.body, reply.headers["Preference-Applied"]),
                             (202, replies[0].body, "respond-async"), str(reply))
        path = replies[0].headers["Location"]
        self.assertEqual(path, JOBS + replies[0].json()["id"])
        found = self.done(path, admin)
        self.assertEqual((found["total"], found["deleted"], found["problems"], found["ordered_by"]),
                         (2, 2, [], "admin"))
        self.assertEqual(self.count(), 1)
        self.problem(404, "GET", JOBS + "nonsense", auth=admin)
        self.problem(404, "GET", JOBS + "x/y", auth=admin)
        self.problem(404, "GET", JOBS, auth=admin)
        self.problem(403, "GET", path, auth=token())
        self.problem(401, "GET", path)
        self.assertEqual(self.problem(405, "POST", path, auth=admin).headers["Allow"], "GET")

    def test_a_job_survives_the_service(self):
        self.serve()
        admin = self.login()
        self.db.execute(f"INSERT INTO {self.names}mark (name, number, value, at) VALUES ('purge', 1,"
                        f" 'another', {self.now(3600)})")
        path = self.erase(admin, [1, 3], Prefer="respond-async").headers["Location"]
        self.stop()
        self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")
        self.assertEqual(self.count(), 3)
        self.run_service()
        self.assertEqual(self.done(path, self.login())["deleted"], 2)
        self.assertEqual(self.count(), 1)

    def test_a_new_configuration_reaches_the_jobs(self):
        self.serve(section=SECTION + "  exports: before\n")
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace("before", "behind"))
        self.reload()
        for sub in "12":  # a round that was under way may still do the first one as it was
            path = self.ask("POST", EXPORT, token(sub=sub)).headers["Location"]
            self.done(path, token(sub=sub))
            self.assertEqual(self.ask("GET", path + "/download", token(sub=sub)).status, 200)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}export_history WHERE path"
                                    " LIKE '%/behind/%' AND id = 2"), "1")

    # ---- keys ----

    def test_a_repeat_has_the_same_answer(self):
        self.serve()
        first = self.ask("DELETE", ME, token(), headers=key("k 1"))
        self.assertEqual(first.status, 202, str(first))
        self.db.execute(f"UPDATE {self.names}erasure SET due_at = {self.now(86400 * 3)}")
        for header in ('"k 1"', '"k 1"'):
            again = self.ask("DELETE", ME, token(), headers={"Idempotency-Key": header})
            self.assertEqual((again.status, again.body, again.type), (202, first.body, first.type))
        self.assertNotEqual(self.ask("DELETE", ME, token()).body, first.body)
        cancel = self.ask("POST", CANCEL, token(), headers=key("k2"))
        self.assertEqual(cancel.status, 200)
        self.ask("DELETE", ME, token(), headers=key("k3"))
        for quoted in ('"k2"', "k2"):  # the second request is not taken back
            again = self.ask("POST", CANCEL, token(), headers={"Idempotency-Key": quoted})
            self.assertEqual((again.status, again.body), (200, cancel.body))
        self.assertIsNotNone(self.column(1))
        self.assertEqual((self.audit("request"), self.audit("cancel")), (2, 1))
        reply = self.erase(self.login(), [1, 2], **key("k 1"))
        again = self.erase(self.login(), [1, 2], **key("k 1"))
        self.assertEqual((again.status, again.body), (200, reply.body))
        self.assertEqual(self.ask("DELETE", ME, token(), headers=key("k 1")).body, first.body)

    def test_what_a_key_stands_for(self):
        self.serve()
        self.ask("DELETE", ME, token(), headers=key("a"))
        self.problem(422, "POST", CANCEL, auth=token(), headers=key("a"))
        self.problem(422, "POST", EXPORT, auth=token(), headers=key("a"))
        self.assertEqual(self.ask("DELETE", ME, token(sub="2"), headers=key("a")).status, 202)
        admin = self.login()
        self.assertEqual(self.erase(admin, [2], **key("a")).json()["deleted"], 1)
        self.problem(422, "POST", DELETE, auth=admin, body={"user_ids": [3]}, headers=key("a"))
        self.assertEqual(self.count(), 2)
        stored = json.dumps(self.db.query(f"SELECT * FROM {self.names}answer"))
        self.assertNotRegex(stored, r'"a"|users|admin')

    def test_keys_that_are_none(self):
        self.serve()
        for wrong in ("", '"', '""', '"a', 'a b', 'a"b', '"a"b"', "a, b", "x" * 256, '"%s"' % ("x" * 256),
                      '"a\\b"', "ü".encode(), b"a\tb"):
            self.problem(400, "DELETE", ME, auth=token(), headers={"Idempotency-Key": wrong})
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")
        for right in ('"x"', "8e03978e-40d5-43dd-bc93-6894a57f9324", '"%s"' % ("y" * 255),
                      '"a \\"quoted\\" key \\\\"'):
            self.assertEqual(self.ask("DELETE", ME, token(), headers={"Idempotency-Key": right})
                             .status, 202)
        self.assertEqual(self.count(f"{self.names}answer"), 4)

    def test_errors_are_not_stored(self):
        self.serve()
        self.problem(404, "POST", CANCEL, auth=token(), headers=key("a"))
        self.problem(404, "DELETE", ME, auth=token(sub="99"), headers=key("a"))
        self.problem(422, "POST", DELETE, auth=self.login(), body={}, headers=key("a"))
        self.assertEqual(self.count(f"{self.names}answer"), 0)
        self.ask("DELETE", ME, token())
        self.assertEqual(self.ask("POST", CANCEL, token(), headers=key("a")).status, 200)

    def test_answers_are_kept_for_a_day(self):
        self.serve()
        for sub in "123":
            self.ask("DELETE", ME, token(sub=sub), headers=key("a"))
        self.db.execute(f"UPDATE {self.names}answer SET created_at = {self.now(-86300)}")
        self.assertEqual(self.ask("DELETE", ME, token(), headers=key("a")).status, 202)
        self.problem(422, "POST", CANCEL, auth=token(), headers=key("a"))
        self.db.execute(f"UPDATE {self.names}answer SET created_at = {self.now(-86401)}")
        self.assertEqual(self.ask("POST", CANCEL, token(), headers=key("a")).status, 200)
        self.assertEqual(self.count(f"{self.names}answer"), 1)
        self.erase(self.login(), [3], **key("b"))
        self.db.execute(f"UPDATE {self.names}answer SET created_at = {self.now(-86401)};"
                        f"UPDATE {self.names}work_order SET finished_at = {self.now(-86401)}")
        self.ok("purge")
        for table in ("answer", "work_order", "work_order_item"):
            self.assertEqual(self.count(self.names + table), 0)

    def test_a_key_that_is_required(self):
        self.serve(more="  require_idempotency_key: true\n")
        admin = self.login()
        self.problem(400, "POST", DELETE, auth=admin, body={"user_ids": [1]})
        self.assertEqual(self.count(), 3)
        self.assertEqual(self.erase(admin, [1], **key("a")).status, 200)
        self.assertEqual(self.ask("DELETE", ME, token(sub="2")).status, 202)

    def test_the_same_key_at_the_same_time(self):
        self.serve()
        self.users(10, 30)
        admin = self.login()
        replies = []

        def work():
            replies.append(self.erase(admin, list(range(10, 30)), **key("a")))
        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual({reply.status for reply in replies}, {200, 409},
                             [str(reply) for reply in replies])
        for reply in replies:
            if reply.status == 200:
                self.assertEqual(reply.body, GONE % (20, 20))
            else:
                self.assertEqual(reply.headers["Retry-After"], "1")
        self.assertIn(200, [reply.status for reply in replies])
        self.assertEqual((self.audit("order"), self.count(f"{self.names}work_order")), (20, 1))

    def second(self):
        """Another process of the service, on the same database."""
        ports, first = [self.port], self.running
        self.run_service()
        self.addCleanup(first.end)
        self.addCleanup(first.process.terminate)
        return ports + [self.port]

    def test_two_services_and_one_key(self):
        self.serve(more='  admin_secret: "0123456789abcdef0123456789abcdef-x"\n')
        self.users(10, 20)
        admin, ports = self.login(), self.second()

        def both(method, path, auth, name, body=None):
            """The answers of eight requests with one key, four to each."""
            replies = []

            def work(port):
                headers = key(name) | {"Authorization": "Bearer " + auth,
                                       "Content-Type": "application/json"}
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request(method, path, json.dumps(body) if body else None, headers)
                replies.append(Reply(connection.getresponse()))
                connection.close()
            threads = [threading.Thread(target=work, args=(ports[i % 2],)) for i in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            good = {(reply.status, reply.body) for reply in replies if reply.status != 409}
            self.assertEqual(len(good), 1, [str(reply) for reply in replies])
            return good.pop()
        for i in range(6):
            self.assertEqual(both("DELETE", ME, token(), f"d{i}")[0], 202)
            self.assertEqual(both("POST", CANCEL, token(), f"c{i}")[0], 200)
        self.assertEqual((self.audit("request"), self.audit("cancel")), (6, 6))
        for i in range(10, 20, 2):
            self.assertEqual(both("POST", DELETE, admin, f"e{i}", {"user_ids": [i, i + 1]}),
                             (200, GONE % (2, 2)))
        self.assertEqual((self.audit("order"), self.audit("delete"), self.count()), (10, 10, 3))

    def test_a_key_under_way(self):
        """The first one waits for a lock of somebody else."""
        self.serve()
        replies = []
        with self.locked_user():
            threads = [threading.Thread(target=lambda: replies.append(
                self.ask("DELETE", ME, token(), headers=key("a")))) for _ in range(2)]
            for thread in threads:
                thread.start()
            wait_until(lambda: replies)
        for thread in threads:
            thread.join()
        self.assertEqual([reply.status for reply in replies], [409, 202])
        self.assertEqual(replies[0].headers["Retry-After"], "1")
        self.assertEqual(self.ask("DELETE", ME, token(), headers=key("a")).body, replies[1].body)
        self.assertEqual(self.audit("request"), 1)

    def locked_user(self):
        @contextlib.contextmanager
        def sqlite():
            connection = sqlite3.connect(self.db.path, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")
                connection.close()

        @contextlib.contextmanager
        def postgresql():
            client = subprocess.Popen([program("psql"), "-X", "-q", "-d", self.db.url],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      env=clean_environment("/"), text=True)
            client.stdin.write("BEGIN; SELECT id FROM users FOR UPDATE;\n\\echo locked\n")
            client.stdin.flush()
            while client.stdout.readline() != "locked\n":
                pass
            try:
                yield
            finally:
                client.communicate("ROLLBACK;\n")
        return sqlite() if self.sqlite else postgresql()

    # ---- exports ----

    def test_an_export(self):
        self.serve(more="")
        self.db.execute("INSERT INTO posts VALUES (1, 1), (2, 2)")
        first = self.ask("POST", EXPORT, token(), headers=key("e"))
        self.assertEqual((first.status, first.type), (202, "application/json"), str(first))
        path = first.headers["Location"]
        self.assertEqual(path, ME + "/exports/" + first.json()["id"])
        found = self.done(path, token())
        reply = self.ask("GET", path + "/download", token())
        self.assertEqual((reply.status, reply.type, reply.headers["Content-Disposition"]),
                         (200, "application/x-tar", 'attachment; filename="export.tar"'))
        self.assertEqual((len(reply.body), hashlib.sha256(reply.body).hexdigest()),
                         (found["size"], found["sha256"]))
        self.assertIn("manifest.json", " ".join(tarfile.open(fileobj=io.BytesIO(reply.body)).getnames()))
        head = self.ask("HEAD", path + "/download", token())
        self.assertEqual((head.status, int(head.headers["Content-Length"])), (200, found["size"]))
        again = self.ask("POST", EXPORT, token(), headers=key("e"))
        self.assertEqual((again.status, again.body, again.headers["Location"]),
                         (202, first.body, path))
        self.assertEqual(self.count(f"{self.names}export_history"), 1)
        for other in (token(sub="2"), token(sub="99"), token(sub="abc")):
            self.problem(404, "GET", path, auth=other)
            self.problem(404, "GET", path + "/download", auth=other)
        self.problem(404, "GET", JOBS + first.json()["id"], auth=self.login())
        for wrong in ("/exports/x", "/exports/..", "/exports/%2e%2e/download", "/exports//download",
                      "/exports/" + "a" * 65):
            self.problem(404, "GET", ME + wrong, auth=token())
        self.problem(404, "POST", EXPORT, auth=token(sub="99"))
        stored = str(self.db.query(f"SELECT key, ordered_by FROM {self.names}work_order"))
        self.assertIn("None", stored)

    def test_exports_that_are_over(self):
        self.serve()
        path = self.ask("POST", EXPORT, token()).headers["Location"]
        self.done(path, token())
        archive = self.value(f"SELECT path FROM {self.names}export_history")
        os.rename(archive, archive + ".away")
        self.problem(410, "GET", path + "/download", auth=token())
        os.symlink("/etc/passwd", archive)
        self.problem(410, "GET", path + "/download", auth=token())
        os.unlink(archive)
        os.rename(archive + ".away", archive)
        self.db.execute(f"UPDATE {self.names}export_history SET expires_at = {self.now(-1)}")
        self.ok("export", "--expire")
        self.assertEqual(self.ask("GET", path, token()).json()["state"], "expired")
        self.problem(410, "GET", path + "/download", auth=token())

    def test_exports_are_limited(self):
        self.serve(section=SECTION + "  exports_a_day: 2\n")
        for _ in range(2):
            self.done(self.ask("POST", EXPORT, token()).headers["Location"], token())
        reply = self.problem(429, "POST", EXPORT, auth=token())
        self.assertIn(int(reply.headers["Retry-After"]), range(86000, 86401))
        self.assertEqual(self.ask("POST", EXPORT, token(sub="2")).status, 202)
        self.db.execute(f"UPDATE {self.names}work_order SET created_at = {self.now(-86401)}")
        self.assertEqual(self.ask("POST", EXPORT, token()).status, 202)

    def test_one_export_at_a_time_survives(self):
        self.serve(section=SECTION + "  exports: nowhere/sub\n")
        self.project.write("nowhere", "a file, so no archive can be made")
        first = self.ask("POST", EXPORT, token())
        for _ in range(5):
            self.assertEqual(self.ask("POST", EXPORT, token()).body, first.body)
        path = first.headers["Location"]
        self.problem(409, "GET", path + "/download", auth=token())
        self.kill()
        os.unlink(self.project.path("nowhere"))
        os.mkdir(self.project.path("nowhere"))
        self.run_service()
        self.done(path, token())
        self.assertEqual(self.count(f"{self.names}work_order"), 1)

    def test_an_export_of_somebody_who_went(self):
        self.serve(section=SECTION + "  exports: nowhere/sub\n")
        self.project.write("nowhere", "")
        path = self.ask("POST", EXPORT, token()).headers["Location"]
        self.stop()
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        os.unlink(self.project.path("nowhere"))
        os.mkdir(self.project.path("nowhere"))
        self.run_service()
        self.done(path, token(), "failed")
        self.problem(409, "GET", path + "/download", auth=token())

    # ---- kills ----

    def retry(self, *request, headers):
        """As a client does: the same request until there is an answer."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                reply = self.ask(*request, headers=headers)
            except OSError:
                time.sleep(0.02)
                continue
            except Exception:  # half an answer
                continue
            if reply.status not in (409, 503):
                return reply
            time.sleep(0.02)
        raise AssertionError(f"no answer to {request}")

    def user_work(self, sub, stop, counts, failures):
        """Requests and takes back; each with a key of its own."""
        number = 0
        while not stop.is_set():
            for method, path, status in (("DELETE", ME, 202), ("POST", CANCEL, 200)):
                number += 1
                reply = self.retry(method, path, token(sub=str(sub)),
                                   headers=key(f"{sub}-{number}"))
                counts[method] += 1
                if reply.status != status:
                    failures.append(f"{sub} {number} {reply}")
                    return

    def admin_work(self, admin, ids, stop, counts, failures):
        while ids and not stop.is_set():
            two = [ids.pop(), ids.pop()]
            reply = self.retry("POST", DELETE, admin, {"user_ids": two}, headers=key(f"a{two[0]}"))
            counts["erased"] += 2
            if (reply.status, reply.body) != (200, GONE % (2, 2)):
                failures.append(f"{two} {reply}")

    def test_killed_again_and_again(self):
        self.serve(more='  admin_secret: "0123456789abcdef0123456789abcdef-x"\n')
        self.users(100, 700)
        admin, stop, failures, random = self.login(), threading.Event(), [], Random(11)
        counts = {"DELETE": 0, "POST": 0, "erased": 0}
        threads = [threading.Thread(target=self.user_work, args=(i, stop, counts, failures))
                   for i in (1, 2)]
        threads.append(threading.Thread(target=self.admin_work, args=(
            admin, list(range(100, 700)), stop, counts, failures)))
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            time.sleep(random.uniform(0.0, 0.3))
            self.kill()
            # whoever died has the lease for a minute: that minute is over
            self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")
            self.run_service()
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual((self.audit("request"), self.audit("cancel")),
                         (counts["DELETE"], counts["POST"]))
        self.assertEqual((self.audit("order"), self.audit("request at once"), self.audit("delete")),
                         (counts["erased"],) * 3)
        self.assertEqual(self.count(), 3 + 600 - counts["erased"])
        self.assertGreater(counts["erased"], 0)
        self.ok("audit", "verify")


if __name__ == "__main__":
    main()
