"""examples/monitoring: what it asks for is what /metrics emits; with PROMETHEUS=1 (check-all) also
what promtool says, and a real Prometheus that scrapes a real service until an alert fires."""
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
import urllib.parse

import yaml

from harness import SOURCE, Postgresql, Sqlite, main, on_each_engine, wait_until
from test_metrics import Instances, MetricsCase

FOLDER = os.path.join(SOURCE, "examples/monitoring")
NAME = re.compile(r"\b(?:lifecycle|rung|process)_[a-z_]+\b")
ALL = os.environ.get("PROMETHEUS") == "1"


def text_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def rules():
    return [rule for group in yaml.safe_load(text_of("alerts.yml"))["groups"]
            for rule in group["rules"]]


def expressions(dashboard):
    """Of panels and variables."""
    found = []
    for panel in dashboard["panels"]:
        found += [target["expr"] for target in panel.get("targets", [])]
    found += [variable["definition"] for variable in dashboard["templating"]["list"]
              if "definition" in variable]
    return found


class Scraped(Instances):
    """A service that has something to say of every metric."""

    def busy_service(self):
        self.serve()
        self.fill()
        self.db.execute("INSERT INTO users (id, email) VALUES (7, 'g@x.org')")
        self.ok("erase", "request", "users:1", "--now")
        self.ok("erase", "request", "users:7")
        self.ok("erase", "cancel", "users:7")
        self.ok("purge")
        self.ok("retain")
        self.ok("audit", "verify")
        self.rung("retain", "--orphans")
        self.rung("status", "--lifecycle")
        running = self.run_service()
        self.ask(running, "GET", "/readyz")
        return running


@on_each_engine
class Monitoring(Scraped):
    def test_names_are_those_that_are_emitted(self):
        page = self.scrape(self.busy_service()).text
        emitted = set()
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.M):
            emitted |= ({name + end for end in ("_bucket", "_sum", "_count")}
                        if kind == "histogram" else {name})
        dashboard = json.loads(text_of("dashboard.json"))
        asked = {"alerts.yml": " ".join(rule["expr"] for rule in rules()),
                 "dashboard.json": " ".join(expressions(dashboard)),
                 "alerts_test.yml": " ".join(re.findall(r"series: '(\w+)", text_of("alerts_test.yml")))}
        for file, text in asked.items():
            names = set(NAME.findall(text)) - {"rung_lifecycle"}
            self.assertGreater(len(names), 10, file)
            self.assertEqual(names - emitted, set(), file)
        described = set(NAME.findall(text_of("README.md")))
        families = set(re.findall(r"^# TYPE (\S+) ", page, re.M))
        self.assertEqual(families - described, set(), "README.md does not describe these")
        kinds = {dict(labels)["alert"] for name, labels in self.figures()
                 if name == "lifecycle_alert"}
        for named in re.findall(r'alert=~?"([\w|]+)"', asked["alerts.yml"]):
            self.assertEqual(set(named.split("|")) - kinds, set())


class Files(unittest.TestCase):
    def test_rules_say_what_to_do(self):
        names = [rule["alert"] for rule in rules()]
        self.assertEqual(len(names), len(set(names)))
        for rule in rules():
            self.assertEqual(sorted(rule["annotations"]), ["description", "runbook", "summary"],
                             rule["alert"])
            self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
            self.assertIn(f"`{rule['alert']}`", text_of("README.md"))
            self.assertIn(f"alertname=\"{rule['alert']}\"", text_of("alerts_test.yml"))

    def test_the_dashboard_is_one(self):
        dashboard = json.loads(text_of("dashboard.json"))
        for key in ("title", "uid", "schemaVersion", "panels", "templating", "time", "refresh"):
            self.assertIn(key, dashboard)
        variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        ids, places = set(), []
        for panel in dashboard["panels"]:
            self.assertNotIn(panel["id"], ids)
            ids.add(panel["id"])
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24)
            for other in places:
                self.assertTrue(at["x"] >= other["x"] + other["w"] or other["x"] >= at["x"] + at["w"]
                                or at["y"] >= other["y"] + other["h"]
                                or other["y"] >= at["y"] + at["h"], panel["title"])
            places.append(at)
            if panel["type"] == "row":
                continue
            self.assertIn(panel["type"], ("stat", "timeseries"))
            self.assertTrue(panel["targets"] and panel["fieldConfig"]["defaults"]["unit"])
            for target in panel["targets"]:
                self.assertEqual(target["datasource"],
                                 {"type": "prometheus", "uid": "${datasource}"})
            self.assertEqual(len({target["refId"] for target in panel["targets"]}),
                             len(panel["targets"]))


