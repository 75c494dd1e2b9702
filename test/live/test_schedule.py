"""Jobs that run by themselves: each slot once, whoever asks, whoever dies, whatever the clocks do."""
import os
import pathlib
import re
import signal
import sqlite3
import time
from datetime import datetime, timedelta, timezone
from random import Random
from zoneinfo import ZoneInfo, available_timezones

from harness import main, on_each_engine, wait_until
import lifecycle
from lifecycle import LifeCase

SECTION = lifecycle.SECTION.replace("  anchor: anchor.txt\n", "")
# Two hours ago: the slots of a test do not come while it runs.
AGO = (datetime.now(timezone.utc) - timedelta(hours=2)).strftime("%-M %-H * * *")
SERVE = """serve:
  listen: "127.0.0.1:0"
  auth: { hs256_secret: "fedcba9876543210fedcba9876543210", issuer: app, audience: rung }
"""


@on_each_engine
class Schedule(LifeCase):
    def begin(self, schedule=f'    purge: "{AGO}"\n', lease="60s", more=""):
        """Users, and jobs that are known to the database."""
        self.start(SECTION + f"  schedule_lease: {lease}\n  schedule:\n{schedule}{more}")
        self.ok("schedule", "beat")

    def seen(self, seconds, job="purge"):
        """As if the last look was so many seconds ago."""
        self.db.execute(f"UPDATE {self.names}job SET seen_at = {self.now(-seconds)} WHERE name = '{job}'")

    def due(self, slots=1, job="purge"):
        self.seen(10800 + 86400 * (slots - 1), job)

    def runs(self, job="purge"):
        return self.db.query(f"SELECT state, slots, epoch, deaths FROM {self.names}job_run WHERE job ="
                             f" '{job}' ORDER BY id")

    def purges(self):
        return int(self.value(f"SELECT count(*) FROM {self.names}audit WHERE action = 'purge run'"))

    def job(self, name="purge"):
        listed = self.ok("schedule", "list", "--json").json()
        return [job for job in listed["jobs"] if job["name"] == name][0]

    def erase(self, key):
        self.ok("erase", "request", f"users:{key}", "--now")

    def users(self):
        return [row[0] for row in self.db.query("SELECT id FROM users ORDER BY id")]

    def block(self, blocked=True):
        """Another worker removes rows, or not any more."""
        value, at = ("'somebody'", self.now(3600)) if blocked else ("NULL", "NULL")
        self.db.execute(f"INSERT INTO {self.names}mark (name) VALUES ('purge') ON CONFLICT DO NOTHING;"
                        f"UPDATE {self.names}mark SET value = {value}, at = {at} WHERE name = 'purge'")

    def holder(self):
        rows = self.db.query(f"SELECT holder FROM {self.names}job_run WHERE state = 'running'")
        return rows[0][0] if rows else None

    # ---- slots ----

    def test_nothing_is_due_at_first(self):
        self.begin()
        self.assertIn("nothing is due; the next is purge at ", self.ok("schedule", "run").out)
        job = self.job()
        self.assertEqual((job["cron"], job["zone"], job["due"], job["last"], job["missed"]),
                         (AGO, "UTC", False, None, 0))
        self.assertRegex(job["next_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$")
        self.assertEqual(self.runs(), [])

    def test_purge_runs_at_two_by_default(self):
        self.start(SECTION)
        listed = self.ok("schedule", "list", "--json").json()
        self.assertEqual([(job["name"], job["cron"]) for job in listed["jobs"]],
                         [("purge", "0 2 * * *")])
        self.project.config(SECTION + "  schedule: { purge: off }\n")
        self.assertEqual(self.ok("schedule", "list").out, "nothing is scheduled\n")
        self.assertEqual(self.ok("schedule", "beat", "--json").json()["seconds"], -1)

    def test_a_slot_is_run_once_by_four_at_once(self):
        self.begin()
        self.erase(1)
        self.due()
        self.assertTrue(self.job()["due"])
        running = [self.project.start("schedule", "run", "--json") for _ in range(4)]
        ended = [one.end() for one in running]
        self.assertEqual([one.code for one in ended], [0] * 4, "\n".join(map(str, ended)))
        self.assertEqual(sum(len([run for run in one.json()["runs"] if run["state"] == "succeeded"])
                             for one in ended), 1)
        self.assertEqual((self.runs(), self.purges(), self.users()),
                         ([("succeeded", "1", "1", "0")], 1, ["2", "3"]))
        last = self.job()["last"]
        self.assertEqual((last["state"], last["forced"], last["counts"]["subjects"],
                          last["counts"]["deleted"]), ("succeeded", False, 1, 1))

    def test_after_an_outage_it_runs_once(self):
        self.begin()
        self.due(slots=5)
        result = self.ok("schedule", "run")
        self.assertRegex(result.out, r"^purge +\S+ \S+ UTC succeeded in .*; 4 missed\n$")
        self.assertEqual(self.runs(), [("missed", "4", "1", "0"), ("succeeded", "1", "1", "0")])
        self.assertEqual((self.purges(), self.job()["missed"], self.job()["runs"]), (1, 4, 1))
        self.assertIn("nothing is due", self.ok("schedule", "run").out)
        self.assertEqual(self.purges(), 1)

    def test_a_job_that_never_catches_up(self):
        self.begin(f'    purge: {{ cron: "{AGO}", catch_up: never }}\n')
        self.due(slots=3)
        self.assertRegex(self.ok("schedule", "run").out, r"^purge +not run; 3 missed\n$")
        self.assertEqual((self.runs(), self.purges()), ([("missed", "3", "1", "0")], 0))
        self.assertEqual((self.job()["due"], self.job()["missed"]), (False, 3))

    def test_a_long_outage_of_a_job_of_every_minute(self):
        self.begin('    purge: "* * * * *"\n')
        self.seen(86400 * 730)
        since = time.monotonic()
        self.ok("schedule", "run")
        self.assertLess(time.monotonic() - since, 20)
        self.assertIn(self.job()["missed"], range(730 * 1440 - 2, 730 * 1440 + 2))
        self.assertEqual(self.purges(), 1)

    def test_the_clock_is_set_back(self):
        self.begin()
        self.due()
        self.ok("schedule", "run")
        # what was seen lies ahead now
        self.db.execute(f"UPDATE {self.names}job SET seen_at = {self.now(86400 * 3)}")
        self.assertIn("nothing is due", self.ok("schedule", "run").out)
        # and the row of a slot stands for it, also when nobody remembers
        self.due()
        self.ok("schedule", "run")
        self.assertEqual((self.runs(), self.purges()), ([("succeeded", "1", "1", "0")], 1))

    def test_another_expression_begins_anew(self):
        self.begin()
        self.due(slots=30)
        text = self.project.read("rung.yaml")
        self.project.write("rung.yaml", text.replace(AGO, "* * * * *"))
        self.ok("schedule", "beat")
        self.assertLess(sum(run["missed"] for run in self.ok("schedule", "run", "--json").json()["runs"]), 3)

    def test_one_job_is_named(self):
        self.begin(f'    purge: "{AGO}"\n    alerts: "{AGO}"\n')
        for job in ("purge", "alerts"):
            self.due(job=job)
        self.ok("schedule", "run", "alerts")
        self.assertEqual((len(self.runs("alerts")), self.runs()), (1, []))
        self.assertEqual([job["name"] for job in self.ok("schedule", "list", "purge", "--json").json()["jobs"]],
                         ["purge"])
        self.fails(2, "schedule", "run", "retain")
        self.fails(2, "schedule", "run", "--now")
        self.fails(2, "schedule")

    def test_forced(self):
        self.begin()
        self.erase(2)
        self.ok("schedule", "run", "purge", "--now")
        self.assertEqual((self.users(), self.job()["last"]["forced"], self.job()["missed"]),
                         (["1", "3"], True, 0))
        self.assertFalse(self.job()["due"])

    # ---- others that run, and die ----

    def running(self, seconds, holder="'somebody'"):
        """A worker that runs the job, whose lease ends in so many seconds."""
        forced = "0" if self.sqlite else "false"
        self.db.execute(
            f"INSERT INTO {self.names}job_run (job, slot, state, forced, holder, lease_until, started_at)"
            f" VALUES ('purge', {self.now(-86400)}, 'running', {forced}, {holder}, {self.now(seconds)},"
            f" {self.now(-86400)})")

    def test_a_slot_that_comes_while_it_runs_is_skipped(self):
        self.begin()
        self.running(3600)
        self.due()
        self.assertRegex(self.ok("schedule", "run", "purge").out, "nothing is due")
        self.assertIn("somebody", self.fails(5, "schedule", "run", "purge", "--now").err)
        self.assertEqual((self.purges(), self.job()["last"]["state"]), (0, "running"))
        # the worker ends, and counts it
        self.db.execute(f"UPDATE {self.names}job_run SET holder = NULL, lease_until = {self.now(0)}")
        self.seen(1)
        running = self.project.start("schedule", "run")
        self.assertEqual(running.end().code, 0)
        self.assertEqual(self.runs(), [("succeeded", "1", "2", "0")])

    def test_slots_that_passed_during_a_run(self):
        self.begin(lease="2s")
        self.due()
        self.block()
        running = self.project.start("schedule", "run", "--json")
        wait_until(self.holder)
        self.due(slots=2)  # of which the older one is the one that runs
        self.block(False)
        ended = running.end()
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual((self.job()["skipped"], self.job()["missed"], self.purges()), (2, 0, 1))
        self.assertIn("2 skipped", self.ok("schedule", "list").out)

    def test_a_worker_that_died_is_followed_by_another(self):
        self.begin(lease="2s")
        self.erase(1)
        self.due()
        self.block()
        dead = self.project.start("schedule", "run")
        wait_until(self.holder)
        dead.process.kill()
        dead.process.wait()
        for reader in dead.readers:
            reader.join()
        first = self.holder()
        self.assertIn(f"process {dead.process.pid} ", first)
        self.block(False)
        wait_until(lambda: "taken over" in self.ok("schedule", "run").out)
        self.assertEqual((self.runs(), self.purges(), self.users()),
                         ([("succeeded", "1", "2", "1")], 1, ["2", "3"]))

    def put_to_sleep(self, pid):
        """Between two transactions, for SQLite's lock would sleep with it; then the other worker ends."""
        def sleeps():
            os.kill(pid, signal.SIGSTOP)
            wait_until(lambda: all(") T " in path.read_text()
                                   for path in pathlib.Path(f"/proc/{pid}/task").glob("*/stat")))
            try:
                self.block(False)
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                return False
            return True
        wait_until(sleeps, 60)

    def test_a_worker_that_slept_does_not_end_what_another_has(self):
        self.begin(lease="2s")
        self.erase(1)
        self.due()
        self.block()
        asleep = self.project.start("schedule", "run")
        wait_until(self.holder)
        self.put_to_sleep(asleep.process.pid)
        try:
            wait_until(lambda: "taken over" in self.ok("schedule", "run").out)
        finally:
            os.kill(asleep.process.pid, signal.SIGCONT)
        ended = asleep.end()
        self.assertEqual(ended.code, 5, str(ended))
        self.assertEqual((self.runs()[0][0], self.job()["runs"], self.users()),
                         ("succeeded", 1, ["2", "3"]))

    def test_a_worker_that_lives_keeps_it(self):
        self.begin(lease="2s")
        self.due()
        self.block()
        running = self.project.start("schedule", "run")
        wait_until(self.holder)
        beats = set()

        def many():
            self.ok("schedule", "run")
            beats.add(self.value(f"SELECT lease_until FROM {self.names}job_run"))
            return len(beats) > 2
        wait_until(many, 40)
        self.block(False)
        self.assertEqual(running.end().code, 0)
        self.assertEqual((self.runs(), self.purges()), ([("succeeded", "1", "1", "0")], 1))

    def test_what_is_interrupted_is_handed_over(self):
        self.begin()
        self.erase(1)
        self.due()
        self.block()
        running = self.project.start("schedule", "run")
        wait_until(self.holder)
        running.process.send_signal(signal.SIGINT)
        self.assertEqual(running.end().code, 1)
        self.assertEqual(self.runs(), [("running", "1", "1", "0")])
        self.assertIsNone(self.holder())
        self.assertIn("handed over", self.ok("schedule", "list").out)
        self.block(False)
        self.assertIn("taken over", self.ok("schedule", "run").out)
        self.assertEqual((self.runs(), self.users()), ([("succeeded", "1", "2", "0")], ["2", "3"]))

    def test_a_job_that_kills_its_workers_is_given_up(self):
        self.begin()
        self.running(-10)
        self.db.execute(f"UPDATE {self.names}job_run SET deaths = 4")
        self.ok("schedule", "run")
        self.assertEqual((self.runs(), self.purges()), ([("failed", "1", "1", "4")], 0))
        self.assertIn("5 workers died", self.job()["last"]["problem"])

    # ---- what jobs find ----

    def test_failures_and_findings(self):
        self.begin(f'    purge: off\n    alerts: "{AGO}"\n    audit-verify: "{AGO}"\n'
                   f'    vault-rotate: "{AGO}"\n    retain: "{AGO}"\n    export-expire: "{AGO}"\n'
                   f'    orphans: "{AGO}"\n', more="  alerts: { pending_over: 0 }\n")
        self.ok("erase", "request", "users:1")
        lock = ("DROP TRIGGER rung_audit_keeps_text" if self.sqlite
                else "ALTER TABLE rung.audit DISABLE TRIGGER append_only")
        self.db.execute(f"{lock}; UPDATE {self.names}audit SET actor = 'x' WHERE seq = 1")
        for job in ("alerts", "audit-verify", "vault-rotate", "retain", "export-expire", "orphans"):
            self.due(job=job)
        result = self.rung("schedule", "run", "--json")
        self.assertEqual(result.code, 3, str(result))
        runs = {run["job"]: (run["state"], run["problem"] or "") for run in result.json()["runs"]}
        self.assertEqual({name: state for name, (state, _) in runs.items()},
                         {"retain": "succeeded", "export-expire": "succeeded", "audit-verify": "failed",
                          "alerts": "succeeded", "orphans": "succeeded", "vault-rotate": "failed"})
        self.assertIn("rung audit verify", runs["audit-verify"][1])
        self.assertIn("requests are pending", runs["alerts"][1])
        self.assertIn("no column is covered", runs["vault-rotate"][1])
        self.assertEqual(self.job("vault-rotate")["failures"], 1)
        self.assertIsNone(self.job("vault-rotate")["succeeded_at"])

    def test_no_key_of_a_subject_is_kept(self):
        self.begin()
        self.db.execute("INSERT INTO users (id, email) VALUES (987654321, 'zz@x.org')")
        self.erase(987654321)
        self.due()
        self.ok("schedule", "run")
        for row in self.db.query(f"SELECT * FROM {self.names}job_run"):
            self.assertNotIn("987654321", " ".join(cell or "" for cell in row))

    # ---- rung.yaml ----

    def test_wrong_settings_are_told_with_their_line(self):
        self.start(SECTION)
        for entry, line, words in (
                ('    purge: "0 25 * * *"\n', 8, 'purge: "0 25 * * *": hour: 25 is not one of 0 to 23'),
                ('    retain:\n      cron: "0 2 31 2 *"\n', 9, "would never run"),
                ('    retain: { cron: "@reboot" }\n', 8, "there is no @reboot"),
                ('    retain: { cron: "0 2 * * *", zone: Europe/Nowhere }\n', 8, "no time zone"),
                ('    retain: { cron: "0 2 * * *", zone: ../../etc/passwd }\n', 8, "no time zone"),
                ('    retain: { cron: "0 2 * * *", catch_up: twice }\n', 8, "once or never"),
                ('    retain: { zone: UTC }\n', 8, "has no cron"),
                ('    purge: "0 2 * * *"\n    tidy: "@daily"\n', 9, 'no job "tidy"')):
            self.project.config(SECTION + "  schedule:\n" + entry)
            result = self.refused(2, "schedule", "list", file="rung.yaml", line=line + 1, hint=False)
            self.assertIn(words, result.err)

    def test_tables_that_are_not_there(self):
        self.start(SECTION)
        self.db.execute(f"DROP TABLE {self.names}job_run")
        for action in ("list", "run", "beat"):
            self.assertIn("rung erase init", self.fails(2, "schedule", action).err)
        self.ok("erase", "init")
        self.ok("schedule", "list")

    def test_rungs_tables_are_no_part_of_the_schema(self):
        self.begin()
        self.assertNotIn("job_run", self.ok("dump").out)

    # ---- the service ----

    def service(self):
        running = self.project.start("serve")
        self.addCleanup(lambda: running.process.poll() is None and running.process.kill())
        self.assertTrue(running.wait_for("listening", "out"), running.text)
        return running

    def test_the_service_runs_what_is_due(self):
        self.begin(more=SERVE)
        self.erase(1)
        self.due(slots=3)
        running = self.service()
        wait_until(lambda: self.users() == ["2", "3"])
        self.assertTrue(running.wait_for("2 missed", "err"))
        listed = self.ok("schedule", "list", "--json").json()
        self.assertTrue(listed["scheduler"]["fresh"])
        self.assertIn(f"process {running.process.pid} ", listed["scheduler"]["holder"])
        running.process.send_signal(signal.SIGTERM)
        ended = running.end()
        self.assertEqual(ended.code, 0, str(ended))
        self.assertRegex(ended.err, r"scheduler: purge \S+Z: succeeded in .*, 2 missed, 0 skipped\n")
        self.assertEqual((self.runs()[-1], self.purges()), (("succeeded", "1", "1", "0"), 1))

    def test_of_two_services_one_dies(self):
        self.begin(lease="2s", more=SERVE)
        self.erase(1)
        self.due()
        self.block()
        both = [self.service(), self.service()]
        wait_until(self.holder)
        pid = int(re.search(r"process (\d+) ", self.holder())[1])
        dead, other = both if both[0].process.pid == pid else both[::-1]
        dead.process.kill()
        dead.process.wait()
        for reader in dead.readers:
            reader.join()
        self.block(False)
        wait_until(lambda: self.users() == ["2", "3"], 40)
        wait_until(lambda: self.runs() == [("succeeded", "1", "2", "1")])
        other.process.send_signal(signal.SIGTERM)
        self.assertEqual(other.end().code, 0)
        self.assertEqual((self.purges(), self.job()["runs"], self.job()["missed"]), (1, 1, 0))

    def test_a_service_takes_up_another_schedule(self):
        self.begin(more=SERVE)
        running = self.service()
        text = self.project.read("rung.yaml")
        self.project.write("rung.yaml", text.replace("  schedule:\n", '  schedule:\n    alerts: "@yearly"\n'))
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.db.query(f"SELECT name FROM {self.names}job WHERE name = 'alerts'"))
        running.process.send_signal(signal.SIGTERM)
        self.assertEqual(running.end().code, 0)

    def test_connections_that_are_lost(self):
        """The job goes on with new ones, or again."""
        if self.sqlite:  # has none
            return
        self.begin(more=SERVE)
        self.erase(1)
        self.due()
        self.block()
        running = self.service()
        for _ in range(3):
            wait_until(self.holder)
            self.db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                            " current_database() AND pid <> pg_backend_pid()")
        self.block(False)
        wait_until(lambda: self.users() == ["2", "3"], 60)
        wait_until(lambda: self.runs()[-1][0] == "succeeded", 60)
        running.process.send_signal(signal.SIGTERM)
        self.assertEqual(running.end().code, 0)
        self.assertEqual((self.purges(), len(self.runs())), (1, 1))

    def test_a_service_that_ends_hands_over(self):
        self.begin(more=SERVE)
        self.erase(1)
        self.due()
        self.block()
        running = self.service()
        wait_until(self.holder)
        running.process.send_signal(signal.SIGTERM)
        self.assertEqual(running.end().code, 0)
        self.assertEqual((self.runs(), self.holder()), ([("running", "1", "1", "0")], None))
        self.block(False)
        self.assertIn("taken over", self.ok("schedule", "run").out)
        self.assertEqual((self.runs(), self.users()), ([("succeeded", "1", "2", "0")], ["2", "3"]))

    def test_a_service_without_tables_says_so_once(self):
        self.start(SECTION + SERVE, init=False)
        running = self.service()
        self.assertTrue(running.wait_for("rung erase init", "err"), running.text)
        self.ok("erase", "init")
        wait_until(lambda: self.ok("schedule", "list", "--json").json()["scheduler"]["fresh"])
        running.process.send_signal(signal.SIGTERM)
        ended = running.end()
        self.assertEqual((ended.code, ended.err.count("hint")), (0, 1), str(ended))


