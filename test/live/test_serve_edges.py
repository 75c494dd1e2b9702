"""The service at its edges: certificates, sets of keys, new configurations, clients that are slow,
many or wrong, and the service manager."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import resource
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from random import Random

from harness import RUNG, main, on_each_engine
from contract import make, spoil
from service import (CANCEL, DELETE, LOGIN, LOGOUT, ME, PASSWORD, SECRET, SECTION, SERVE,
                     ServiceCase, admin_hash, encode, mutated, token)

HS256 = 'hs256_secret: "${JWT_SECRET_KEY}"'
# of "correct horse", made by python3's crypt
BCRYPT = "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *words], input=data, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


class Files:
    """Keys and certificates, made once."""
    made = None

    @classmethod
    def get(cls):
        if not cls.made:
            cls.made = cls()
        return cls.made

    def __init__(self):
        self.holder = tempfile.TemporaryDirectory(prefix="rung-live-")
        self.certificate("ca", "/CN=root", None, "basicConstraints=critical,CA:TRUE")
        for name, days in (("one", "10"), ("two", "10"), ("old", "-1")):
            self.certificate(name, "/CN=" + name, "ca", "subjectAltName=IP:127.0.0.1", days)
        self.certificate("client", "/CN=client", "ca", "extendedKeyUsage=clientAuth")
        self.certificate("stranger", "/CN=stranger", None, "extendedKeyUsage=clientAuth")
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out",
                self.path("rsa.key"))

    def path(self, name):
        return os.path.join(self.holder.name, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def certificate(self, name, subject, signer, extension, days="10"):
        key, request, made = (self.path(name + end) for end in (".key", ".csr", ".pem"))
        extensions = self.path(name + ".ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(extension + "\n")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        by = ["-CA", self.path(signer + ".pem"), "-CAkey", self.path(signer + ".key"),
              "-CAcreateserial"] if signer else ["-signkey", key]
        openssl("x509", "-req", "-in", request, *by, "-days", days, "-extfile", extensions,
                "-out", made)


@on_each_engine
class ServeTls(ServiceCase):
    def begin(self, name="one", more="", extra=""):
        """Starts with the certificate, on TLS."""
        files = Files.get()
        for file in (name + ".pem", name + ".key", "ca.pem"):
            self.project.write(file, files.read(file))
        self.install(name)
        self.serve(more="  tls: { certificate: tls.pem, key: tls.key" + more + " }\n" + extra)

    def install(self, name):
        for end in (".pem", ".key"):
            self.project.write("tls" + end, Files.get().read(name + end))

    def context(self, client=None):
        context = ssl.create_default_context(cafile=Files.get().path("ca.pem"))
        if client:
            context.load_cert_chain(Files.get().path(client + ".pem"),
                                    Files.get().path(client + ".key"))
        return context

    def open(self, **more):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30,
                                           context=self.context(**more))

    def subject(self, connection):
        found = connection.sock.getpeercert()["subject"]
        return dict(pair[0] for pair in found)["commonName"]

    def get(self, connection, path="/livez"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response

    def test_it_speaks_tls(self):
        self.begin()
        connection = self.open()
        self.assertEqual(self.get(connection).status, 200)
        self.assertEqual(self.get(connection).status, 200)
        self.assertIn(connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
        connection.request("DELETE", ME, headers={"Authorization": "Bearer " + token()})
        response = connection.getresponse()
        self.assertEqual((response.status, json.loads(response.read())["days_remaining"]), (202, 30))
        connection.close()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as stream:
            stream.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"200 OK", stream.recv(4096))
        self.assertIn(b"listening on https://", self.running.text["out"])
        self.assertEqual(self.stop().code, 0)

    def test_old_versions_are_refused(self):
        self.begin()
        for version, works in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True),
                               (ssl.TLSVersion.TLSv1_3, True)):
            context = self.context()
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as stream:
                try:
                    context.wrap_socket(stream, server_hostname="127.0.0.1").close()
                    worked = True
                except OSError:
                    worked = False
            self.assertEqual(worked, works, version)

    def test_a_new_certificate_drops_nobody(self):
        self.begin()
        old = self.open()
        self.assertEqual((self.get(old).status, self.subject(old)), (200, "one"))
        self.install("two")
        self.reload()
        new = self.open()
        self.assertEqual((self.get(new).status, self.subject(new)), (200, "two"))
        response = self.get(old)
        self.assertEqual((response.status, response.headers["Connection"]), (200, "close"))
        for file in ("two.key", "stranger.pem"):  # what is of no use changes nothing
            self.project.write("tls.pem", Files.get().read("stranger.pem"))
            self.reload("stays as it was")
            self.assertEqual(self.get(new).status, 200, file)
        again = self.open()
        self.assertEqual((self.get(again).status, self.subject(again)), (200, "two"))
        for connection in (old, new, again):
            connection.close()
        self.project.write("rung.yaml", re.sub("  tls: .*\n", "", self.project.read("rung.yaml")))
        self.reload()
        self.assertEqual(self.ask("GET", "/livez").status, 200)
        self.assertEqual(self.stop().code, 0)

    def test_new_certificates_under_load(self):
        self.begin()
        counts = []

        def work():
            count = 0
            while not counts:
                connection = self.open()
                for _ in range(3):
                    response = self.get(connection)
                    assert response.status == 200, response.status
                    count += 1
                    if response.headers["Connection"] == "close":
                        break
                connection.close()
            return count
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            runs = [threads.submit(work) for _ in range(4)]
            for i in range(10):
                self.install(("two", "one")[i % 2])
                self.reload()
            counts.append(0)
            self.assertGreater(min(run.result() for run in runs), 0)
        self.assertEqual(self.stop().code, 0)

    def test_clients_need_a_certificate(self):
        self.begin(more=", client_ca: ca.pem")
        right = self.open(client="client")
        self.assertEqual(self.get(right).status, 200)
        right.close()
        for wrong in (None, "stranger"):
            connection = self.open(client=wrong)
            try:
                self.assertEqual(self.get(connection).status, 403, wrong)
            except OSError:  # a client may not like to send one that nobody asked for
                self.assertEqual(wrong, "stranger")
            connection.close()

    def test_certificates_that_are_of_no_use(self):
        files = Files.get()
        self.project.env["JWT_SECRET_KEY"] = SECRET
        for name in ("one", "two", "ca"):
            for end in (".pem", ".key"):
                self.project.write(name + end, files.read(name + end))
        self.project.write("sealed.key", openssl("pkey", "-in", files.path("one.key"), "-aes128",
                                                 "-passout", "pass:x").decode())
        self.project.write("empty.pem", "")
        for tls, words, code in (
                ("certificate: none.pem, key: one.key", "none.pem", 1),
                ("certificate: one.pem, key: none.key", "none.key", 1),
                ("certificate: one.pem", "both", 2), ("key: one.key", "both", 2),
                ("client_ca: ca.pem", "both", 2),
                ("certificate: one.pem, key: two.key", "is not the key of", 2),
                ("certificate: empty.pem, key: one.key", "empty.pem has no certificate", 2),
                ("certificate: one.key, key: one.key", "one.key has no certificate", 2),
                ("certificate: one.pem, key: one.pem", "no private key", 2),
                ("certificate: one.pem, key: sealed.key", "password", 2),
                ("certificate: one.pem, key: one.key, client_ca: one.key", "no certificate", 2)):
            self.project.config(SECTION + SERVE % ("127.0.0.1:0", admin_hash()) +
                                "  tls: { " + tls + " }\n")
            self.assertIn(words, self.fails(code, "serve").err, tls)

    def test_warnings(self):
        self.begin("old")
        self.assertTrue(self.running.wait_for("has expired"))
        os.chmod(self.project.path("tls.key"), 0o644)
        self.install("one")
        self.reload()
        self.assertTrue(self.running.wait_for("everybody on this machine can read"))
        self.stop()
        self.project.config(SECTION + SERVE % ("0.0.0.0:0", admin_hash()) +
                            "  tls: { certificate: tls.pem, key: tls.key }\n")
        self.run_service()
        self.assertNotIn("nothing is encrypted", self.stop().err)


@on_each_engine
class ServeKeys(ServiceCase):
    """serve.auth.jwks"""

    def numbers(self, name):
        """n and e, or x and y."""
        path = Files.get().path(name)
        text = openssl("pkey", "-in", path, "-noout", "-text").decode()
        if "modulus" in text:
            part = re.search(r"modulus:\s+([0-9a-f:\s]+)", text)[1]
            number = bytes.fromhex(re.sub(r"[:\s]", "", part)).lstrip(b"\0")
            return {"kty": "RSA", "n": encode(number), "e": "AQAB"}
        part = re.search(r"pub:\s+([0-9a-f:\s]+)", text)[1]
        point = bytes.fromhex(re.sub(r"[:\s]", "", part))
        return {"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])}

    def keys(self):
        return [self.numbers("rsa.key") | {"kid": "r", "alg": "RS256", "use": "sig"},
                self.numbers("one.key") | {"kid": "e"},
                {"kty": "oct", "kid": "h", "k": encode(SECRET.encode())},
                {"kty": "RSA", "use": "enc", "kid": "x", "n": "AQAB", "e": "AQAB"}]

    def write(self, *keys):
        self.project.write("keys.json", json.dumps({"keys": keys}))
        os.chmod(self.project.path("keys.json"), 0o600)

    def begin(self):
        self.write(*self.keys())
        self.serve(extra="")
        self.stop()
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(
            HS256, "jwks: keys.json"))
        self.run_service()

    def signed(self, kid, algorithm, name, sub="1", **header):
        text = token(header={"alg": algorithm, "kid": kid} | header, sub=sub).rsplit(".", 1)[0]
        done = openssl("dgst", "-sha256", "-sign", Files.get().path(name), data=text.encode())
        if algorithm == "ES256":  # DER: two numbers, to be 32 bytes each
            numbers, at = b"", 2
            for _ in range(2):
                length = done[at + 1]
                numbers += done[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
                at += 2 + length
            done = numbers
        return text + "." + encode(done)

    def test_each_key_is_believed_for_its_algorithm(self):
        self.begin()
        for right in (self.signed("r", "RS256", "rsa.key"), self.signed("e", "ES256", "one.key"),
                      token(header={"alg": "HS256", "kid": "h"})):
            self.assertEqual(self.ask("DELETE", ME, right).status, 202)
        public = openssl("pkey", "-in", Files.get().path("rsa.key"), "-pubout").decode()
        for wrong in (token(), token(header={"alg": "HS256", "kid": "none"}),
                      token(header={"alg": "HS256", "kid": "r"}),
                      token(header={"alg": "RS256", "kid": "h"}),
                      token(header={"alg": "HS256", "kid": ["h"]}),
                      token(header={"alg": "HS256", "kid": None}),
                      token(header={"alg": "HS256", "kid": "x"}),
                      token(header={"alg": "none", "kid": "h"}),
                      token(secret=public, header={"alg": "HS256", "kid": "r"}),
                      self.signed("e", "ES256", "two.key"), self.signed("r", "ES256", "one.key"),
                      self.signed("e", "RS256", "rsa.key"), self.signed("h", "RS256", "rsa.key"),
                      self.signed("e", "ES256", "one.key", jwk=self.numbers("one.key"))):
            self.problem(401, "DELETE", ME, auth=wrong)

    def test_keys_are_changed_while_it_runs(self):
        self.begin()
        right = token(header={"alg": "HS256", "kid": "h"})
        self.write(*self.keys()[:2])
        self.assertEqual(self.ask("DELETE", ME, right).status, 202)
        self.reload()
        self.problem(401, "DELETE", ME, auth=right)
        self.assertEqual(self.ask("DELETE", ME, self.signed("r", "RS256", "rsa.key")).status, 202)
        self.project.write("keys.json", '{"keys": [')
        self.reload("stays as it was")
        self.assertIn(b"keys.json", self.running.text["err"])
        self.assertEqual(self.ask("DELETE", ME, self.signed("r", "RS256", "rsa.key")).status, 202)

    def test_sets_that_are_refused(self):
        self.begin()
        self.stop()
        rsa, curve, secret = self.keys()[:3]
        for keys, words in (
                ([], "keys"), ([rsa, rsa], "kid of another"), ([rsa | {"d": "AQAB"}], "private"),
                ([curve | {"d": "AQAB"}], "private"), ([rsa | {"alg": "PS256"}], "algorithm"),
                ([rsa | {"alg": "HS256"}], "algorithm"), ([curve | {"crv": "P-384"}], "none that"),
                ([curve | {"y": curve["x"]}], "none that"), ([rsa | {"n": "AQAB"}], "none that"),
                ([rsa | {"e": "AA"}], "none that"), ([rsa | {"e": "AQ"}], "none that"),
                ([secret | {"k": encode(b"short")}], "short"), ([secret | {"k": "!"}], "no k"),
                ([secret | {"kty": "OKP"}], "kty"), ([{"kty": "RSA"}], "kid"), ([7], "object"),
                ([rsa | {"use": "enc"}], "no key for signatures")):
            self.write(*keys)
            self.assertIn(words, self.fails(2, "serve").err, str(keys))
        self.write(secret)
        os.chmod(self.project.path("keys.json"), 0o604)
        self.assertIn("everybody can read", self.fails(2, "serve").err)
        self.project.write("keys.json", '{"keys":[],"keys":[]}')
        self.assertIn("keys.json", self.fails(1, "serve").err)


@on_each_engine
class ServeSettings(ServiceCase):
    """SIGHUP, tokens that end early, passwords, limits."""

    def change(self, before, after):
        text = self.project.read("rung.yaml")
        self.assertIn(before, text)
        self.project.write("rung.yaml", text.replace(before, after))

    def test_a_new_configuration(self):
        self.serve()
        admin = self.login()
        self.change("audience: rung", "audience: other")
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.reload()
        self.problem(401, "DELETE", ME, auth=token())
        self.assertEqual(self.ask("DELETE", ME, token(aud="other")).status, 202)
        self.assertEqual(self.ask("POST", DELETE, admin, {"user_ids": [99]}).status, 200)
        self.change("audience: other", "audiense: other")
        self.reload("stays as it was")
        self.assertRegex(self.running.text["err"], rb"at .*rung\.yaml:\d+\n")
        self.assertEqual(self.ask("DELETE", ME, token(aud="other")).status, 202)
        self.change("audiense: other", "audience: third")
        self.change("127.0.0.1:0", "127.0.0.2:0")
        self.reload()
        self.assertIn(b"serve.listen is taken up by a restart", self.running.text["err"])
        self.assertEqual(self.ask("DELETE", ME, token(aud="third")).status, 202)
        self.change("    admin:", "    boss:")
        self.reload()
        self.problem(401, "POST", DELETE, auth=admin, body={"user_ids": [1]})
        self.assertEqual(self.stop().code, 0)

    def test_secrets_come_from_the_file_again(self):
        self.project.env.pop("JWT_SECRET_KEY", None)
        self.project.write(".env", f"JWT_SECRET_KEY={SECRET}\n")
        self.start(SECTION + SERVE % ("127.0.0.1:0", admin_hash()))
        self.run_service()
        self.assertEqual(self.ask("GET", ME + "/deletion", token()).status, 404)
        self.project.write(".env", f"JWT_SECRET_KEY={SECRET[::-1]}\n")
        self.reload()
        self.problem(401, "GET", ME + "/deletion", auth=token())
        self.assertEqual(self.ask("GET", ME + "/deletion", token(SECRET[::-1])).status, 404)

    def test_reloads_under_load(self):
        self.serve()
        done = []

        def work(sub):
            statuses = set()
            while not done:
                statuses.add(self.ask("DELETE", ME, token(sub=sub)).status)
            return statuses
        with concurrent.futures.ThreadPoolExecutor(3) as threads:
            runs = [threads.submit(work, str(i + 1)) for i in range(3)]
            for _ in range(10):
                self.reload()
            done.append(True)
            self.assertEqual([run.result() for run in runs], [{202}] * 3)
        self.assertEqual(self.stop().code, 0)

    def test_tokens_that_were_issued_earlier(self):
        self.serve()
        now = int(time.time())
        self.assertEqual(self.ask("DELETE", ME, token(iat=now - 100)).status, 202)
        self.change("issuer: app", "issuer: app, not_before: " + json.dumps(
            time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 50))))
        self.reload()
        for wrong in (token(iat=now - 100), token(), token(iat=now - 51), token(iat="x")):
            self.problem(401, "DELETE", ME, auth=wrong)
        self.assertEqual(self.ask("DELETE", ME, token(iat=now - 50)).status, 202)
        self.change("not_before: \"2", "not_before: \"x2")
        self.reload("stays as it was")

    def test_signing_out(self):
        self.serve()
        first, second = self.login(), self.login()
        self.assertEqual(self.ask("POST", DELETE, second, {"user_ids": [99]}).status, 200)
        reply = self.ask("POST", LOGOUT, first)
        self.assertEqual((reply.status, list(reply.json())), (200, ["message"]))
        for old in (first, second):
            self.problem(401, "POST", DELETE, auth=old, body={"user_ids": [1]})
            self.problem(401, "POST", LOGOUT, auth=old)
        self.reload()
        self.problem(401, "POST", LOGOUT, auth=first)
        self.assertEqual(self.ask("POST", DELETE, self.login(), {"user_ids": [99]}).status, 200)
        self.problem(403, "POST", LOGOUT, auth=token())
        self.assertEqual(self.count(), 3)

    def test_bcrypt(self):
        self.serve(more=f"    clerk: \"{BCRYPT}\"\n    other: \"{BCRYPT.replace('$2b$', '$2y$')}\"\n")
        for name in ("clerk", "other", "admin"):
            reply = self.ask("POST", LOGIN, body={"username": name, "password": PASSWORD})
            self.assertEqual(reply.status, 200, f"{name} {reply}")
            self.problem(401, "POST", LOGIN, body={"username": name, "password": PASSWORD + "x"})
        self.problem(401, "POST", LOGIN, body={"username": "clerk", "password": "x" * 100})
        self.stop()
        for wrong in (BCRYPT.replace("$2b$", "$2a$"), BCRYPT[:-1], BCRYPT + ".",
                      BCRYPT.replace("$10$", "$09$"), BCRYPT.replace("$10$", "$16$"),
                      BCRYPT.replace("$10$", "$1x$"), BCRYPT[:-1] + "!", "$2b$", "$1$x$y"):
            self.change(BCRYPT, wrong)
            self.assertIn("no argon2id hash, nor one of bcrypt", self.fails(2, "serve").err, wrong)
            self.change(wrong, BCRYPT)

    def test_rates(self):
        self.serve(more="  limits: { subject_rate: 1, subject_burst: 3 }\n")
        statuses = [self.ask("GET", ME + "/deletion", token()).status for _ in range(8)]
        self.assertEqual(statuses[:3], [404] * 3)
        self.assertIn(429, statuses)
        reply = self.ask("GET", ME + "/deletion", token(sub="2"))
        self.assertEqual(reply.status, 404)
        self.change("subject_rate: 1, subject_burst: 3", "address_rate: 1, address_burst: 3")
        self.reload()
        replies = [self.ask("GET", "/livez") for _ in range(8)]
        self.assertEqual([reply.status for reply in replies[:3]], [200] * 3)
        busy = [reply for reply in replies if reply.status == 429]
        self.assertTrue(busy)
        self.assertEqual(busy[0].headers["Retry-After"], "1")
        self.change("address_rate: 1", "address_rate: 0")
        self.reload()
        self.assertEqual({self.ask("GET", "/livez").status for _ in range(20)}, {200})

    def test_clients_behind_a_proxy(self):
        limits = "  limits: { address_rate: 1, address_burst: 1 }\n"
        self.serve(more=limits)
        ask = lambda name: self.ask("GET", "/livez", headers={"X-Forwarded-For": name}).status
        self.assertEqual([ask(f"192.0.2.{i}") for i in range(3)].count(200), 1)
        self.change(limits, limits + "  trusted_proxies: [127.0.0.0/8, \"::1\", 10.1.0.0/16]\n")
        self.reload()
        time.sleep(1.1)
        self.assertEqual([ask(f"192.0.3.{i}") for i in range(5)], [200] * 5)
        # what the client wrote itself stands on the left; proxies that are trusted are passed
        same = [ask(f"198.51.100.{i}, 192.0.4.1, 10.1.2.3") for i in range(5)]
        self.assertEqual((same[0], same.count(200)), (200, same.count(200)))
        self.assertIn(429, same)
        wide = [ask(f"2001:db8:1:2::{i}") for i in range(5)]
        self.assertIn(429, wide)
        self.change("10.1.0.0/16", "10.1.0.0/33")
        self.reload("stays as it was")


@on_each_engine
class ServeClients(ServiceCase):
    """Clients that are slow, many, half gone, or send what is no HTTP."""

    def connect(self, data=b"", timeout=60):
        stream = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        self.addCleanup(stream.close)
        if data:
            stream.sendall(data)
        return stream

    def drain(self, stream):
        """What comes until the other end closes."""
        data = b""
        try:
            while more := stream.recv(65536):
                data += more
        except ConnectionError:
            pass
        return data

    def test_requests_that_trickle_in(self):
        self.serve(more="  limits: { request_time: 2s }\n")
        head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode()
        streams = [self.connect(), self.connect(b"GET /livez HTTP/1.1\r\n"), self.connect(head)]
        since = time.monotonic()
        for stream in streams:
            stream.setblocking(False)
        ended = set()
        while len(ended) < len(streams) and time.monotonic() - since < 60:
            for stream in streams:
                try:
                    stream.send(b"a")
                    if stream.recv(100) == b"":
                        ended.add(stream)
                except BlockingIOError:
                    pass
                except ConnectionError:
                    ended.add(stream)
            time.sleep(0.2)
        self.assertEqual(len(ended), len(streams))
        self.assertGreater(time.monotonic() - since, 1.5)
        self.assertEqual(self.ask("GET", "/livez").status, 200)

    def test_requests_one_after_the_other_are_not_late(self):
        self.serve(more="  limits: { request_time: 2s }\n")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for _ in range(9):
            connection.request("GET", "/livez")
            response = connection.getresponse()
            self.assertEqual((response.status, response.read()), (200, b'{"status":"live"}'))
            sock = connection.sock
            time.sleep(0.5)
        self.assertIs(connection.sock, sock)
        connection.close()

    def test_clients_that_have_gone(self):
        self.serve()
        whole = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
        stream = self.connect(whole)
        stream.shutdown(socket.SHUT_WR)
        self.assertIn(b'{"status":"live"}', self.drain(stream))
        since = time.monotonic()
        for data in (whole[:-2], b"", whole[:3],
                     f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{{".encode()):
            stream = self.connect(data)
            stream.shutdown(socket.SHUT_WR)
            self.assertNotIn(b" 200 ", self.drain(stream))
        self.assertLess(time.monotonic() - since, 30)

    def test_five_thousand_idle_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 5000
        self.assertGreaterEqual(hard, wanted + 500)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.serve()
        streams = [self.connect() for _ in range(wanted)]
        since = time.monotonic()
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.assertLess(time.monotonic() - since, 5)
        for stream in streams:
            stream.close()
        self.assertEqual(self.ask("GET", "/readyz").status, 200)

    def test_more_connections_than_there_may_be(self):
        self.serve(more="  limits: { connections: 100 }\n")
        streams = [self.connect() for _ in range(300)]
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)
        self.assertEqual(self.drain(streams[0]), b"")  # the oldest made room
        self.assertEqual(self.ask("DELETE", ME, token()).status, 202)

    def check_replies(self, data, request):
        """Zero or more answers of HTTP/1.1, each one whole; their statuses."""
        statuses = []
        while data:
            head, blank, data = data.partition(b"\r\n\r\n")
            found = re.match(rb"HTTP/1\.[01] (\d{3}) [^\r\n]+(\r\n[!-9;-~]+: [^\r\n]*)*$", head)
            self.assertTrue(blank and found, f"{head!r} for {request!r}")
            status = int(found[1])
            if status == 100:
                continue
            statuses.append(status)
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            if not length:
                self.assertNotIn(b"chunked", head.lower())
                break
            if b"Content-Type" not in head:  # the library's own, after which it closes
                self.assertTrue(status >= 400 and b"\r\nConnection: close" in head, head)
                break
            body, data = data[:int(length[1])], data[int(length[1]):]
            if b"application/problem+json" in head and body:
                problem = json.loads(body)
                self.assertEqual((problem["status"], problem["type"]), (status, "about:blank"))
            elif not body and data == b"":
                break  # HEAD
        return statuses

    def test_mutated_requests(self):
        """5,000 an engine. Nothing crashes, nothing is done that was not asked for, every answer is
        HTTP."""
        self.serve()
        wholes = [
            f"DELETE {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token(sub='99')}\r\n\r\n",
            f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            'Content-Length: 35\r\n\r\n{"username":"nobody","password":""}',
            f"POST {CANCEL} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n\r\nGET /openapi.json HTTP/1.1\r\n"
            "Host: x\r\nConnection: close\r\n\r\n",
            f"POST {DELETE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            'Authorization: Bearer a.b.c\r\nContent-Length: 16\r\n\r\n{"user_ids":[1]}']

        def work(seed):
            random, seen = Random(seed * 2 + self.sqlite), set()
            for i in range(313):
                request = mutated(random, wholes[i % len(wholes)].encode())
                with socket.create_connection(("127.0.0.1", self.port), timeout=60) as stream:
                    try:
                        stream.sendall(request)
                        stream.shutdown(socket.SHUT_WR)
                    except ConnectionError:
                        pass
                    seen.update(self.check_replies(self.drain(stream), request))
            return seen
        with concurrent.futures.ThreadPoolExecutor(16) as threads:
            seen = set().union(*threads.map(work, range(16)))
        self.assertFalse({status for status in seen if status >= 500 and status != 505}, seen)
        self.assertTrue({200, 400, 401, 404, 405} <= seen, seen)
        self.assertEqual(self.ask("GET", "/readyz").status, 200)
        self.assertEqual(self.count(), 3)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")

    def test_mutated_tokens(self):
        """5,000 an engine. None is believed that is not the same token."""
        self.serve()
        right = token(sub="1")

        def work(seed):
            random = Random(seed * 2 + self.sqlite)
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for _ in range(1250):
                wrong = re.sub(rb"[^!-~]", b"A", mutated(random, right.encode()))
                if wrong == right.encode():
                    continue
                connection.request("DELETE", ME, headers={b"Authorization": b"Bearer " + wrong})
                response = connection.getresponse()
                body = response.read()
                assert response.status == 401, (response.status, wrong)
                assert json.loads(body)["status"] == 401
            connection.close()
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            list(threads.map(work, range(4)))
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")
        self.assertEqual(self.ask("DELETE", ME, right).status, 202)


@on_each_engine
class ServeContract(ServiceCase):
    """/openapi.json: requests are made from it, and answers compared with it."""

    def auths(self, admin):
        """Whom each role is, and whom not."""
        return {"user": [token(sub="7"), token(sub="1"), admin, None, token(sub="2") + "x"],
                "admin": [admin, token(), None, "a.b.c"], None: [None, token(), "x"]}

    def test_requests_made_from_the_description(self):
        self.serve()
        random, seen, count = Random(11), set(), 0
        contract, admin = self.contract(), self.login()
        for method, path, operation in reversed(list(contract.operations())):  # users first
            role = next((name for names in operation.get("security", []) for name in names), None)
            schema = operation.get("requestBody", {}).get("content", {}).get(
                "application/json", {}).get("schema")
            if path == LOGOUT:
                continue  # its token is needed
            for i in range(60):
                auth = random.choice(self.auths(admin)[role][:1 if i % 2 else None])
                body = make(random, schema) if schema else None
                if body is not None and i % 3 == 0:
                    body = spoil(random, body)
                headers = {"Content-Type": random.choice(["application/json", "text/plain"])
                           if i % 10 == 0 else "application/json"} if body is not None else {}
                if i % 7 == 0:
                    headers |= {"Prefer": "x", "Accept": "text/html", "X-Request-Id": "r" + str(i)}
                asked = method if i % 15 else random.choice(["GET", "POST", "PUT", "DELETE", "HEAD"])
                reply = self.ask(asked, path, auth, json.dumps(body) if schema else None, headers)
                self.assertNotEqual(reply.status, 500, f"{asked} {path} {body}")
                if schema and reply.status in (200, 202):  # it was right
                    contract.validate(body, schema)
                seen.add((path, reply.status))
                count += 1
        self.assertGreater(count, 400)
        for pair in ((ME, 202), (ME, 404), (ME, 401), (ME, 403), (LOGIN, 401), (LOGIN, 422),
                     (LOGIN, 415), (LOGIN, 429), (DELETE, 200), (DELETE, 422), ("/livez", 200),
                     ("/livez", 405)):
            self.assertIn(pair, seen)


@on_each_engine
class ServeManager(ServiceCase):
    """What systemd hears, and gives."""

    def receive(self, stream, words):
        """Datagrams until one has the words."""
        seen = []
        while not seen or words not in seen[-1]:
            seen.append(stream.recv(4096).decode())
        return seen

    def test_it_tells_the_service_manager(self):
        for kind in ("path", "abstract"):
            with self.subTest(kind=kind), \
                    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stream:
                name = (self.project.path("notify") if kind == "path"
                        else f"@rung-test-{os.getpid()}")
                stream.bind(name if kind == "path" else "\0" + name[1:])
                stream.settimeout(60)
                env = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000"}
                if kind == "path":
                    self.project.env["JWT_SECRET_KEY"] = SECRET
                    self.start(SECTION + SERVE % ("127.0.0.1:0", admin_hash()))
                self.run_service(env=env)
                self.assertEqual(self.receive(stream, "READY=1"), ["READY=1\nSTATUS=serving"])
                self.receive(stream, "WATCHDOG=1")
                self.running.process.send_signal(signal.SIGHUP)
                found = self.receive(stream, "RELOADING=1")[-1]
                self.assertRegex(found, r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
                told = int(found.rpartition("=")[2]) / 1e6
                self.assertLess(abs(told - time.clock_gettime(time.CLOCK_MONOTONIC)), 60)
                self.receive(stream, "READY=1")
                self.running.process.send_signal(signal.SIGTERM)
                self.receive(stream, "STOPPING=1")
                self.assertEqual(self.running.end().code, 0)

    def test_a_socket_that_is_given(self):
        self.project.env["JWT_SECRET_KEY"] = SECRET
        self.start(SECTION + SERVE % ("127.0.0.1:1", admin_hash()))
        script = ("import os, sys\nos.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')\n"
                  "os.execv(sys.argv[1], sys.argv[1:])")
        with socket.create_server(("127.0.0.1", 0)) as given:
            self.port = given.getsockname()[1]
            program = os.path.join(os.path.dirname(os.path.realpath(RUNG)), "rung-serve")
            with open(self.project.path("out"), "wb") as out:
                fd = os.dup2(given.fileno(), 3) if given.fileno() != 3 else 3
                os.set_inheritable(3, True)
                process = subprocess.Popen(["python3", "-c", script, program], pass_fds=[3],
                                           cwd=self.project.folder, stdout=out, stderr=out,
                                           env=self.project.env)
                if fd != given.fileno():
                    os.close(3)
            self.assertEqual(self.ask("GET", "/livez").status, 200)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 0)
            with socket.create_connection(("127.0.0.1", self.port)):  # it is still there
                pass
        self.assertIn(f"listening on http://127.0.0.1:{self.port}", self.project.read("out"))


if __name__ == "__main__":
    main()
