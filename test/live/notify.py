"""A mail server and a receiver of webhooks, as the tests of what is told of events need them."""
import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import logging
import threading

from aiosmtpd.smtp import SMTP

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it tells of sessions that broke off


class Post:
    """An SMTP server. `script` has what becomes of each attempt, in their order; then all are taken:
    an answer to RCPT ("451 later"), "drop" in the midst of DATA, "lost": taken, and the answer never
    comes."""

    def __init__(self, script=(), pause=0.0, **options):
        self.script, self.pause, self.options = list(script), pause, options
        self.mails, self.attempts, self.lock = [], 0, threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            self.loop.create_server(lambda: Session(self), "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def stop(self):
        async def end():
            self.server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()
            await asyncio.sleep(0)
        if self.loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    # ---- called by aiosmtpd ----

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.attempts += 1
        server.next = self.script.pop(0) if self.script else "250 OK"
        if server.next[0].isdigit() and not server.next.startswith("250"):
            return server.next
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.pause:
            await asyncio.sleep(self.pause)
        with self.lock:
            self.mails.append(Mail(envelope))
        if server.next == "lost":
            server.transport.abort()
        return "250 taken"

    # ---- for tests ----

    def ids(self):
        with self.lock:
            return [mail["Message-ID"] for mail in self.mails]

    def subjects(self):
        with self.lock:
            return [mail["Subject"] for mail in self.mails]


class Session(SMTP):
    def __init__(self, post):
        self.next = ""
        super().__init__(post, enable_SMTPUTF8=True, **post.options)

    async def smtp_DATA(self, arg):
        if self.next == "drop":
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Mail:
    def __init__(self, envelope):
        self.raw, self.sender, self.to = envelope.content, envelope.mail_from, envelope.rcpt_tos
        self.parsed = email.message_from_bytes(self.raw, policy=email.policy.default)

    def __getitem__(self, name):
        return self.parsed[name]

    def text(self, kind="plain"):
        part = self.parsed.get_body((kind,))
        return part and part.get_content().replace("\r\n", "\n")


class Receiver:
    """Webhooks. `script` has a status for each attempt, "hang", "redirect", "long" or a pair of a
    status and headers; then all are taken."""

    def __init__(self, secret, script=(), pause=0.0):
        self.secret, self.script, self.pause = secret, list(script), pause
        self.calls, self.taken, self.problems = [], [], []
        self.lock, self.released = threading.Lock(), threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.answer(self)

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        call = Call(request, body)
        with self.lock:
            what = self.script.pop(0) if self.script else 200
            self.calls.append(call)
            if not call.is_signed(self.secret):
                self.problems.append(f"wrong signature: {call.headers}")
        if what == "hang":
            self.released.wait(30)
            request.close_connection = True
            return
        if self.pause:
            self.released.wait(self.pause)
        more, long = {}, b""
        if what == "redirect":
            what, more = 302, {"Location": f"http://127.0.0.1:{self.port}/other"}
        if what == "long":
            what, long = 200, b"x" * 1000000
        if isinstance(what, tuple):
            what, more = what
        if 200 <= what < 300:
            with self.lock:
                self.taken.append(call)
        try:
            request.send_response(what)
            for name, value in more.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(long)))
            request.end_headers()
            request.wfile.write(long)
        except ConnectionError:
            pass

    def events(self):
        with self.lock:
            return [call.json()["event"] for call in self.taken]


class Call:
    def __init__(self, request, body):
        self.path, self.headers, self.body = request.path, dict(request.headers), body

    def json(self):
        return json.loads(self.body)

    def is_signed(self, secret):
        """As https://www.standardwebhooks.com has it."""
        key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
        content = b".".join([self.headers["Webhook-Id"].encode(),
                             self.headers["Webhook-Timestamp"].encode(), self.body])
        right = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return right in self.headers["Webhook-Signature"].split(" ")