# ---- the clocks of the world ----

def matches(sets, local):
    minute, hour, days, months, weekdays, either = sets
    of_month, of_week = local.day in days, local.isoweekday() % 7 in weekdays
    return (local.minute in minute and local.hour in hour and local.month in months
            and ((of_month or of_week) if either else (of_month and of_week)))


def slow_slots(sets, zone, since, minutes):
    """Minute by minute of real time: what the clocks show, and whether they did before."""
    found, shown, before = [], set(), None
    every_hour = len(sets[1]) == 24
    for i in range(-2 * 1440, minutes):
        at = since + timedelta(minutes=i)
        local = at.astimezone(zone).replace(tzinfo=None)
        if every_hour:
            hit = matches(sets, local)
        else:
            hit = local not in shown and matches(sets, local)
            skipped = before + timedelta(minutes=1) if before else local
            while skipped < local:  # a gap
                hit = hit or (skipped not in shown and matches(sets, skipped))
                shown.add(skipped)
                skipped += timedelta(minutes=1)
        shown.add(local)
        before = local
        if hit and i > 0:
            found.append(at)
    return found


def random_cron(random):
    hours = random.choice(["*", "*/2", "*/3", "0,1", "1-3", "2", "0", "23", "1,2,3", "3"])
    minute = random.choice(["*/15", "0", "30", "*/20", "59", "0,30", "5", "*/7"])
    weekday = random.choice(["*", "*", "*", "SUN", "1-6"])
    day = random.choice(["*", "*", "*", "1-31/2"])
    text = f"{minute} {hours} {day} * {weekday}"

    def numbers(field, least, most):
        found = set()
        for item in field.replace("SUN", "0").split(","):
            span, _, step = item.partition("/")
            first, _, last = span.partition("-")
            low, high = ((least, most) if span == "*" else (int(first), int(last or first)))
            found.update(range(low, high + 1, int(step or 1)))
        return found
    return text, (numbers(minute, 0, 59), numbers(hours, 0, 23), numbers(day, 1, 31),
                  set(range(1, 13)), numbers(weekday, 0, 6), day[0] != "*" and weekday[0] != "*")


