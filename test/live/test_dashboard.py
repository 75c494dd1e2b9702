"""The pages for admins, without a browser: who gets in, what forms may do, and that nothing that a
database holds becomes markup. test/browser/ looks at them as a user does."""
import hashlib
import hmac
import html.parser
import http.client
import json
import re
import signal
import time
import urllib.parse

from harness import main, on_each_engine
from lifecycle import SECTION as LIFE
from service import LOGIN, LOGOUT, PASSWORD, Reply, ServiceCase, encode

ADMIN_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SECTION = LIFE + """  relations: { posts.user_id: cascade }
  retention:
    sessions: { keep: 30d, age: created_at }
  holds:
    '<i>paid': { table: users, when: "id > 1000", reason: "<script>alert(2)</script>" }
"""
SESSIONS = {
    "sqlite": "CREATE TABLE sessions (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL);",
    "postgresql": "CREATE TABLE sessions (id bigint PRIMARY KEY, created_at timestamptz NOT NULL);",
}
PAGES = ["/", "/revisions", "/erasures", "/erasures?state=all", "/erasures/cancel?subject=users&key=1",
         "/holds", "/holds?all=1", "/retention", "/retention?preview=1", "/schedule", "/audit", "/keys"]
FORMS = ["/erasures/cancel", "/holds/add", "/holds/release", "/audit/check", "/signout"]
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          " form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
HOSTILE = "<script>alert(1)</script>\"'&amp;<img src=x onerror=alert(1)>"


class Markup(html.parser.HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.words += data


def session_token(seconds=600, role="dashboard:mine:1", since=0, **claims):
    now = int(time.time())
    body = {"iss": "rung", "aud": "rung-admin", "sub": "admin", "role": role,
            "exp": now + seconds} | claims
    text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, body))
    return text + "." + encode(hmac.new(ADMIN_SECRET.encode(), text.encode(), hashlib.sha256).digest())


class DashboardCase(ServiceCase):
    section = SECTION

    def serve(self, section=SECTION, extra="", more="", **rest):
        super().serve(section=section, extra=SESSIONS[self.db.name] + extra,
                      more=f"  admin_secret: {ADMIN_SECRET}\n" + more, **rest)
        self.cookie = "rung=" + session_token()

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        return connection

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, cookie="", headers=()):
        headers = dict(headers)
        cookie = self.cookie if cookie == "" else cookie
        if cookie:
            headers["Cookie"] = cookie
        if body is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            body = body if isinstance(body, str) else urllib.parse.urlencode(body)
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def page(self, path, status=200, **more):
        reply = self.ask("GET", path, **more)
        self.assertEqual((reply.status, reply.type), (status, "text/html; charset=utf-8"),
                         f"{path}: {reply}\n{self.running.text['err'].decode()}")
        return reply.body.decode()

    def key(self, cookie=""):
        return re.search(r'name="form_key" value="(\w+)"', self.page("/holds", cookie=cookie))[1]

    def send(self, path, fields=(), key=None, headers=None, cookie=""):
        """A form as a browser sends it."""
        fields = dict(fields) | {"form_key": key or self.key()}
        return self.ask("POST", path, fields, cookie=cookie, headers=headers or {"Origin": self.origin})

    def sign_in(self, name="admin", password=PASSWORD, next="/", headers=None, **more):
        return self.ask("POST", "/signin", {"name": name, "password": password, "next": next},
                        cookie=None, headers=headers or {"Origin": self.origin}, **more)

    def goes_to(self, reply, path):
        self.assertEqual((reply.status, reply.headers["Location"]), (303, path), str(reply))

    def actors(self, action):
        return [r["actor"] for r in self.ok("audit", "log", "--json").json()["records"]
                if r["action"] == action]

