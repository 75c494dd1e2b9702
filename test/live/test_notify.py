"""Mail and webhooks about erasures: told by the transaction of the event, sent once, or again as the
same message."""
import datetime
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import threading
import time

from aiosmtpd.smtp import AuthResult

from harness import main, on_each_engine, wait_until
import lifecycle
from lifecycle import LifeCase
from notify import Post, Receiver
from service import CANCEL, ME, POSTS, SECRET, SERVE, Reply, admin_hash, token

SECTION = lifecycle.SECTION.replace("key: id,", "key: id, email: email,") + \
    "  relations: { posts.user_id: cascade }\n"
HOOK = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" * 1
NOTIFY = """notify:
  app: "%s"
  reminder: [7d, 1d]
  poll: 100ms
  backoff: %s
  attempts: 6
  lease: 10s
"""


def free_connection(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


@on_each_engine
class Notify(LifeCase):
    def setUp(self):
        super().setUp()
        self.project.env.update(JWT_SECRET_KEY=SECRET, HOOK_SECRET=HOOK, no_proxy="127.0.0.1,localhost")
        self.post = self.receiver = self.running = None
        self.killed = []

    # ---- what runs ----

    def post_office(self, *script, **options):
        self.post = Post(script, **options)
        self.addCleanup(self.post.stop)

    def hook(self, *script, **options):
        self.receiver = Receiver(HOOK, script, **options)
        self.addCleanup(self.receiver.stop)

    def section(self, app="Ledger", backoff="0", mail="", top="", hook="", section=SECTION):
        text = NOTIFY % (app, backoff) + top
        if self.post:
            text += (f'  mail:\n    url: "smtp://127.0.0.1:{self.post.port}"\n    timeout: 900ms\n'
                     '    from: "Ledger <no-reply@ledger.example>"\n' +
                     ("" if "tls:" in mail else "    tls: allowed\n") + mail)
        if self.receiver:
            text += (f'  webhooks:\n    app:\n      url: "http://127.0.0.1:{self.receiver.port}/hook"\n'
                     '      secret: "${HOOK_SECRET}"\n      timeout: 900ms\n' + hook)
        return section + text

    def prepare(self, extra="", init=True, **more):
        self.start(self.section(**more) + SERVE % ("127.0.0.1:0", admin_hash()) + "  subject: users\n",
                   extra=POSTS[self.db.name] + extra, init=init)

    def serve(self):
        running = self.project.start("serve")
        self.addCleanup(self.stop, running)
        if not running.wait_for("\n", "out"):
            self.fail(str(running.end()))
        running.port = int(re.search(rb"^listening on http://.*:(\d+)\n", running.text["out"])[1])
        self.running = running
        return running

    def stop(self, running=None, number=signal.SIGTERM):
        running = running or self.running
        if running in self.killed:
            return None
        if running.process.poll() is None:
            running.process.send_signal(number)
        if number == signal.SIGKILL:
            self.killed.append(running)
            running.process.wait()
            for reader in running.readers:
                reader.join()
            return None
        return running.end()

    def ask(self, method, path, key=1):
        connection = free_connection(self.running.port)
        try:
            connection.request(method, path, None, {"Authorization": "Bearer " + token(sub=str(key))})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    # ---- what stands there ----

    def outbox(self, what="*", rest=""):
        return self.db.query(f"SELECT {what} FROM {self.names}outbox {rest}")

    def states(self):
        return [row[0] for row in self.outbox("state", "ORDER BY id")]

    def wait_for(self, condition, seconds=40):
        try:
            wait_until(condition, seconds)
        except AssertionError:
            log = self.running.text["err"].decode() if self.running else ""
            self.fail(f"waited in vain: {self.outbox()}\n{log}")

    def wait_states(self, *states):
        self.wait_for(lambda: self.states() == list(states))

    def wait_sent(self, count):
        self.wait_for(lambda: self.states() == ["sent"] * count)

    def due(self, seconds, key="1", asked=-30 * 86400):
        """The request becomes due so many seconds from now."""
        self.db.execute(f"UPDATE {self.names}erasure SET requested_at = {self.now(asked)}, due_at ="
                        f" {self.now(seconds)} WHERE key = '{key}'")

    def users(self, count):
        self.db.execute("".join(f"INSERT INTO users (id, email) VALUES ({i}, 'u{i}@x.org');"
                                for i in range(100, 100 + count)))
        for i in range(100, 100 + count):
            self.ok("erase", "request", f"users:{i}")

    # ---- the main way ----

    def test_the_life_of_an_account(self):
        self.post_office()
        self.hook()
        self.prepare()
        self.serve()
        self.assertEqual(self.ask("DELETE", ME).status, 202)
        self.wait_sent(2)
        self.assertEqual(self.ask("DELETE", ME).status, 202)  # a repeat is no event
        self.assertEqual(self.ask("POST", CANCEL).status, 200)
        self.wait_sent(4)
        self.assertEqual(self.ask("DELETE", ME).status, 202)
        self.due(-1)
        self.ok("purge")
        self.wait_sent(8)
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(30)).date()
        events = ["requested", "cancelled", "requested", "completed"]
        self.assertEqual(self.receiver.events(), events)
        self.assertEqual(self.receiver.problems, [])
        self.assertEqual(len(self.post.mails), 4)
        self.assertEqual([mail.to for mail in self.post.mails], [["a@x.org"]] * 4)
        self.assertEqual(len(set(self.post.ids())), 4)
        first = self.post.mails[0]
        self.assertIn(first["Subject"], [f"Your account at Ledger will be deleted on {day - datetime.timedelta(i)}"
                                         for i in (0, 1)])
        self.assertIn("You have 30 days to cancel.", first.text())
        self.assertEqual(str(first["From"]), "Ledger <no-reply@ledger.example>")
        self.assertEqual(first["To"], "a@x.org")
        self.assertEqual(first["Auto-Submitted"], "auto-generated")
        self.assertRegex(first["Message-ID"], r"^<[0-9a-f]{32}@ledger\.example>$")
        self.assertEqual(first.parsed.get_body(("plain",)).get_content_charset(), "utf-8")
        self.assertLess(abs(first["Date"].datetime.timestamp() - time.time()), 300)
        self.assertEqual(self.post.subjects()[3], "Your account at Ledger is deleted")
        call = self.receiver.taken[0]
        body = call.json()
        self.assertEqual(sorted(body), ["created_at", "data", "event", "id"])
        self.assertEqual(sorted(body["data"]), ["days_remaining", "deletion_date", "key", "requested_at",
                                                "subject", "subject_hash"])
        self.assertEqual((body["data"]["key"], body["data"]["days_remaining"]), ("1", 30))
        self.assertEqual((call.headers["Webhook-Id"], call.headers["Idempotency-Key"]), (body["id"],) * 2)
        self.assertEqual((call.path, call.headers["Content-Type"]), ("/hook", "application/json"))
        # what was personal is gone, and so is the row
        self.assertEqual(self.outbox("count(*)", "WHERE address IS NOT NULL OR key IS NOT NULL OR"
                                     " payload <> '{}'"), [("0",)])
        self.assertEqual(self.value("SELECT count(*) FROM users WHERE id = 1"), "0")
        self.assertEqual(self.ok("outbox", "list").out, "8 sent\n".replace("8 sent", "no messages"))
        self.assertEqual(len(self.ok("outbox", "list", "--all", "--json").json()["messages"]), 8)
        log = self.stop().err
        self.assertNotIn("x.org", log)

    def test_erased_before_anybody_was_told(self):
        self.post_office()
        self.hook()
        self.prepare()
        self.ok("erase", "request", "users:2", "--now")
        self.ok("purge")
        self.assertEqual(self.outbox("address", "WHERE event = 'completed' AND channel = 'mail'"),
                         [("b@x.org",)])
        self.assertEqual(self.value("SELECT count(*) FROM users WHERE id = 2"), "0")
        self.serve()
        self.wait_sent(4)
        self.assertEqual([mail.to for mail in self.post.mails], [["b@x.org"]] * 2)
        self.assertEqual(self.post.subjects()[1], "Your account at Ledger is deleted")
        self.assertEqual(self.receiver.taken[1].json()["data"]["key"], "2")
        self.ok("audit", "verify")

    def test_no_address_of_an_erased_person_stays_where_it_failed(self):
        self.post_office("550 <a@x.org> unknown")
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("failed")
        self.assertEqual(self.outbox("address"), [("a@x.org",)])
        self.due(-1)
        self.ok("purge")
        self.wait_states("failed", "sent")
        self.assertEqual(self.outbox("address, key, last_error"), [(None,) * 3] * 2)

    def test_many_that_are_erased_at_once(self):
        self.post_office()
        self.prepare(mail="    events: [completed]\n")
        self.users(30)
        self.db.execute("UPDATE users SET email = '' WHERE id = 101; UPDATE users SET email = NULL"
                        " WHERE id = 102; INSERT INTO posts VALUES (1, 100), (2, 103);")
        self.db.execute(f"UPDATE {self.names}erasure SET due_at = {self.now(-1)}")
        self.ok("hold", "add", "users:104", "--reason", "case 7")
        self.ok("purge")
        self.assertEqual(self.states(), ["pending"] * 27)
        self.serve()
        self.wait_sent(27)
        self.assertEqual(sorted(mail.to[0] for mail in self.post.mails), sorted(
            f"u{i}@x.org" for i in range(100, 130) if i not in (101, 102, 104)))
        self.ok("hold", "release", "1")
        self.ok("purge")
        self.wait_sent(28)

    def test_what_is_rolled_back_is_told_to_nobody(self):
        self.post_office()
        self.prepare()
        if self.sqlite:
            self.db.execute("CREATE TRIGGER no BEFORE INSERT ON rung_audit BEGIN SELECT RAISE(ABORT, 'no'); END;")
        else:
            self.db.execute("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
                            " EXCEPTION 'no'; END $$; CREATE TRIGGER no BEFORE INSERT ON rung.audit"
                            " FOR EACH ROW EXECUTE FUNCTION no();")
        self.fails(1, "erase", "request", "users:1")
        self.assertEqual(self.outbox(), [])
        self.db.execute("DROP TRIGGER no" + ("" if self.sqlite else " ON rung.audit"))
        self.ok("erase", "request", "users:1")
        self.assertEqual(self.states(), ["pending"])

    def test_nothing_without_the_section(self):
        self.start(SECTION.replace("  relations: { posts.user_id: cascade }\n", ""))
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        self.assertEqual(self.outbox(), [])
        self.assertEqual(self.ok("outbox", "list").out, "no messages\n")
        self.ok("outbox", "tend")

    def test_a_database_without_the_table(self):
        self.post_office()
        self.prepare()
        self.db.execute(f"DROP TABLE {self.names}outbox")
        for words in (("erase", "request", "users:1"), ("outbox", "list"), ("outbox", "tend")):
            self.assertIn("rung erase init", self.fails(1, *words).err)
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "0")
        self.assertIn("rung erase init", self.rung("status", "--lifecycle").out)
        self.assertIn("rung erase init", self.rung("check").out)
        self.serve()
        self.assertEqual(self.ask("DELETE", ME).status, 500)
        self.ok("erase", "init")
        self.ask("DELETE", ME)
        self.wait_sent(1)

    def test_a_new_configuration(self):
        """It sends as the new one says, and what is wrong changes nothing."""
        self.post_office()
        self.prepare()
        self.serve()
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace('app: "Ledger"', 'app: "Other"')
                           .replace("no-reply@", "no reply@"))
        self.running.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.running.wait_for("stays as it was"))
        self.ask("DELETE", ME)
        self.wait_sent(1)
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace("no reply@", "new@"))
        self.running.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.running.wait_for("was read again"))
        self.ask("POST", CANCEL)
        self.wait_sent(2)
        self.assertEqual([mail.sender for mail in self.post.mails], ["no-reply@ledger.example", "new@ledger.example"])
        self.assertEqual(self.post.subjects()[1], "Your account at Other will not be deleted")

    # ---- mail servers ----

    def test_mail_that_is_not_taken_at_once(self):
        self.post_office("451 4.3.0 later", "drop", "421 4.7.0 too busy", "250 OK")
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_sent(1)
        self.assertEqual((len(self.post.mails), self.post.attempts), (1, 4))
        self.assertEqual(self.outbox("attempts"), [("4",)])
        log = self.stop().err
        self.assertIn("the server said 451; it is tried again in 0 s", log)
        self.assertNotIn("a@x.org", log)

    def test_mail_that_is_refused_for_good(self):
        self.post_office("550 5.1.1 <a@x.org> unknown")
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("failed")
        found = self.ok("outbox", "list").out
        self.assertIn("failed 1 time: 550 5.1.1", found)
        self.assertIn("1 refused for good", found)
        for words in (("status", "--lifecycle"), ("check",)):
            result = self.rung(*words)
            self.assertEqual(result.code, 3, str(result))
            self.assertIn("1 message was not delivered", result.out)
        self.assertEqual(self.post.attempts, 1)
        number = self.outbox("id")[0][0]
        self.ok("outbox", "retry", number)
        self.wait_sent(1)
        self.assertIn("is sent", self.fails(1, "outbox", "retry", number).err)
        self.fails(2, "outbox", "retry", "99")
        self.fails(2, "outbox", "retry", "x")
        self.ok("status", "--lifecycle")

    def test_mail_that_is_given_up(self):
        self.post_office(*["451 later"] * 6)
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("dead")
        self.assertIn("1 given up", self.ok("outbox", "list").out)
        self.assertEqual(self.post.attempts, 6)

    def test_waiting_grows(self):
        self.post_office("451 later", "451 later", "451 later")
        self.prepare(backoff="40s")
        self.serve()
        self.ask("DELETE", ME)
        for i, (least, most) in enumerate(((20, 61), (40, 121), (80, 241))):
            self.wait_for(lambda i=i: self.outbox("attempts, state") == [(str(i + 1), "pending")])
            wait = int(self.value(
                "SELECT next_attempt_at - CAST(strftime('%s', 'now') AS INTEGER) FROM rung_outbox" if self.sqlite
                else "SELECT extract(epoch FROM next_attempt_at - now())::bigint FROM rung.outbox"))
            self.assertIn(wait, range(least - 15, most))
            self.db.execute(f"UPDATE {self.names}outbox SET next_attempt_at = {self.now(-1)}")

    def test_the_answer_that_is_lost(self):
        """The only way to a second mail: it has the same Message-ID."""
        self.post_office("lost")
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_sent(1)
        self.assertEqual(len(self.post.mails), 2)
        self.assertEqual(len(set(self.post.ids())), 1)

    def test_no_mail_server_at_all(self):
        self.post_office()
        self.prepare()
        self.post.stop()
        self.serve()
        self.assertEqual(self.ask("DELETE", ME).status, 202)
        self.wait_states("dead")
        self.assertIn("Could", self.outbox("last_error")[0][0])

    def test_tls(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.project.folder, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=test CA", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=127.0.0.1", "-keyout", "mail.key", "-out", "mail.csr")
        self.project.write("san", "subjectAltName=IP:127.0.0.1")
        openssl("x509", "-req", "-in", "mail.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "san",
                "-out", "mail.pem", "-days", "2")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.project.path("mail.pem"), self.project.path("mail.key"))
        passwords = []

        def check(server, session, envelope, mechanism, data):
            passwords.append(data.password)
            return AuthResult(success=data.password == b"right one")

        self.post_office(tls_context=context, require_starttls=True, auth_required=True, authenticator=check)
        self.project.env["SMTP_PASSWORD"] = "wrong one"
        self.prepare(mail="    tls: required\n    username: ledger\n    password: \"${SMTP_PASSWORD}\"\n")
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("dead")  # who is that?
        self.assertEqual(self.post.mails, [])
        self.assertIn("certificate", self.outbox("last_error")[0][0])
        self.stop()
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(
            "  poll: 100ms\n", "  poll: 100ms\n  ca: ca.pem\n"))
        self.assertEqual(passwords, [])
        self.ok("outbox", "retry", "1")
        self.serve()
        self.wait_states("dead")  # the password is wrong: that is no fault of the message
        self.assertNotIn("wrong one", self.stop().err)
        self.project.env["SMTP_PASSWORD"] = "right one"
        self.ok("outbox", "retry", "1")
        self.serve()
        self.wait_sent(1)
        self.assertEqual(len(self.post.mails), 1)

    def test_no_mail_without_tls_where_it_is_required(self):
        self.post_office()
        self.prepare(mail="    tls: required\n")
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("dead")
        self.assertEqual((self.post.mails, self.post.attempts), ([], 0))

    # ---- receivers ----

    def test_receivers_that_fail(self):
        self.hook(500, "hang", 503, "long")
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_sent(1)
        self.assertEqual(len(self.receiver.calls), 4)
        self.assertEqual(len({call.body for call in self.receiver.calls}), 1)
        self.assertEqual(len({call.headers["Webhook-Id"] for call in self.receiver.calls}), 1)
        self.assertEqual(self.receiver.problems, [])

    def test_nothing_is_followed(self):
        self.hook(*["redirect"] * 9)
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("dead")
        self.assertEqual([call.path for call in self.receiver.calls], ["/hook"] * 4)
        self.assertIn("not followed", self.outbox("last_error")[0][0])

    def test_receivers_that_are_gone(self):
        self.hook(410)
        self.prepare()
        self.serve()
        self.ask("DELETE", ME)
        self.wait_states("dead")
        self.assertEqual(len(self.receiver.calls), 1)

    def test_receivers_that_want_to_be_left_alone(self):
        for status in (429, 503):
            with self.subTest(status):
                self.hook((status, {"Retry-After": "77"}))
                if status == 429:
                    self.prepare()
                else:
                    self.project.write("rung.yaml", re.sub(
                        r"http://127.0.0.1:\d+/hook", f"http://127.0.0.1:{self.receiver.port}/hook",
                        self.project.read("rung.yaml")))
                self.serve()
                self.ask("DELETE", ME, key=1 if status == 429 else 2)
                self.wait_for(lambda: "pending" in self.states() and len(self.receiver.calls) == 1 and
                              self.outbox("last_error", f"WHERE last_error = 'HTTP {status}'"))
                late = self.outbox("count(*)", f"WHERE next_attempt_at > {self.now(60)} AND"
                                   f" next_attempt_at < {self.now(90)} AND last_error = 'HTTP {status}'")
                self.assertEqual(late, [("1",)])
                self.stop()

    def test_a_slow_receiver_holds_up_nobody_else(self):
        self.post_office()
        self.hook(*["hang"] * 50)
        self.prepare()
        self.users(5)
        self.serve()
        self.wait_for(lambda: len(self.post.mails) == 5)

    # ---- several of us, and the end ----

    def test_two_services_share_the_work(self):
        self.post_office(pause=0.01)
        self.hook(pause=0.01)
        self.prepare()
        self.db.execute(f"DELETE FROM {self.names}outbox")
        self.users(24)
        one, two = self.serve(), self.serve()
        self.wait_sent(48)
        self.assertEqual(len(self.post.ids()), 24)
        self.assertEqual(len(set(self.post.ids())), 24)
        self.assertEqual(len({call.headers["Webhook-Id"] for call in self.receiver.calls}), 24)
        self.assertEqual(len(self.receiver.calls), 24)
        self.stop(one)
        self.stop(two)

    def test_killed_in_between(self):
        self.post_office(pause=0.02)
        self.hook(pause=0.02)
        self.prepare()
        self.users(20)
        for i in range(4):
            self.serve()
            count = 4 * (i + 1)
            self.wait_for(lambda count=count: len(self.post.mails) >= count)
            self.stop(number=signal.SIGKILL)
            self.db.execute(f"UPDATE {self.names}outbox SET held_until = {self.now(-2)} WHERE state = 'sending'")
        self.serve()
        self.wait_sent(40)
        self.assertEqual(len(set(self.post.ids())), 20)
        self.assertLessEqual(len(self.post.ids()), 24)  # one for each kill at most
        calls = [call.headers["Webhook-Id"] for call in self.receiver.calls]
        self.assertEqual(len(set(calls)), 20)
        self.assertLessEqual(len(calls), 24)

    def test_the_end_waits_for_what_is_sent(self):
        self.post_office(pause=0.5)
        self.prepare()
        self.users(5)
        self.serve()
        self.wait_for(lambda: self.post.attempts)
        self.stop()
        self.assertEqual(len(self.post.mails), self.post.attempts)
        states = self.states()
        self.assertEqual((states.count("sent"), states.count("sending")), (len(self.post.mails), 0))
        self.assertEqual(self.outbox("max(attempts)"), [("1",)])

    # ---- alerts ----

    def test_alerts_are_told_once(self):
        self.post_office()
        self.hook()
        self.prepare(mail="    alerts_to: admin@x.org\n")
        self.fails(2, "outbox", "alert", "pending")
        self.ok("outbox", "alert", "pending/7", "--reason", "101 requests are pending: größer als {{100}}")
        self.ok("outbox", "alert", "pending/7", "--reason", "again")
        self.serve()
        self.wait_sent(2)
        mail = self.post.mails[0]
        self.assertEqual((mail["Subject"], mail.to), ("Alert of Ledger: pending/7", ["admin@x.org"]))
        self.assertEqual(mail.text(), "101 requests are pending: größer als {{100}}\n")
        self.assertEqual(self.receiver.taken[0].json()["data"], {
            "alert": "pending/7", "text": "101 requests are pending: größer als {{100}}"})

    def test_an_alert_of_the_schedule_is_told_when_it_begins(self):
        self.post_office()
        self.prepare(mail="    alerts_to: admin@x.org\n", section=SECTION +
                     '  schedule: { purge: off, alerts: "@yearly" }\n  alerts: { pending_over: 0 }\n')

        def evaluate():
            codes = [5]  # a job runs once a second
            while codes[-1] == 5:
                codes.append(self.rung("schedule", "run", "alerts", "--now").code)
            self.assertEqual(codes[-1], 3 if pending else 0)
            found = self.outbox("mark, payload", "WHERE event = 'alert' ORDER BY id")
            self.assertEqual({mark.split("/")[0] for mark, _ in found}, {"alert:pending"})
            return found

        pending = True
        self.ok("erase", "request", "users:1")
        first = evaluate()
        self.assertEqual(len(first), 1)
        self.assertIn("1 requests are pending", json.loads(first[0][1])["text"])
        self.ok("erase", "request", "users:2")
        self.assertEqual(evaluate(), first, "it fires all the time")
        self.ok("erase", "cancel", "users:1")
        self.ok("erase", "cancel", "users:2")
        pending = False
        self.assertEqual(evaluate(), first)
        pending = True
        self.ok("erase", "request", "users:1")
        self.assertEqual(len(evaluate()), 2, "it began again")

    # ---- reminders ----

    def test_reminders_come_once(self):
        self.post_office()
        self.hook(pause=0)
        self.prepare(mail="    events: [reminder]\n", hook="      events: [reminder]\n")
        for i in (1, 2, 3):
            self.ok("erase", "request", f"users:{i}")
        self.due(6 * 86400)
        self.due(3600, key="2", asked=-3000)  # it was never further away than that
        threads = [threading.Thread(target=self.ok, args=("outbox", "tend")) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.outbox("mark, channel", "ORDER BY channel"), [
            ("reminder:1:604800", "app"), ("reminder:1:604800", "mail")])
        self.serve()
        self.wait_sent(2)
        self.assertEqual(self.post.subjects(), ["6 days until your account at Ledger is deleted"])
        self.due(3600)
        self.ok("outbox", "tend")
        self.wait_sent(4)
        self.assertEqual(self.post.subjects()[1], "1 day until your account at Ledger is deleted")
        self.ok("outbox", "tend")
        self.assertEqual(len(self.states()), 4)

    def test_reminders_that_were_missed(self):
        self.post_office()
        self.prepare(mail="    events: [reminder]\n")
        self.ok("erase", "request", "users:1")
        self.due(3600)  # nobody looked for a week
        self.serve()  # it looks when it begins
        self.wait_sent(1)
        self.assertEqual(self.outbox("mark"), [("reminder:1:86400",)])

    def test_a_reminder_is_dropped_when_it_is_cancelled(self):
        self.post_office()
        self.prepare()
        self.ok("erase", "request", "users:1")
        self.due(3600)
        self.ok("outbox", "tend")
        self.ok("erase", "cancel", "users:1")
        self.assertEqual(self.outbox("event", "ORDER BY id"), [("requested",), ("cancelled",)])

    def test_what_ended_is_forgotten(self):
        self.post_office()
        self.prepare()
        self.serve()
        self.ok("erase", "request", "users:1")
        self.ok("erase", "request", "users:2")
        self.ok("erase", "cancel", "users:2")
        self.wait_sent(3)
        self.db.execute(f"UPDATE {self.names}outbox SET ended_at = {self.now(-31 * 86400)}")
        self.ok("outbox", "tend")
        self.assertEqual(self.outbox("event"), [("requested",)])  # of the one that is open

    # ---- texts ----

    def test_letters_of_all_kinds(self):
        self.post_office()
        self.project.write("mail/requested.txt", "Subject: Köntö {{days_remaining}} – {{ app }}: größte Überraschung "
                           "für alle, die das hier noch lesen können 🎉🎉🎉\r\n\r\n{{app}}\r\n.\r\n"
                           "..{{key}}\r\nFrom me\r\nÄÖÜ " + "lang " * 300 + "\r\n")
        self.project.write("mail/requested.html", "<p>{{app}} &amp; {{deletion_date}}</p>\n")
        self.prepare(app="Käse & <Söhne> 'x'", mail="    templates: mail\n    reply_to: hilfe@x.org\n")
        self.serve()
        self.ask("DELETE", ME)
        self.wait_sent(1)
        mail = self.post.mails[0]
        self.assertEqual(mail["Subject"], "Köntö 30 – Käse & <Söhne> 'x': größte Überraschung für alle, die"
                                          " das hier noch lesen können 🎉🎉🎉")
        self.assertEqual(mail.text(), "Käse & <Söhne> 'x'\n.\n..1\nFrom me\nÄÖÜ " + "lang " * 300 + "\n")
        self.assertRegex(mail.text("html"), r"^<p>Käse &amp; &lt;Söhne&gt; &#39;x&#39; &amp; \d{4}-\d\d-\d\d \d\d:\d\d UTC</p>\n$")
        self.assertEqual(mail["Reply-To"], "hilfe@x.org")
        mail.raw.decode("ascii")
        self.assertLess(max(map(len, mail.raw.split(b"\r\n"))), 100)

    def test_addresses(self):
        right = ["a+b@x.org", "o'neil@x.org", "a.b-c_d=e@sub.x-y.org", "ü@x.org", "a@x", "a@ü.example"]
        wrong = ["a", "a@", "@x.org", "a@x.org\r\nBcc: evil@x.org", "a@x.org\nRCPT TO:<evil@x.org>", "a@b@c",
                 "a b@x.org", "<a@x.org>", "a@x.org,evil@x.org", "a@x.org>\r\nDATA", "a" * 65 + "@x.org",
                 "a@" + "x" * 300 + ".org", "a..b@x.org", ".a@x.org", "a@x..org", "a@x.org\t", "rv1:abc",
                 "a@-x.org", 'a"@x.org', "a@x.org;b@x.org", "a@x.org\x7f"]
        self.post_office()
        self.prepare()
        for i, address in enumerate(right + wrong):
            quoted = address.replace("'", "''")
            self.db.execute(f"INSERT INTO users (id, email) VALUES ({100 + i}, '{quoted}')")
            self.ok("erase", "request", f"users:{100 + i}")
        self.serve()
        self.wait_states(*["sent"] * len(right) + ["failed"] * len(wrong))
        found = [mail.to[0] for mail in self.post.mails]
        self.assertEqual(len(found), len(right))
        self.assertEqual(sorted(set(found) - set(right[:5])), ["a@xn--tda.example"])
        self.assertNotIn("evil", str([mail.raw for mail in self.post.mails]))
        for mail in self.post.mails:
            self.assertEqual(len(mail.to), 1)
            self.assertIsNone(mail["Bcc"])

    def test_values_cannot_end_a_header(self):
        self.post_office()
        self.project.write("mail/requested.txt", "Subject: {{key}}\n\nx\n")
        key = "1\r\nBcc: evil@x.org"
        self.prepare(mail="    templates: mail\n", section=SECTION.replace(
            "    users:", "    konten: { table: konten, key: id, email: mail }\n    users:"),
            extra="CREATE TABLE konten (id text PRIMARY KEY, mail text);"
                  f"INSERT INTO konten VALUES ('{key}', 'k@x.org'), ('ok', 'k@x.org');")
        self.ok("erase", "request", "konten:" + key)
        self.ok("erase", "request", "konten:ok")
        self.serve()
        self.wait_states("failed", "sent")
        self.assertEqual([mail["Subject"] for mail in self.post.mails], ["ok"])

    def test_keys_and_names_of_all_kinds(self):
        self.post_office()
        self.hook()
        self.prepare(section=SECTION.replace(
            "    users:", '    konten: { table: "Köntén", key: order, email: "E-\\"Mail" }\n    users:'),
            extra='CREATE TABLE "Köntén" ("order" text PRIMARY KEY, "E-""Mail" text);'
                  "INSERT INTO \"Köntén\" VALUES ('ü''1', 'k@x.org'), ('x', NULL);")
        for key in ("ü'1", "x"):
            self.ok("erase", "request", "konten:" + key, "--now")
        self.ok("purge")
        self.serve()
        self.wait_sent(6)
        self.assertEqual([mail.to[0] for mail in self.post.mails], ["k@x.org"] * 2)
        self.assertEqual(sorted({call.json()["data"]["key"] for call in self.receiver.taken}), ["x", "ü'1"])

    # ---- settings ----

    def refuses(self, words, **more):
        self.prepare(init=False, **more)
        result = self.fails(2, "serve")
        self.assertIn(words, result.err)
        self.db.execute("DROP TABLE posts; DROP TABLE users;")
        return result

    def test_settings_that_are_wrong(self):
        self.post_office()
        self.hook()
        for words, more in (
                ("no event \"later\"", {"mail": "    events: [later]\n"}),
                ("no event \"x\"", {"hook": "      events: [x]\n"}),
                ("is no address", {"mail": "    reply_to: x\n"}),
                ("required or allowed", {"mail": "    tls: never\n"}),
                ("list of ages", {"top": "  reminder: [soon]\n", "section": SECTION}),
                ("no column \"e_mail\"", {"section": SECTION.replace("email: email", "email: e_mail")}),
                ("no subject has an address", {"section": SECTION.replace("email: email,", "")}),
                ("lease is shorter", {"mail": "    timeout: 5s\n"})):
            with self.subTest(words):
                more = dict(more)
                if "top" in more or "timeout" in more.get("mail", ""):
                    continue  # these settings stand there already
                if "e_mail" in words:
                    self.prepare(init=False, **more)
                    self.assertIn(words, self.fails(2, "erase", "init").err)
                    self.db.execute("DROP TABLE posts; DROP TABLE users;")
                else:
                    self.refuses(words, **more)
        text = self.section() + SERVE % ("127.0.0.1:0", admin_hash())
        for words, old, new in (
                ("list of ages", "[7d, 1d]", "[soon]"), ("lease is shorter", "lease: 10s", "lease: 3s"),
                ("cannot be called", "    app:\n", "    mail:\n"), ("no smtp:// or", '"smtp://', '"http://'),
                ("no http:// or", '"http://', '"file://'), ("24 characters", '"${HOOK_SECRET}"', '"short"'),
                ("of no use", '"${HOOK_SECRET}"', '"whsec_*************************"'),
                ("HOOK", '"${HOOK_SECRET}"', '"${HOOK}"'), ("is no address", "no-reply@", "no reply@"),
                ("no folder", "    tls: allowed\n", "    tls: allowed\n    templates: nowhere\n"),
                ("between 100ms", "timeout: 900ms", "timeout: 90s")):
            with self.subTest(words):
                self.assertIn(old, text)
                self.project.config(text.replace(old, new))
                result = self.fails(2, "serve")
                self.assertIn(words, result.err)
                self.assertNotIn(HOOK, result.err)

    def test_templates_that_are_wrong(self):
        self.post_office()
        self.prepare(mail="    templates: mail\n")
        for name, text, place, words in (
                ("requested.txt", "Subject: a\n\nb\n{{days}} {{name}}\n", ":4", 'no value "name"'),
                ("requested.txt", "Subject: a\n\n{{days\n}}\n", ":3", "nothing closes"),
                ("requested.txt", "Hello\n", ":1", "Subject:"),
                ("reminder.html", "<p>\n{{ x }}", ":2", 'no value "x"'),
                ("alert.txt", b"Subject: \xff\n\nx", ":1", "UTF-8")):
            with self.subTest(text):
                path = self.project.write("mail/" + name, text)
                result = self.fails(2, "serve")
                self.assertIn(words, result.err)
                self.assertIn(f"at mail/{name}{place}\n", result.err)
                os.remove(path)


if __name__ == "__main__":
    main()