def change_of(random, zones):
    """A zone, and a midnight in UTC before its clocks change."""
    while True:
        zone = random.choice(zones)
        year, info = random.randint(1975, 2060), ZoneInfo(zone)
        days = [datetime(year, 1, 1, tzinfo=timezone.utc) + timedelta(days=i) for i in range(366)]
        offsets = [day.astimezone(info).utcoffset() for day in days]
        changes = [day for day, one, two in zip(days, offsets, offsets[1:]) if one != two]
        if changes and all(offset.total_seconds() % 60 == 0 for offset in offsets):
            return zone, info, random.choice(changes)


@on_each_engine
class Clocks(LifeCase):
    """`rung schedule preview` against a model that walks through each minute."""

    def test_zones_and_expressions_at_random(self):
        if not self.sqlite:  # no database takes part in it
            return
        count = int(os.environ.get("RUNG_SCHEDULE_ROUNDS", "15"))
        random = Random(int(os.environ.get("RUNG_SCHEDULE_SEED", "6")))
        zones = sorted(zone for zone in available_timezones()
                       if "/" in zone and os.path.exists("/usr/share/zoneinfo/" + zone))
        jobs = ["purge", "retain", "alerts", "orphans"]
        for _ in range(count):
            zone, info, since = change_of(random, zones)
            crons = {job: random_cron(random) for job in jobs}
            self.project.config(SECTION + "  schedule:\n" + "".join(
                f'    {job}: {{ cron: "{text}", zone: "{zone}" }}\n' for job, (text, _) in crons.items()))
            shown = self.ok("schedule", "preview", "--json", "--limit", "2000", "--after",
                            since.strftime("%Y-%m-%dT%H:%M:%SZ")).json()["slots"]
            for job, (text, sets) in crons.items():
                slow = [at.strftime("%Y-%m-%dT%H:%M:%SZ")
                        for at in slow_slots(sets, info, since, 3 * 1440)]
                ours = [slot["slot"] for slot in shown if slot["job"] == job][:len(slow)]
                self.assertEqual(ours, slow, f"{text} {zone} {since}")


if __name__ == "__main__":
    main()
