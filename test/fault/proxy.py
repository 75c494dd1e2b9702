"""A proxy in front of a PostgreSQL server, on a unix socket, that reads along and loses connections
at a chosen COMMIT.

The frontend's messages are those of the PostgreSQL manual, "Message Formats"; a COMMIT is a simple
query, or the Execute behind a Bind of a statement that was parsed as COMMIT.
"""
import os
import shutil
import socket
import struct
import tempfile
import threading
import urllib.parse


class Reader:
    """Cuts what a client sends into messages, and knows which of them make it commit."""

    def __init__(self):
        self.buffer, self.started = b"", False
        self.commits, self.bound = set(), None

    def messages(self, data):
        """Pairs of a whole message and what it is: None, "bind" or "commit"."""
        self.buffer += data
        while True:
            head = 1 if self.started else 0
            if len(self.buffer) < head + 4:
                return
            length = head + struct.unpack("!I", self.buffer[head:head + 4])[0]
            if len(self.buffer) < length:
                return
            message, self.buffer = self.buffer[:length], self.buffer[length:]
            kind = self.kind(message) if self.started else None
            self.started = True
            yield message, kind

    def kind(self, message):
        body = message[5:]
        if message[:1] == b"Q":
            return "commit" if self.is_commit(body.split(b"\0")[0]) else None
        if message[:1] == b"P":
            name, sql = body.split(b"\0")[:2]
            self.commits.discard(name)
            if self.is_commit(sql):
                self.commits.add(name)
        if message[:1] == b"B":
            self.bound = body.split(b"\0")[1]
            return "bind" if self.bound in self.commits else None
        if message[:1] == b"E":
            return "commit" if self.bound in self.commits else None
        return None

    @staticmethod
    def is_commit(sql):
        return sql.strip(b" ;").upper() == b"COMMIT"


class Proxy:
    """`url` leads to `server_url` through this process. At the COMMIT number `at` (from 1, counted
    over all connections) the connection is lost: with `before`, the server never sees the COMMIT;
    else it does, and the client never sees the answer. `linger`: how many seconds later the server
    notices that its client is gone."""

    def __init__(self, server_url, at, before, linger=0.0):
        parts = urllib.parse.urlsplit(server_url)
        query = dict(urllib.parse.parse_qsl(parts.query))
        self.server = os.path.join(query["host"], f".s.PGSQL.{query.get('port', 5432)}")
        self.folder = tempfile.mkdtemp(prefix="rung-proxy-", dir="/tmp")
        query["host"] = self.folder
        self.url = (f"postgresql://{parts.netloc}{parts.path}?"
                    + urllib.parse.urlencode(query, quote_via=urllib.parse.quote))
        self.at, self.before, self.linger = at, before, linger
        self.seen, self.cut, self.lock = 0, False, threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.folder, ".s.PGSQL.5432"))
        self.listener.listen(16)
        self.threads = []
        self.spawn(self.accept)

    def spawn(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        self.threads.append(thread)

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.server)
            except OSError:
                server.close()
                client.close()
                continue
            self.spawn(self.forward, client, server)
            self.spawn(self.back, client, server)

    def lose(self, message, kind):
        """Whether this message is the one, and what of it the server still gets."""
        if kind is None or self.cut:
            return False, message
        with self.lock:
            if kind == "bind":
                if self.before and self.seen + 1 == self.at:
                    self.cut = True
                    return True, b""
                return False, message
            self.seen += 1
            if self.seen != self.at:
                return False, message
            self.cut = True
            return True, b"" if self.before else message

    def forward(self, client, server):
        reader = Reader()
        try:
            while data := client.recv(65536):
                for message, kind in reader.messages(data):
                    cut, rest = self.lose(message, kind)
                    server.sendall(rest)
                    if cut:
                        self.drop(client)
                        threading.Event().wait(self.linger)
                        self.drop(server)
                        return
        except OSError:
            pass
        self.drop(server)

    def back(self, client, server):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        self.drop(client)

    @staticmethod
    def drop(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for thread in self.threads:
            thread.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)
