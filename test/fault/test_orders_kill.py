"""kill -9 of the service at every point of what is asked for with a key of idempotency: the client
asks again, has its answer, and it was done once.

    RUNG_FAULT_RUNS  points that are tried of each request (20), spread over all
"""
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from harness import main, on_each_engine, wait_until  # noqa: E402
from service import CANCEL, DELETE, ME, ServiceCase, token  # noqa: E402

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "20"))
SECRET = '  admin_secret: "0123456789abcdef0123456789abcdef-x"\n'
DONE = b'{"deleted":2,"message":"Permanently deleted 2 user(s) and all associated data"}'


@on_each_engine
class Kill(ServiceCase):
    def audit(self, action):
        return int(self.value("SELECT coalesce(sum(subjects), 0) FROM "
                              f"{self.names}audit WHERE action = '{action}'"))

    def end(self):
        """Whoever died has the lease for a minute: that minute is over."""
        self.running.process.kill()
        self.running.process.wait()
        for reader in self.running.readers:
            reader.join()
        self.db.execute(f"UPDATE {self.names}mark SET value = NULL WHERE name = 'purge'")

    def begin(self):
        self.serve(more=SECRET)
        self.admin = self.login()
        self.stop()

    def count_points(self, *request):
        path = self.project.path("count")
        self.run_service(env={"RUNG_FAULT_COUNT": path})
        self.assertIn(self.ask(*request).status, (200, 202))
        self.stop()
        return int(self.project.read("count"))

    def killed(self, point, method, path, auth, body=None):
        """The answer that the client has in the end, and whether the service died for it."""
        headers = {"Idempotency-Key": f'"{method} {path} {point}"'}
        if self.starts(point):
            try:
                self.ask(method, path, auth, body, headers)
            except OSError:
                pass
        died = self.running.process.poll() is not None or not self.lives()
        self.end()
        self.run_service()
        replies = []

        def again():
            replies.append(self.ask(method, path, auth, body, headers))
            return replies[-1].status not in (409, 503)
        wait_until(again, 60)
        again()
        self.stop()
        self.assertEqual(replies[-1].body, replies[-2].body, f"point {point}")
        return replies[-1], died

    def starts(self, point):
        """False: it died before it listened."""
        self.running = self.project.start("serve", env={"RUNG_FAULT_AT": str(point)})
        wait_until(lambda: b"\n" in self.running.text["out"] or
                   self.running.process.poll() is not None)
        listens = b"\n" in self.running.text["out"]
        if listens:
            self.port = int(re.search(rb":(\d+)\n", self.running.text["out"])[1])
        return listens

    def lives(self):
        try:
            return self.ask("GET", "/livez").status == 200
        except OSError:
            return False

    def at_every_point(self, points, work):
        self.assertGreater(points, 2)
        deaths = sum(work(point) for point in range(1, points + 1, max(1, points // RUNS)))
        self.assertGreater(deaths, 0)
        self.ok("audit", "verify")

    def test_a_request(self):
        self.begin()
        points = self.count_keyed("DELETE", ME)
        done = self.audit("request")

        def work(point):
            nonlocal done
            self.ok("erase", "cancel", "users:1")
            reply, died = self.killed(point, "DELETE", ME, token())
            done += 1
            self.assertEqual((reply.status, self.audit("request")), (202, done), f"point {point}")
            return died
        self.at_every_point(points, work)

    def test_a_request_that_is_taken_back(self):
        self.begin()
        self.ok("erase", "request", "users:1")
        points = self.count_keyed("POST", CANCEL)
        done = self.audit("cancel")

        def work(point):
            nonlocal done
            self.ok("erase", "request", "users:1")
            reply, died = self.killed(point, "POST", CANCEL, token())
            done += 1
            self.assertEqual((reply.status, self.audit("cancel")), (200, done), f"point {point}")
            return died
        self.at_every_point(points, work)

    def count_keyed(self, method, path):
        return self.count_points(method, path, token(), None, {"Idempotency-Key": "count"})

    def test_an_order(self):
        self.begin()
        self.db.execute("".join(f"INSERT INTO users (id, email) VALUES ({i}, 'u{i}@x.org');"
                                f"INSERT INTO posts VALUES ({i}, {i});" for i in range(100, 300)))
        points = self.count_points("POST", DELETE, self.admin, {"user_ids": [1, 2]},
                                   {"Idempotency-Key": "count"})
        users, done = self.count(), 2

        def work(point):
            nonlocal done
            first = 98 + done
            body = {"user_ids": [first, first + 1, 7, first]}
            reply, died = self.killed(point, "POST", DELETE, self.admin, body)
            done += 2
            self.assertEqual((reply.status, reply.body), (200, DONE), f"point {point}")
            self.assertEqual((self.count(), self.audit("order"), self.audit("request at once"),
                              self.audit("delete")), (users + 2 - done, done, done, done),
                             f"point {point}")
            return died
        self.at_every_point(points, work)


main()
