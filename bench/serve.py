#!/usr/bin/python3
"""The service beside its floors: bench/serve.py RUNG [OPTIONS]

GET /livez beside nginx that serves a static file of the same size, and account deletions with their
cancelling beside pgbench, under wrk on loopback with as many connections each. Then how much memory a
long run takes, and how long a start. Run it under test/with-postgresql --own.

What pgbench does for one request: BEGIN, INSERT of the request, UPDATE of the user's column, COMMIT
(cancelling: two UPDATEs), prepared. It has no guards on the table, writes no audit, hashes nothing, and
no HTTP or token stands before it. Rounds alternate; the ratio is the median of rung / floor in requests
per second (bar 0.5). CPU is what a request costs, in the program and in the server's processes: where
others use the machine too, who has more threads gets more of it, and the ratio of CPU says more. A
missed bar is shown, not failed.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
SECRET = "fedcba9876543210fedcba9876543210"
SETTINGS = """migrations: migrations
targets: {{ main: "{url}" }}
lifecycle:
  key: 0123456789abcdef0123456789abcdef
  subjects:
    users: {{ key: id, requested_at: deletion_requested_at, grace: 30d }}
serve:
  listen: "127.0.0.1:{port}"
  auth: {{ hs256_secret: {secret}, issuer: app, audience: rung }}
{more}"""
USERS = """CREATE TABLE users (id {integer} PRIMARY KEY, email text, deletion_requested_at {time});
INSERT INTO users (id, email) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users})
    SELECT i, 'user' || i || '@example.org' FROM n;
CREATE INDEX ON users (deletion_requested_at) WHERE deletion_requested_at IS NOT NULL;
"""
FLOOR = """CREATE TABLE request (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL,
    state text NOT NULL, requested_at timestamptz NOT NULL, due_at timestamptz NOT NULL, finished_at timestamptz);
CREATE UNIQUE INDEX ON request (key) WHERE state = 'pending';
CREATE INDEX ON request (due_at) WHERE state = 'pending';
"""
TRANSACTIONS = """\\set n :n + 1
\\set id :client_id * {slice} + mod(:n, {slice}) + 1
BEGIN;
INSERT INTO request (key, state, requested_at, due_at) VALUES (:id, 'pending', now(), now() + interval '30 days');
UPDATE users SET deletion_requested_at = now() WHERE id = :id;
COMMIT;
BEGIN;
UPDATE request SET state = 'cancelled', finished_at = now() WHERE key = :id::text AND state = 'pending';
UPDATE users SET deletion_requested_at = NULL WHERE id = :id;
COMMIT;
"""
# A batch of users asks, then all of them cancel: nobody cancels before the request is answered. wrk
# asks `request` for a thread, not for a connection; it throws the very first away.
WRK = """
local tokens, first, last, at, cancels, threads, tried = {{}}, 0, 0, 0, false, 0, false
function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end
function init()
    local n = 0
    for line in io.lines("{tokens}") do
        n = n + 1
        tokens[n] = {{ Authorization = "Bearer " .. line }}
    end
    local part = math.floor({count} / {threads})
    first = {begin} + number * part
    last, start = first + part, first
end
function request()
    if number == 0 and not tried then
        tried = true
        return wrk.format("DELETE", "/api/v1/users/me", tokens[1])
    end
    at = at + 1
    if at > {batch} then
        at = 1
        if cancels then
            start = start + {batch}
            if start + {batch} > last then start = first end
        end
        cancels = not cancels
    end
    local headers = tokens[start + at]
    if cancels then
        return wrk.format("POST", "/api/v1/users/me/cancel-deletion", headers)
    end
    return wrk.format("DELETE", "/api/v1/users/me", headers)
end
"""
NGINX = """worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    default_type application/json;
    open_file_cache max=10;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


class Failed(Exception):
    """Something did not run."""


def psql(sql, database):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
                          input=sql, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stderr)
    return done.stdout


def fresh(name, sql):
    psql(f"DROP DATABASE IF EXISTS {name};\nCREATE DATABASE {name};", "postgres")
    psql(sql, name)
    psql("VACUUM ANALYZE users;\nCHECKPOINT;", name)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def token(subject):
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    body = {"iss": "app", "aud": "rung", "sub": str(subject), "exp": int(time.time()) + 6 * 3600}
    text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, body))
    return text + "." + encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())


