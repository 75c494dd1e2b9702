"""What the tests of the service share: one that runs, and its clients."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import subprocess
import time

import lifecycle
from contract import Contract
from harness import RUNG, Running
from lifecycle import LifeCase

SECTION = lifecycle.SECTION + "  relations: { posts.user_id: cascade }\n"
SECRET = "fedcba9876543210fedcba9876543210"
PASSWORD = "correct horse"
SERVE = """serve:
  listen: "%s"
  auth: { hs256_secret: "${JWT_SECRET_KEY}", issuer: app, audience: rung }
  admins:
    admin: "%s"
"""
POSTS = {
    "sqlite": "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES"
              " users (id) ON DELETE CASCADE);",
    "postgresql": "CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES"
                  " users (id) ON DELETE CASCADE);",
}
ME, CANCEL = "/api/v1/users/me", "/api/v1/users/me/cancel-deletion"
LOGIN, LOGOUT = "/api/v1/auth/admin/login", "/api/v1/auth/admin/logout"
DELETE = "/api/v1/admin/users/delete-permanently"
hashes, contracts = [], []


def admin_hash():
    if not hashes:
        done = subprocess.run([os.path.join(os.path.dirname(os.path.realpath(RUNG)), "rung-serve"),
                               "--hash-password"], input=PASSWORD + "\n", text=True,
                              capture_output=True, check=True)
        hashes.append(done.stdout.strip())
    return hashes[0]


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret=SECRET, header=None, **claims):
    body = {"iss": "app", "aud": "rung", "sub": "1", "exp": int(time.time()) + 600} | claims
    text = ".".join(encode(json.dumps(part).encode())
                    for part in (header or {"alg": "HS256", "typ": "JWT"}, body))
    return text + "." + encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def mutated(random, data):
    """The bytes with one to six places changed."""
    data = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(data))
        how = random.randrange(5)
        if how == 0:
            data[at] = random.randrange(256)
        elif how == 1:
            del data[at:at + random.randint(1, 20)]
        elif how == 2:
            data[at:at] = data[random.randrange(len(data)):][:30]
        elif how == 3:
            data[at] ^= 1 << random.randrange(8)
        else:
            data[at:at] = random.choice([b"\r\n", b"\0", b"%00", b"\xff", b": ", b"0" * 50])
        data = data or bytearray(b"x")
    return bytes(data)


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        self.type = response.headers["Content-Type"]

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {dict(self.headers)} {self.body!r}"


class ServiceCase(LifeCase):
    def serve(self, listen="127.0.0.1:0", section=SECTION, extra="", init=True, more=""):
        self.project.env["JWT_SECRET_KEY"] = SECRET
        self.start(section + SERVE % (listen, admin_hash()) + more,
                   extra=POSTS[self.db.name] + extra, init=init)
        self.run_service()

    def run_service(self, *words, env=None):
        under = os.environ.get("RUNG_SERVE_UNDER")  # valgrind and its options
        if under:
            program = os.path.join(os.path.dirname(os.path.realpath(RUNG)), "rung-serve")
            self.running = Running(under.split() + [program, *words], self.project.folder,
                                   self.project.env | (env or {}))
        else:
            self.running = self.project.start("serve", *words, env=env)
        self.addCleanup(self.stop)
        if not self.running.wait_for("\n", "out", 120 if under else 20):
            self.fail(str(self.running.end()))
        self.port = int(re.search(rb"^listening on https?://.*:(\d+)\n",
                                  self.running.text["out"])[1])

    def stop(self, number=signal.SIGTERM):
        if self.running.process.poll() is None:
            self.running.process.send_signal(number)
        return self.running.end()

    def ask(self, method, path, auth=None, body=None, headers=()):
        connection = self.connection()
        headers = dict(headers)
        if auth:
            headers["Authorization"] = "Bearer " + auth
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, headers)
            reply = Reply(connection.getresponse())
        finally:
            connection.close()
        if self.running and not self.metrics:
            self.contract().check(method, path, reply)
        return reply

    def contract(self):
        """Every answer is compared with the description; that is the same for all."""
        if not contracts:
            connection = self.connection()
            connection.request("GET", "/openapi.json")
            contracts.append(Contract(json.loads(connection.getresponse().read())))
            connection.close()
        return contracts[0]

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def setUp(self):
        super().setUp()
        self.running, self.metrics = None, False  # metrics: the port is serve.metrics_listen

    def problem(self, status, *request, **more):
        """An error, with all that RFC 9457 and we promise."""
        reply = self.ask(*request, **more)
        log = self.running.text["err"].decode()
        self.assertEqual((reply.status, reply.type), (status, "application/problem+json"),
                         f"{reply}\n{log}")
        problem = reply.json()
        self.assertEqual((problem["type"], problem["status"], problem["request_id"]),
                         ("about:blank", status, reply.headers["X-Request-Id"]))
        self.assertTrue(problem["title"] and problem["detail"])
        return reply

    def login(self):
        reply = self.ask("POST", LOGIN, body={"username": "admin", "password": PASSWORD})
        self.assertEqual(reply.status, 200, str(reply))
        return reply.json()["access_token"]

    def reload(self, words="was read again"):
        """SIGHUP, and what the service says to it."""
        before = self.running.text["err"].count(words.encode())
        self.running.process.send_signal(signal.SIGHUP)
        with self.running.changed:
            done = self.running.changed.wait_for(
                lambda: self.running.text["err"].count(words.encode()) > before, 60)
        self.assertTrue(done, self.running.text["err"].decode())

    def count(self, table="users"):
        return int(self.value(f"SELECT count(*) FROM {table}"))