@on_each_engine
class Dashboard(DashboardCase):
    # ---- who gets in ----

    def test_nobody_sees_a_page_without_a_session(self):
        self.serve()
        for path in PAGES:
            place = path.split("?")[0]
            self.goes_to(self.ask("GET", path, cookie=None),
                         "/signin" + ("?next=" + urllib.parse.quote(place, safe="") if place != "/" else ""))
        for path in FORMS:
            self.goes_to(self.send(path, {"id": 1}, key="x", cookie=None), "/signin")
        self.assertEqual(self.ask("GET", "/events", cookie=None).status, 401)
        self.assertEqual(self.ask("GET", "/holds/add").status, 405)
        self.assertEqual(self.ask("GET", "/erasures/").status, 404)

    def test_cookies_that_are_no_session(self):
        self.serve()
        right = session_token()
        for wrong in ("x", right[:-2], session_token(seconds=-1), session_token(role="admin"),
                      session_token(aud="rung"), session_token(role=None)):
            self.assertEqual(self.ask("GET", "/", cookie="rung=" + wrong).status, 303, wrong)
        for cookie in ("other=1; rung=" + right, "rung=" + right + "; b=2", "xrung=1;rung=" + right):
            self.page("/", cookie=cookie)
        for cookie in ("xrung=" + right, "rung", "__Host-rung=" + right, "Rung=" + right):
            self.assertEqual(self.ask("GET", "/", cookie=cookie).status, 303, cookie)

    def test_a_session_is_no_token_and_a_token_no_session(self):
        self.serve()
        reply = self.ask("POST", "/api/v1/admin/users/delete-permanently", "{}", cookie=None, headers={
            "Authorization": "Bearer " + session_token(), "Content-Type": "application/json"})
        self.assertEqual(reply.status, 403, str(reply))
        reply = self.ask("POST", LOGIN, json.dumps(
            {"username": "admin", "password": PASSWORD}), cookie=None,
            headers={"Content-Type": "application/json"})
        self.assertEqual(self.ask("GET", "/", cookie="rung=" + reply.json()["access_token"]).status, 303)

    def test_signing_in_and_out(self):
        self.serve()
        self.assertIn('action="/signin"', self.page("/signin", cookie=None))
        reply = self.sign_in()
        self.goes_to(reply, "/")
        self.assertRegex(reply.headers["Set-Cookie"],
                         r"^rung=[\w-]+\.[\w-]+\.[\w-]+; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict$")
        cookie = reply.headers["Set-Cookie"].split(";")[0]
        self.assertIn("Signed in as <b>admin</b>", self.page("/", cookie=cookie))
        self.goes_to(self.ask("GET", "/signin", cookie=cookie), "/")
        reply = self.send("/signout", key=self.key(cookie), cookie=cookie)
        self.goes_to(reply, "/signin")
        self.assertIn("rung=; Path=/; Max-Age=0", reply.headers["Set-Cookie"])
        self.assertEqual(self.ask("GET", "/", cookie=cookie).status, 303)
        self.assertNotIn(PASSWORD, self.stop().err)

    def test_behind_tls_the_cookie_is_bound_to_the_host(self):
        self.serve()
        reply = self.sign_in(headers={"Origin": self.origin, "X-Forwarded-Proto": "https"})
        self.assertRegex(reply.headers["Set-Cookie"],
                         r"^__Host-rung=\S+; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict; Secure$")
        cookie = reply.headers["Set-Cookie"].split(";")[0]
        self.page("/", cookie=cookie, headers={"X-Forwarded-Proto": "https"})
        self.assertEqual(self.ask("GET", "/", headers={"X-Forwarded-Proto": "https"}).status, 303)

    def test_a_session_is_renewed_but_not_for_ever(self):
        self.serve()
        now = int(time.time())
        reply = self.ask("GET", "/", cookie="rung=" + session_token(60, f"dashboard:a:{now - 60}"))
        self.assertIn("Max-Age=1800", reply.headers["Set-Cookie"])
        self.assertIsNone(self.ask("GET", "/", cookie="rung=" + session_token(
            1800, f"dashboard:a:{now}")).headers["Set-Cookie"])
        old = now - 8 * 3600 + 100
        reply = self.ask("GET", "/", cookie="rung=" + session_token(30, f"dashboard:a:{old}"))
        self.assertRegex(reply.headers["Set-Cookie"], r"Max-Age=(9\d|100);")

    def test_attempts_are_limited(self):
        self.serve()
        for _ in range(5):
            self.assertEqual(self.sign_in(password="wrong <b>").status, 401)
        reply = self.sign_in()
        self.assertEqual((reply.status, reply.type), (429, "text/html; charset=utf-8"))
        self.assertIn(int(reply.headers["Retry-After"]), range(1, 61))
        login = self.ask("POST", LOGIN, json.dumps(
            {"username": "admin", "password": PASSWORD}), cookie=None,
            headers={"Content-Type": "application/json"})
        self.assertEqual(login.status, 429)  # they share them

    def test_signing_in_leads_to_our_own_pages_alone(self):
        self.serve()
        for next, path in (("/holds", "/holds"), ("https://example.org/", "/"), ("//example.org", "/"),
                           ("/events", "/"), ("/signout", "/"), ("javascript:alert(1)", "/"), ("", "/")):
            query = "?next=" + urllib.parse.quote(next, safe="")
            self.assertIn(f'name="next" value="{path}"', self.page("/signin" + query, cookie=None))
        self.goes_to(self.sign_in(next="/holds"), "/holds")
        self.goes_to(self.sign_in(next="//example.org"), "/")
        page = self.page("/signin?next=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", cookie=None)
        self.assertNotIn("<script>", page)
        reply = self.sign_in(name='"><b>x', password="wrong")
        self.assertIn('value="&quot;&gt;&lt;b&gt;x"', reply.body.decode())

    # ---- forms ----

    def everything(self):
        return [self.value(f"SELECT count(*) FROM {self.names}{t}") for t in ("audit", "hold", "erasure")]

    def test_forms_of_others_are_refused(self):
        self.serve()
        self.ok("erase", "request", "users:1")
        self.ok("hold", "add", "users:2", "--reason", "r")
        fields = {"subject": "users", "key": "1", "id": "1", "table": "users", "reason": "r"}
        before, key = self.everything(), self.key()
        other = self.key("rung=" + session_token(role="dashboard:other:1"))
        own = {"Origin": self.origin}
        for path in FORMS:
            for wrong in (
                    {"key": "0" * 64}, {"key": other}, {"key": key[:-1]}, {"headers": {"X": "y"}},
                    {"headers": {"Origin": "https://example.org"}}, {"headers": {"Origin": "null"}},
                    {"headers": own | {"Sec-Fetch-Site": "cross-site"}},
                    {"headers": own | {"Sec-Fetch-Site": "same-site"}},
                    {"headers": own | {"Sec-Fetch-Site": "none"}},
                    {"headers": {"Origin": f"http://localhost:{self.port}"}}):
                reply = self.send(path, fields, **({"key": key} | wrong))
                self.assertEqual(reply.status, 403, f"{path} {wrong} {reply}")
                self.assertIn("text/html", reply.type)
            reply = self.ask("POST", path, fields, headers=own)
            self.assertEqual(reply.status, 403, str(reply))
            reply = self.ask("POST", path + "?form_key=" + key, fields, headers=own)
            self.assertEqual(reply.status, 403, "the key counts in the body alone")
            reply = self.ask("POST", path, json.dumps(fields | {"form_key": key}),
                             headers=own | {"Content-Type": "application/json"})
            self.assertEqual(reply.status, 415, str(reply))
        self.assertEqual(self.sign_in(headers={"Origin": "https://example.org"}).status, 403)
        self.assertEqual(self.everything(), before)
        reply = self.send("/audit/check", headers={"Sec-Fetch-Site": "same-origin"})
        self.goes_to(reply, "/audit")

    def test_an_erasure_is_cancelled(self):
        self.serve()
        self.ok("erase", "request", "users:1")
        self.assertIn('href="/erasures/cancel?subject=users&amp;key=1"', self.page("/erasures"))
        self.assertIn("<code>1</code>", self.page("/erasures/cancel?subject=users&key=1"))
        self.goes_to(self.send("/erasures/cancel", {"subject": "users", "key": "1"}),
                     "/erasures?done=cancelled")
        self.assertIn("The request was cancelled", self.page("/erasures?done=cancelled"))
        self.assertIsNone(self.column(1))
        self.assertRegex(self.actors("cancel")[0], r"^admin by \S+@")
        reply = self.send("/erasures/cancel", {"subject": "users", "key": "1"})
        self.assertEqual(reply.status, 409)
        self.assertIn("It was not cancelled", reply.body.decode())
        self.ok("audit", "verify")

    def test_a_row_is_held_and_released(self):
        self.serve()
        self.ok("erase", "request", "users:2")
        self.assertRegex(self.page("/erasures"), r'/holds\?table=(public\.)?users&amp;key=2#add')
        self.goes_to(self.send("/holds/add", {"table": "users", "key": "2", "reason": HOSTILE,
                                              "expires": "90d"}), "/holds?done=held")
        self.assertEqual(self.value(f"SELECT reason FROM {self.names}hold"), HOSTILE)
        self.assertRegex(self.value(f"SELECT added_by FROM {self.names}hold"), "^admin by ")
        self.assertRegex(self.actors("hold add")[0], "^admin by ")
        page = Markup(self.page("/erasures"))
        self.assertIn("hold 1: " + HOSTILE, page.words)
        self.assertIn("Release the hold on users 2", page.words)
        self.goes_to(self.send("/holds/release", {"id": "1"}), "/holds?done=released")
        self.assertRegex(self.value(f"SELECT released_by FROM {self.names}hold"), "^admin by ")
        self.assertRegex(self.actors("hold release")[0], "^admin by ")
        self.assertNotIn("Release hold", self.page("/holds?all=1"))
        self.ok("audit", "verify")

    def test_holds_that_are_refused_keep_what_was_typed(self):
        self.serve()
        for fields, words in (({"table": "users", "key": "99", "reason": "r"}, "no row"),
                              ({"table": "nowhere", "key": "1", "reason": "r"}, "nowhere"),
                              ({"table": "users", "key": "1", "reason": ""}, "reason"),
                              ({"table": "users", "key": "1", "reason": "r", "expires": "<b>"}, "expires"),
                              ({}, "not held")):
            reply = self.send("/holds/add", fields)
            self.assertEqual(reply.status, 409, str(reply))
            page = Markup(reply.body.decode())
            self.assertIn(words, page.words)
            values = {a.get("name"): a.get("value") for tag, a in page.tags if tag == "input"}
            self.assertEqual(values["key"], fields.get("key", ""))
        for id in ("99", "abc", "", "1; DROP TABLE users"):
            self.assertEqual(self.send("/holds/release", {"id": id}).status, 409)
        for body in ("table=%00&key=1&reason=r", "table=%zz&key=%", "&&&=&table", "table"):
            self.assertEqual(self.ask("POST", "/holds/add", body + "&form_key=" + self.key(),
                                      headers={"Origin": self.origin}).status, 409, body)

    def test_tables_with_any_name(self):
        odd = 'odd:"t<b>\'é'
        quoted = '"' + odd.replace('"', '""') + '"'
        self.serve(extra=f"CREATE TABLE {quoted} (a integer, b varchar(20), user_id bigint REFERENCES users"
                   f" (id) ON DELETE CASCADE, PRIMARY KEY (a, b));",
                   section=SECTION.replace("posts.user_id: cascade", "posts.user_id: cascade, "
                                           + "'" + quoted.replace("'", "''") + ".user_id': cascade"))
        self.db.execute(f"INSERT INTO {quoted} VALUES (1, 'x,\"y<', 1)")
        self.goes_to(self.send("/holds/add", {"table": odd, "key": '1,"x,""y<"', "reason": "r"}),
                     "/holds?done=held")
        for path in PAGES:
            self.assertNotIn("t<b>", self.page(path), path)
        self.assertIn(odd, Markup(self.page("/holds")).words)
        self.assertIn(odd, Markup(self.page("/keys")).words)

    # ---- pages ----

    def test_each_page_is_well_formed_and_keeps_to_the_policy(self):
        self.serve()
        self.project.revision("r1", "CREATE TABLE r1 (id integer);", message=HOSTILE)
        self.project.revision("r2", "CREATE TABLE r2 (id integer);", message="second")
        self.ok("upgrade", "r1")
        self.db.execute("INSERT INTO users (id, email) VALUES (1001, 'x')")
        for key in (1, 2, 3):
            self.ok("erase", "request", f"users:{key}")
        self.ok("hold", "add", "users:1", "--reason", HOSTILE)
        self.db.execute(f"UPDATE {self.names}erasure SET problem = '<script>', attempts = 1 WHERE key = '2'")
        for path in PAGES + ["/signin", "/erasures?state=%3Cscript%3E&subject=%22%3E%3Cscript%3E"]:
            reply = self.ask("GET", path, cookie=None if path == "/signin" else "")
            self.assertEqual(reply.status, 200, str(reply))
            found = {name: reply.headers[name] for name in (
                "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control")}
            self.assertEqual(found, {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
                                     "Referrer-Policy": "same-origin", "Cache-Control": "no-store"})
            page = Markup(reply.body.decode())
            self.assertEqual(page.open, [])
            for tag, attributes in page.tags:
                self.assertFalse([a for a in attributes if a == "style" or a.startswith("on")], str(attributes))
                for name in ("src", "href", "action"):
                    value = attributes.get(name)
                    self.assertTrue(not value or re.match(r"[/#](?!/)", value), f"{path} {attributes}")
                if tag == "script":
                    self.assertRegex(attributes["src"], r"^/assets/[0-9a-f]{16}/dashboard\.js$")
                self.assertNotIn(tag, ("img", "style", "i"))
            headings = [t for t, _ in page.tags if re.fullmatch("h[1-6]", t)]
            self.assertEqual((headings[0], headings.count("h1")), ("h1", 1), path)
            ids = [a["id"] for _, a in page.tags if "id" in a]
            self.assertEqual(len(ids), len(set(ids)), path)
        self.assertIn(HOSTILE, Markup(self.page("/revisions")).words)
        self.assertIn(HOSTILE, Markup(self.page("/holds")).words)
        self.assertIn("<i>paid", Markup(self.page("/holds")).words)
        self.assertIn("failed: <script>", Markup(self.page("/erasures")).words)
        self.assertIn("1 of 2 applied", Markup(self.page("/")).words)

    def test_revisions_are_marked(self):
        self.serve()
        for id, parents in (("r1", []), ("r2", ["r1"]), ("r3", ["r1"]), ("r4", ["r2", "r3"]), ("r5", ["r4"])):
            self.project.revision(id, f"CREATE TABLE {id} (id integer);", parents=parents)
        self.ok("upgrade", "r4")
        self.project.revision("r2", "CREATE TABLE r2 (id integer); -- x", parents=["r1"])
        page = self.page("/revisions")
        states = dict(re.findall(r'<tr class="(\w+)"><td class="lane">.*?<code>(r\d)</code>', page))
        found = {id: mark for mark, id in
                 re.findall(r'<tr class="(\w+)"><td class="lane">.*?<code>(r\d)</code></th>', page)}
        self.assertEqual(found, {"r1": "applied", "r2": "edited", "r3": "applied", "r4": "applied",
                                 "r5": "pending"}, states)
        self.assertIn("Files and database do not agree", page)
        self.assertIn("4: <code>r1</code> to <code>r4</code>", page)

    def test_the_queue_has_pages_and_a_filter(self):
        rows = ",".join(f"({i}, 'm{i}')" for i in range(100, 170))
        self.serve(extra=f"INSERT INTO users (id, email) VALUES {rows};", init=False)
        self.db.execute("UPDATE users SET deletion_requested_at = '2026-01-01 00:00:00' WHERE id >= 100")
        self.ok("erase", "init")
        count = lambda page: page.count('data-label="Due"')
        self.assertEqual(count(self.page("/erasures")), 50)
        second = self.page("/erasures?page=2")
        self.assertEqual(count(second), 20)
        self.assertIn('rel="prev"', second)
        self.assertNotIn('rel="next"', second)
        self.assertEqual(count(self.page("/erasures?state=purged")), 0)
        self.assertEqual(count(self.page("/erasures?state=pending&subject=users")), 50)
        self.assertIn("This cannot be read", self.page("/erasures?subject=nobody"))
        for odd in ("0", "-3", "x", "99999999999999999999"):
            self.page("/erasures?page=" + odd)

    def test_jobs_are_shown(self):
        self.serve(section=SECTION + "  schedule: { retain: '30 3 * * *', alerts: '@hourly' }\n")
        self.ok("schedule", "run", "retain", "--now")
        page = Markup(self.page("/schedule"))
        self.assertIn("30 3 * * *", page.words)
        self.assertIn("succeeded", page.words)
        self.assertIn("it has not run yet", page.words)
        self.assertRegex(self.page("/retention"), r"Next run: <time [^>]*>[\d-]+ 03:30 UTC")

    def test_retention_is_previewed(self):
        self.serve()
        self.db.execute("INSERT INTO sessions VALUES (1, '2020-01-01 00:00:00'), (2, '2999-01-01 00:00:00')")
        self.assertIn("never", self.page("/retention"))
        page = Markup(self.page("/retention?preview=1"))
        self.assertRegex(page.words, r"sessions: 1 would go")
        self.assertEqual(self.value("SELECT count(*) FROM sessions"), "2")
        self.ok("retain")
        self.assertIn("1 rows, 0 held", self.page("/retention"))
        self.assertIn("1 rows, 0 held", self.ok("retain", "--list").out)

    def test_a_chain_that_is_broken_is_told(self):
        self.serve()
        self.ok("erase", "request", "users:1")
        self.assertIn("The chain is whole", self.page("/audit"))
        if not self.sqlite:
            self.db.execute("ALTER TABLE rung.audit DISABLE TRIGGER ALL")
        else:
            for name in [r[0] for r in self.db.query(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'rung_audit'")]:
                self.db.execute(f"DROP TRIGGER {name}")
        self.db.execute(f"UPDATE {self.names}audit SET actor = 'x' WHERE seq = 2")
        self.assertIn("The chain is whole", self.page("/audit"))  # for a minute
        self.goes_to(self.send("/audit/check"), "/audit")
        self.assertIn("The chain is broken at record 2", self.page("/audit"))

    def test_a_database_without_our_tables(self):
        self.serve(init=False)
        for path in ("/", "/erasures", "/holds", "/audit", "/retention"):
            self.assertIn("rung erase init", self.page(path), path)

    def test_a_new_configuration(self):
        self.serve()
        stream = self.listen()
        self.assertIsNotNone(self.figures(stream))
        text = self.project.read("rung.yaml")
        self.project.write("rung.yaml", text + "  dashboard: false\n")
        self.reload()
        while self.figures(stream) is not None:
            pass
        self.assertEqual(self.ask("GET", "/").status, 404)
        self.project.write("rung.yaml", text.replace("    admin:", "    other:"))
        self.reload()
        self.assertEqual(self.ask("GET", "/").status, 303)  # the admin is none any more
        self.project.write("rung.yaml", text)
        self.reload()
        self.page("/")

    def test_signing_out_everywhere_ends_sessions_too(self):
        self.serve()
        self.page("/")
        stream = self.listen()
        header = {"Content-Type": "application/json"}
        token = self.ask("POST", LOGIN, json.dumps({"username": "admin", "password": PASSWORD}),
                         cookie=None, headers=header).json()["access_token"]
        reply = self.ask("POST", LOGOUT, "{}", cookie=None, headers=header | {"Authorization": "Bearer " + token})
        self.assertIn(reply.status, (200, 204), str(reply))
        self.assertEqual(self.ask("GET", "/").status, 303)
        while self.figures(stream) is not None:
            pass

    def test_assets_never_change(self):
        self.serve()
        page = self.page("/")
        for path in re.findall(r'"(/assets/[^"]+)"', page):
            reply = self.ask("GET", path, cookie=None)
            self.assertEqual((reply.status, reply.headers["Cache-Control"]),
                             (200, "public, max-age=31536000, immutable"))
            again = self.ask("GET", path, cookie=None, headers={"If-None-Match": reply.headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""))
            self.assertEqual(self.ask("GET", path.replace("/assets/", "/assets/0"), cookie=None).status, 404)

    def test_it_can_be_left_out(self):
        self.serve(more="  dashboard: false\n")
        for path in PAGES + ["/signin", "/events"]:
            self.assertEqual(self.ask("GET", path).status, 404)
        self.assertNotIn("/holds", self.ask("GET", "/openapi.json").body.decode())

    def test_it_is_no_part_of_the_api(self):
        self.serve()
        self.assertEqual([p for p in self.ask("GET", "/openapi.json").json()["paths"]
                          if not re.match("/(api/|livez|readyz|openapi|metrics)", p)], [])

    # ---- live figures ----

    def listen(self, cookie=""):
        connection = self.connect()
        connection.request("GET", "/events", headers={"Cookie": self.cookie if cookie == "" else cookie})
        reply = connection.getresponse()
        self.assertEqual((reply.status, reply.headers["Content-Type"]),
                         (200, "text/event-stream; charset=utf-8"))
        return reply

    def figures(self, stream):
        for line in stream:
            if line.startswith(b"data: "):
                return json.loads(line[6:])
        return None

    def test_figures_are_told_when_they_change(self):
        self.serve()
        first, second = self.listen(), self.listen()
        before = self.figures(first)
        self.assertEqual((before["pending"], before["holds"]), (0, 0))
        self.assertEqual(self.figures(second), before)
        self.ok("erase", "request", "users:1")
        self.assertEqual(self.figures(first), before | {"pending": 1})
        self.assertEqual(self.figures(second), before | {"pending": 1})

    def test_listeners_hold_nobody_up(self):
        self.serve()
        streams = [self.listen() for _ in range(40)]  # the oldest of a session make room
        self.assertIsNotNone(self.figures(streams[-1]))
        for _ in range(10):
            self.page("/")
        while self.figures(streams[0]) is not None:
            pass
        others = []
        for i in range(80):
            connection = self.connect()
            connection.request("GET", "/events", headers={
                "Cookie": "rung=" + session_token(role=f"dashboard:s{i}:1")})
            others.append(connection.getresponse().status)
        self.assertIn(503, others)
        self.assertEqual(set(others), {200, 503})
        self.assertEqual(self.ask("GET", "/livez").status, 200)

    def test_a_stream_ends_with_its_session(self):
        self.serve()
        out = self.listen()
        self.assertIsNotNone(self.figures(out))
        short = self.listen("rung=" + session_token(seconds=3, role="dashboard:short:1"))
        while self.figures(short) is not None:
            pass
        self.send("/signout")
        while self.figures(out) is not None:
            pass
        self.assertEqual(self.ask("GET", "/events").status, 401)

    def test_a_stream_ends_with_the_service(self):
        self.serve()
        streams = [self.listen() for _ in range(3)]
        self.assertIsNotNone(self.figures(streams[0]))
        since = time.monotonic()
        ended = self.stop()
        self.assertEqual(ended.code, 0, str(ended))
        self.assertLess(time.monotonic() - since, 8)
        for stream in streams:
            while self.figures(stream) is not None:
                pass


if __name__ == "__main__":
    main()