def cpu_of(pid):
    """What ended in between is counted by who waited for it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(field) for field in fields[11:15]) / TICKS


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def server_cpu():
    """CPU seconds of the server: what runs and what has ended."""
    with open(os.path.join(os.environ["RUNG_TEST_PGDATA"], "postmaster.pid"), encoding="ascii") as file:
        pid = int(file.readline())
    return sum(map(cpu_of, [pid, *children(pid)]))


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1])


class Service:
    """rung serve on a database of its own."""

    def __init__(self, options, folder, url, more=""):
        self.folder, self.port = folder, free_port()
        os.makedirs(os.path.join(folder, "migrations"), exist_ok=True)
        with open(os.path.join(folder, "rung.yaml"), "w", encoding="ascii") as file:
            file.write(SETTINGS.format(url=url, port=self.port, secret=SECRET, more=more))
        self.rung = options.rung
        self.process = None

    def prepare(self):
        subprocess.run([self.rung, "erase", "init"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def ask(self, path):
        """The status, or None when nobody listens."""
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as stream:
                stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                return int(stream.makefile("rb").readline().split()[1])
        except ConnectionError:
            return None

    def start(self):
        """Milliseconds until it is ready."""
        since = time.monotonic()
        self.process = subprocess.Popen([self.rung, "serve"], cwd=self.folder, stdout=subprocess.DEVNULL)
        while self.ask("/readyz") != 200:
            if self.process.poll() is not None or time.monotonic() > since + 20:
                raise Failed("rung serve does not become ready")
            time.sleep(0.0005)
        return (time.monotonic() - since) * 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Load:
    """What wrk found."""

    def __init__(self, options, url, seconds, script=None, connections=None):
        command = ["wrk", "-t", str(options.threads), "-c", str(connections or options.connections), "-d",
                   f"{seconds}s", "--latency", "--timeout", "10s", *(["-s", script] if script else []), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        text = done.stdout
        if done.returncode or "Requests/sec" not in text:
            raise Failed(text + done.stderr)
        self.requests = int(re.search(r"(\d+) requests in", text)[1])
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
        self.p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        self.bad = int(bad[1]) if bad else 0
        if "Socket errors" in text:
            self.bad += sum(int(word) for word in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))


def tell(name, load, cpu, server=0):
    load.cost = (cpu + server) / load.requests
    print(f"  {name:<22}{load.rate:9,.0f} requests/s   p99 {load.p99:7.2f} ms   CPU {1e6 * load.cost:6.1f} µs"
          + (f", {1e6 * server / load.requests:.1f} of them PostgreSQL" if server else "")
          + (f"   {load.bad} FAILED" if load.bad else ""), flush=True)


def tell_ratio(pairs):
    rate = statistics.median(ours.rate / floor.rate for ours, floor in pairs)
    cost = statistics.median(floor.cost / ours.cost for ours, floor in pairs)
    print(f"  {'ratio':<22}{rate:9.2f} x of the floor's requests/s (bar 0.5), {cost:.2f} x by CPU", flush=True)


# ---- /livez ----

class Nginx:
    def __init__(self, folder, size):
        self.port = free_port()
        os.makedirs(os.path.join(folder, "www"))
        with open(os.path.join(folder, "www/livez"), "w", encoding="ascii") as file:
            file.write("x" * size)
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(("user root;\n" if os.geteuid() == 0 else "") + NGINX.format(folder=folder, port=self.port))
        self.process = subprocess.Popen(["nginx", "-p", folder, "-e", os.path.join(folder, "nginx.log"), "-c", path])
        end = time.monotonic() + 10
        while len(children(self.process.pid)) < 2 and time.monotonic() < end:
            time.sleep(0.05)

    def load(self, options):
        workers = children(self.process.pid)
        before = sum(map(cpu_of, workers))
        load = Load(options, f"http://127.0.0.1:{self.port}/livez", options.seconds)
        tell("nginx, static file", load, sum(map(cpu_of, workers)) - before)
        return load

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def livez(options, folder, service):
    print(f"GET /livez, {options.connections} connections")
    url = f"http://127.0.0.1:{service.port}/livez"
    nginx, pairs = Nginx(folder, len('{"status":"live"}')), []
    try:
        for port in (service.port, nginx.port):
            Load(options, f"http://127.0.0.1:{port}/livez", 1)
        for _ in range(options.rounds):
            before = cpu_of(service.process.pid)
            ours = Load(options, url, options.seconds)
            tell("rung", ours, cpu_of(service.process.pid) - before)
            pairs.append((ours, nginx.load(options)))
    finally:
        nginx.stop()
    tell_ratio(pairs)


# ---- deletions ----

class Pgbench:
    """What pgbench found, in the words of Load."""

    def __init__(self, options, folder, seconds):
        path = os.path.join(folder, "floor.sql")
        with open(path, "w", encoding="ascii") as file:
            file.write(TRANSACTIONS.format(slice=options.users // options.connections))
        log = os.path.join(folder, "floor")
        done = subprocess.run([os.path.join(os.environ["RUNG_TEST_PGBIN"], "pgbench"), "-n", "-M", "prepared", "-D",
                               "n=0", "-f", path, "-c", str(options.connections), "-j", str(options.threads), "-T",
                               str(seconds), "-l", "--log-prefix", log, "floor"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(done.stderr)
        self.requests = 2 * int(re.search(r"transactions actually processed: (\d+)", done.stdout)[1])
        self.rate = 2 * float(re.search(r"tps = ([\d.]+) \(without", done.stdout)[1])
        times = []
        for name in os.listdir(folder):
            if name.startswith("floor."):
                if not name.endswith(".sql"):
                    with open(os.path.join(folder, name), encoding="ascii") as file:
                        times += [int(line.split()[2]) for line in file]
                    os.unlink(os.path.join(folder, name))
        self.p99 = sorted(times)[len(times) * 99 // 100] / 2000  # two requests each
        self.bad = 0


def write_script(options, folder, begin, count):
    """For the users begin + 1 to begin + count. Each run has its own: who asked already is not asked again."""
    tokens = os.path.join(folder, "tokens")
    if not os.path.exists(tokens):
        with open(tokens, "w", encoding="ascii") as file:
            file.writelines(token(i + 1) + "\n" for i in range(options.users))
    path = os.path.join(folder, f"deletions-{begin}.lua")
    with open(path, "w", encoding="ascii") as file:
        file.write(WRK.format(tokens=tokens, threads=options.threads, begin=begin, count=count,
                              batch=min(1000, count // options.threads // 2)))
    return path


def deletions(options, folder, service):
    print(f"DELETE /users/me and its cancelling, {options.users:,} users, {options.connections} connections,"
          f" fsync {psql('SHOW fsync', 'served').strip()}")
    url, part = f"http://127.0.0.1:{service.port}", options.users // (options.rounds + 2)
    Load(options, url, 2, write_script(options, folder, 0, part))
    fresh("floor", USERS.format(integer="bigint", time="timestamptz", users=options.users) + FLOOR)
    Pgbench(options, folder, 2)
    pairs = []
    for number in range(options.rounds):
        script = write_script(options, folder, (number + 1) * part, part)
        before, server = cpu_of(service.process.pid), server_cpu()
        ours = Load(options, url, options.seconds, script)
        tell("rung", ours, cpu_of(service.process.pid) - before, server_cpu() - server)
        before, server = resource.getrusage(resource.RUSAGE_CHILDREN), server_cpu()
        floor = Pgbench(options, folder, options.seconds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        tell("pgbench", floor, own, server_cpu() - server)
        pairs.append((ours, floor))
    tell_ratio(pairs)


# ---- memory and start ----

def memory(options, folder, service):
    """Half of the time all ask for /livez, half of it they use the database."""
    url = f"http://127.0.0.1:{service.port}"
    pid = service.process.pid
    part = options.users // (options.rounds + 2)
    script = write_script(options, folder, options.users - part, part)
    sizes, done = [resident(pid)], 0
    for limit in (options.requests // 10, options.requests):
        while done < limit:
            done += Load(options, url + "/livez", 2).requests
            done += Load(options, url, 2, script).requests
        sizes.append(resident(pid))
    print(f"memory: {sizes[0]:,} kB before, {sizes[1]:,} kB after {options.requests // 10:,} requests, {sizes[2]:,} kB"
          f" after {done:,}: {sizes[2] / sizes[1]:.3f} x (bar 1.1)", flush=True)


def starts(service):
    times = []
    for _ in range(9):
        service.stop()
        times.append(service.start())
    print(f"start until /readyz is 200: median {sorted(times)[4]:.1f} ms (bar 50), longest {max(times):.1f} ms",
          flush=True)


def run(options, folder):
    fresh("served", USERS.format(integer="bigint", time="timestamptz", users=options.users))
    url = f"postgresql:///served?host={os.environ['PGHOST']}&user={os.environ['PGUSER']}"
    service = Service(options, folder, url, options.settings)
    service.prepare()
    service.start()
    try:
        if "livez" in options.only:
            livez(options, folder, service)
        if "deletions" in options.only:
            deletions(options, folder, service)
        if "memory" in options.only:
            memory(options, folder, service)
        if "start" in options.only:
            starts(service)
    finally:
        if service.process.poll() is None:
            service.stop()


def main():
    cases = ["livez", "deletions", "memory", "start"]
    parser = argparse.ArgumentParser(prog="bench/serve.py", description=__doc__.split("\n\n")[1])
    parser.add_argument("rung", help="the program, from a release build")
    parser.add_argument("--users", type=int, default=10000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2, help="of wrk and pgbench")
    parser.add_argument("--seconds", type=int, default=5, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1000000, help="of the run that looks at memory")
    parser.add_argument("--settings", default="", help="more lines of the section serve")
    parser.add_argument("--only", nargs="+", choices=cases, default=cases)
    options = parser.parse_args()
    options.rung = os.path.abspath(options.rung)
    for name in ("wrk", "nginx", "psql"):
        if not shutil.which(name):
            raise Failed(f"{name} is not installed: run scripts/bootstrap bench")
    with tempfile.TemporaryDirectory(prefix="rung-bench-") as folder:
        os.chmod(folder, 0o755)
        run(options, folder)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"bench/serve.py: {failure}")
