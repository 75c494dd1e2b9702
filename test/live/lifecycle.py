"""What the tests of the lifecycle share: a project whose users may be erased."""
from harness import Case

KEY = "0123456789abcdef0123456789abcdef"
SECTION = """lifecycle:
  key: "${RUNG_LIFECYCLE_KEY}"
  anchor: anchor.txt
  subjects:
    users: { key: id, requested_at: deletion_requested_at, grace: 30d }
"""
USERS = {
    "sqlite": "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE,"
              " deletion_requested_at TEXT);\n",
    "postgresql": "CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE,"
                  " deletion_requested_at timestamptz);\n",
}
INDEX = ("CREATE INDEX idx_users_deletion_requested ON users (deletion_requested_at)"
         " WHERE deletion_requested_at IS NOT NULL;\n")


class LifeCase(Case):
    def setUp(self):
        super().setUp()
        self.project.env["RUNG_LIFECYCLE_KEY"] = KEY

    @property
    def names(self):
        """Rung's tables: self.names + "erasure"."""
        return "rung_" if self.sqlite else "rung."

    def start(self, section=SECTION, extra="", init=True):
        """Users 1, 2 and 3, and rung's tables."""
        self.project.config(section)
        self.db.execute(USERS[self.db.name] + INDEX + extra +
                        "INSERT INTO users (id, email) VALUES (1, 'a@x.org'), (2, 'b@x.org'),"
                        " (3, 'c@x.org');")
        if init:
            self.ok("erase", "init")

    def now(self, seconds):
        """SQL of a time so many seconds from now, as rung keeps it."""
        if self.sqlite:
            return f"CAST(strftime('%s', 'now') AS INTEGER) + {seconds}"
        return f"now() + interval '{seconds} seconds'"

    def state(self, key, state):
        """As the purge would set it."""
        self.db.execute(f"UPDATE {self.names}erasure SET state = '{state}', claimed_at ="
                        f" {self.now(0)} WHERE key = '{key}'")

    def column(self, key=1):
        return self.value(f"SELECT deletion_requested_at FROM users WHERE id = {key}")

    def db_refuses(self, sql, words):
        """The database itself refuses a statement of an application."""
        try:
            self.db.execute(sql)
        except Exception as error:  # each engine's client has an error of its own
            self.assertIn(words, str(error), sql)
        else:
            self.fail("not refused: " + sql)

