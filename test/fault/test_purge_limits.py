"""Purges on a full disk, and purges whose clock cannot be right."""
import os
import pwd
import subprocess
import tempfile
import time
import unittest

import faults
import purges
import test_concurrent

DAY = 86400


class Disk(unittest.TestCase):
    """A small file system of its own; only root can have one."""
    engine = None

    def mount(self, size):
        if os.geteuid() != 0 or not test_concurrent.mount_works():
            faults.say("no mount(2) here: a full disk was not tried")
            return None
        folder = tempfile.mkdtemp(prefix="rung-full-", dir="/tmp")
        self.addCleanup(os.rmdir, folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        return folder

    def undisturbed(self):
        scene = purges.Scene(self.engine, self.project, users=40, due=range(1, 37), each=4)
        scene.must("purge")
        want = scene.rows()
        scene.close()
        scene.forget()
        return want

    def setUp(self):
        self.project = purges.Project(subjects=12)
        self.addCleanup(self.project.close)

    def whole(self, scene):
        scene.check_all()
        scene.check_sum()

    def complete(self, scene, want, story):
        scene.expire_lease()
        scene.must("purge")
        self.assertEqual(scene.rows(), want, story)
        self.whole(scene)


class DiskSqlite(Disk):
    engine = "sqlite"

    def test_a_full_disk(self):
        folder = self.mount(65536)
        if not folder:
            return
        want, since, failures = self.undisturbed(), time.monotonic(), 0
        scene = purges.Scene(self.engine, self.project, users=40, due=range(1, 37), each=4, folder=folder)
        self.addCleanup(scene.close)
        os.unlink(scene.database.path + ".begin")
        begin = tempfile.NamedTemporaryFile(dir=faults.FAST)
        self.addCleanup(begin.close)
        subprocess.run(["cp", scene.database.path, begin.name], check=True)
        size = os.path.getsize(begin.name) // 1024
        for room in (4, 12, 24, 40, 60, 90, 130):
            subprocess.run(["cp", begin.name, scene.database.path], check=True)
            scene.forget()
            subprocess.run(["mount", "-o", f"remount,size={size + 4 + room}k", folder], check=True)
            run = scene.purge()
            if run.code == faults.DONE:
                break
            failures += 1
            self.assertEqual(run.code, faults.FAILED, run)
            self.assertRegex(run.err, "error: .* full")
            subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
            self.whole(scene)
            self.complete(scene, want, f"{room} kB of room")
        self.assertGreater(failures, 2)
        faults.say(f"sqlite: {failures} full disks, in {time.monotonic() - since:.1f} s")


class DiskPostgresql(Disk):
    engine = "postgresql"

    def test_a_full_tablespace(self):
        folder = self.mount(65536)
        if not folder:
            return
        want, since, failures = self.undisturbed(), time.monotonic(), 0
        owner = pwd.getpwnam(os.environ["RUNG_TEST_PGOWNER"])
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        os.chmod(folder, 0o700)
        name = f"small_{os.getpid()}"
        faults.Postgres.admin(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        self.addCleanup(faults.Postgres.admin, f"DROP TABLESPACE {name}")
        scene = purges.Scene(self.engine, self.project, users=40, due=range(1, 37), each=4)
        self.addCleanup(scene.close)
        scene.database.session.close()
        faults.Postgres.admin(f"ALTER DATABASE {scene.database.name} SET TABLESPACE {name}")
        scene.database.connect()
        ballast = os.path.join(folder, "ballast")
        for room in (100, 160, 220, 300, 450):
            scene.fresh()
            scene.query("VACUUM")
            scene.query("CHECKPOINT")
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - room * 1024
            with open(ballast, "wb") as file:
                file.write(b"\0" * max(free, 0))
            run = scene.purge()
            os.unlink(ballast)
            if run.code == faults.DONE:
                break
            failures += 1
            self.assertEqual(run.code, faults.FAILED, run)
            self.assertRegex(run.err, "error: .*(No space left on device|could not extend|could not write)")
            self.whole(scene)
            self.complete(scene, want, f"{room} kB of room")
        self.assertGreater(failures, 1)
        faults.say(f"postgresql: {failures} full tablespaces, in {time.monotonic() - since:.1f} s")


class Clock(unittest.TestCase):
    engine = None

    def scene(self, **options):
        self.project = purges.Project(grace=options.pop("grace", "30d"))
        self.addCleanup(self.project.close)
        scene = purges.Scene(self.engine, self.project, **options)
        self.addCleanup(scene.close)
        return scene

    def seen(self, scene, seconds):
        scene.execute(f"UPDATE {{rung}}mark SET at = {scene.now(seconds)} WHERE name = 'clock';")

    def test_a_clock_that_went_back_or_jumped_ahead(self):
        for seconds, words in ((1000, "behind what it was"), (400 * DAY, "behind what it was"),
                               (-26 * DAY, "ahead of what it was")):
            scene = self.scene(users=3, due=(1,))
            self.seen(scene, seconds)
            run = scene.purge()
            self.assertNotEqual(run.code, faults.DONE)
            self.assertIn("the clock cannot be right", run.err)
            self.assertIn(words, run.err)
            self.assertIn("--force", run.err)
            self.assertEqual(scene.keys_in("pending"), {"1"})
            self.assertEqual(scene.counts(), scene.before)
            scene.must("purge", "--force")
            self.assertEqual(scene.keys_in("pending"), set())
            scene.must("purge")  # once was enough
            scene.check_all()
        for seconds in (200, -24 * DAY):
            scene = self.scene(users=3, due=(1,))
            self.seen(scene, seconds)
            scene.must("purge")

    def test_nobody_goes_before_the_day(self):
        scene = self.scene(users=8, due=())
        for key, due in ((1, DAY), (2, 60), (5, 3), (6, -1)):
            scene.execute(scene.request_sql(key, due))
        scene.must("purge")
        self.assertLessEqual({"1", "2"}, scene.keys_in("pending"))
        self.assertNotIn("6", scene.keys_in("pending"))
        scene.must("purge", "--force")
        self.assertTrue({"1", "2"} <= scene.keys_in("pending"))
        faults.wait_until(lambda: scene.must("purge") and scene.keys_in("pending") == {"1", "2"}, "its time")
        self.assertEqual(scene.value("SELECT count(*) FROM users WHERE id IN (1, 2)"), "2")
        scene.check_all()

    def due(self, grace, *times):
        """When requests of such times are due, in UTC; they stood in the column before."""
        scene = self.scene(users=len(times) + 1, due=(), grace=grace)
        if scene.pg:
            scene.execute("ALTER TABLE users DISABLE TRIGGER USER;")
            zone = f"ALTER DATABASE {scene.database.name} SET TimeZone = 'America/New_York'"
            scene.execute(zone)
        else:
            guards = scene.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'users'")
            scene.execute("".join(f"DROP TRIGGER {purges.quoted(name)};" for name, in guards if name != "note_0"))
        for key, at in enumerate(times, 1):
            scene.execute(f"UPDATE users SET deletion_requested_at = '{at}{'+00' if scene.pg else ''}'"
                          f" WHERE id = {key};")
        if scene.pg:
            scene.execute("ALTER TABLE users ENABLE TRIGGER USER;")
        faults.must(self.project, scene.database, "erase", "init", env={"TZ": "America/New_York"})
        text = ("to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" if scene.pg
                else "strftime('%Y-%m-%d %H:%M:%S', due_at, 'unixepoch')")
        found = [row[0] for row in scene.query(f"SELECT {text} FROM {{rung}}erasure ORDER BY id")]
        scene.check_step()
        self.assertEqual(len(found), len(times))
        return sorted(found)

    def test_days_over_the_change_to_summer_time(self):
        self.assertEqual(self.due("30d", "2026-03-01 06:30:00", "2026-10-20 05:30:00"),
                         ["2026-03-31 06:30:00", "2026-11-19 05:30:00"])

    def test_months_over_the_change_to_summer_time(self):
        self.assertEqual(self.due("1mo", "2026-02-15 07:30:00", "2026-10-15 05:30:00"),
                         ["2026-03-15 07:30:00", "2026-11-15 05:30:00"])

    def test_the_last_days_of_months(self):
        self.assertEqual(self.due("1mo", "2024-01-31 23:59:59", "2025-01-31 00:00:00", "2025-01-29 12:00:00"),
                         ["2024-02-29 23:59:59", "2025-02-28 00:00:00", "2025-02-28 12:00:00"])

    def test_a_year_from_the_29th_of_february(self):
        self.assertEqual(self.due("1y", "2024-02-29 12:00:00", "2023-02-28 12:00:00"),
                         ["2024-02-28 12:00:00", "2025-02-28 12:00:00"])


class ClockPostgresql(Clock):
    engine = "postgresql"


class ClockSqlite(Clock):
    engine = "sqlite"


del Disk, Clock

if __name__ == "__main__":
    faults.main("__main__")