@unittest.skipUnless(ALL, "check-all")
class Promtool(unittest.TestCase):
    def tool(self, *words, stdin=None):
        done = subprocess.run(["promtool", *words], cwd=FOLDER, text=True, capture_output=True,
                              input=stdin)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_files(self):
        self.tool("check", "config", "prometheus.yml")
        self.tool("check", "rules", "alerts.yml")
        self.tool("test", "rules", "alerts_test.yml")

    def test_expressions_of_the_dashboard(self):
        exprs = [expr for expr in expressions(json.loads(text_of("dashboard.json")))
                 if not expr.startswith("label_values")]
        groups = {"groups": [{"name": "dashboard", "rules": [
            {"record": f"panel_{i}", "expr": expr.replace("$__rate_interval", "5m")
             .replace("$job", ".*")} for i, expr in enumerate(exprs)]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            yaml.safe_dump(groups, file)
            file.flush()
            self.tool("check", "rules", file.name)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Scraping(Scraped):
    def get(self, path, **query):
        connection = http.client.HTTPConnection("127.0.0.1", self.prometheus, timeout=30)
        try:
            connection.request("GET", path + "?" + urllib.parse.urlencode(query))
            return json.loads(connection.getresponse().read())["data"]
        finally:
            connection.close()

    def start_prometheus(self, running):
        """With rules that do not wait."""
        folder = self.project.path("prometheus")
        os.makedirs(folder)
        config = yaml.safe_load(text_of("prometheus.yml"))
        config["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms",
                            "scrape_timeout": "500ms"}
        config["scrape_configs"][0]["static_configs"][0]["targets"] = [
            f"127.0.0.1:{running.ports[1]}"]
        alerts = yaml.safe_load(text_of("alerts.yml"))
        for group in alerts["groups"]:
            for rule in group["rules"]:
                rule.pop("for", None)
        for name, value in (("prometheus.yml", config), ("alerts.yml", alerts)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                yaml.safe_dump(value, file)
        self.prometheus = free_port()
        with open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [shutil.which("prometheus"), "--config.file=prometheus.yml",
                 f"--web.listen-address=127.0.0.1:{self.prometheus}", "--storage.tsdb.path=data"],
                cwd=folder, stdout=log, stderr=log)
        self.addCleanup(lambda: (process.terminate(), process.wait(60)))

    def firing(self):
        try:
            return {alert["labels"]["alertname"] for alert in self.get("/api/v1/alerts")["alerts"]
                    if alert["state"] == "firing"}
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def test_an_alert_fires_and_ends(self):
        running = self.busy_service()
        self.start_prometheus(running)
        up = lambda: self.get("/api/v1/query", query="lifecycle_up == 1")["result"]
        wait_until(lambda: self.firing() is not None and up(), 60)
        wait_until(lambda: self.firing() == set(), 60)
        self.ok("erase", "request", "users:2", "--now")
        wait_until(lambda: self.firing() == {"RungOverdue"}, 60)
        self.ok("purge")
        wait_until(lambda: self.firing() == set(), 60)
        total = lambda: self.get("/api/v1/query", query='sum(lifecycle_rows_deleted_total{table="posts"})')
        wait_until(lambda: total()["result"][0]["value"][1] == "50", 60)
        metadata = self.get("/api/v1/targets/metadata")
        self.assertGreater(len(metadata), 40)
        target = self.get("/api/v1/targets")["activeTargets"][0]
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))

    def test_a_real_scrape_is_without_findings(self):
        page = self.scrape(self.busy_service()).text
        done = subprocess.run(["promtool", "check", "metrics"], text=True, capture_output=True,
                              input=page)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if ALL:
    class ScrapingSqlite(Scraping):
        engine = Sqlite

    class ScrapingPostgresql(Scraping):
        engine = Postgresql
del Scraping, Scraped, Instances, MetricsCase


if __name__ == "__main__":
    main()
