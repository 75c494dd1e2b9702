"""What the benchmarks run on: folders of revisions, and the same for the peers."""
import os

ROWS_A_STATEMENT = 4
ROW_TEXT = "The quick statement of a batch that loads what the old system had, line by line; "


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_settings(folder, url):
    write(os.path.join(folder, "rung.yaml"), f'targets:\n  bench: {{ url: "{url}" }}\n')


def table_sql(number):
    """Three columns, and an index on every fourth table."""
    sql = (f"CREATE TABLE item_{number:05} (\n    id bigint PRIMARY KEY,\n"
           f"    name text NOT NULL,\n    size integer NOT NULL DEFAULT 0\n);\n")
    if number % 4 == 0:
        sql += f"CREATE INDEX item_{number:05}_name ON item_{number:05} (name);\n"
    return sql


def revision_text(name, parents, up, down, engine=""):
    section = f" {engine}" if engine else ""
    heading = "".join(" " + parent for parent in parents)
    return (f"-- rung:revision {name}\n-- rung:parents{heading}\n-- rung:message create {name}\n\n"
            f"-- rung:up{section}\n{up}\n-- rung:down{section}\n{down}")


def revision_path(folder, name):
    return os.path.join(folder, "migrations", f"{name}_create.sql")


def write_chain(folder, url, count, engine=""):
    """`count` small revisions, one behind the other."""
    write_settings(folder, url)
    parents = []
    for number in range(1, count + 1):
        name = f"r{number:05}"
        write(revision_path(folder, name),
              revision_text(name, parents, table_sql(number),
                            f"DROP TABLE item_{number:05};\n", engine))
        parents = [name]


def write_chain_script(path, count):
    """The same statements as one script for sqlite3; `psql -1` begins and commits by itself."""
    statements = "".join(table_sql(number) for number in range(1, count + 1))
    write(path, statements)
    write(path + ".begin", f"BEGIN;\n{statements}COMMIT;\n")


def write_merges(folder, count):
    """Groups of ten: a chain of seven, a fork into two, a merge."""
    write_settings(folder, "sqlite:app.db")
    last = []
    for group in range(count // 10):
        names = [f"g{group:04}_{place}" for place in range(10)]
        for place, name in enumerate(names):
            parents = last if place < 8 else [names[6]] if place == 8 else [names[7], names[8]]
            up = f"CREATE TABLE t_{name} (id bigint PRIMARY KEY);\n"
            write(revision_path(folder, name),
                  revision_text(name, parents, up, f"DROP TABLE t_{name};\n"))
            last = [name]


# ---- data ----

def row_sql(number):
    return f"({number}, 'name {number}', '{ROW_TEXT}{number:08}')"


def write_rows(file, size, giant):
    """INSERTs of a few rows each, or one statement with all rows: about `size` bytes."""
    written, number = 0, 0
    head = "INSERT INTO load (id, name, text) VALUES\n"
    while written < size:
        rows = []
        for _ in range(ROWS_A_STATEMENT):
            number += 1
            rows.append(row_sql(number))
        text = ",\n".join(rows)
        if giant:
            text = (head if number == ROWS_A_STATEMENT else ",\n") + text
        else:
            text = head + text + ";\n"
        file.write(text)
        written += len(text)
    if giant:
        file.write(";\n")


def write_load(folder, url, size, giant, engine=""):
    """A table and a data revision of `size` bytes, and both as a script, load.sql and, with its
    own transaction for sqlite3, load.sql.begin."""
    section = f" {engine}" if engine else ""
    create = "CREATE TABLE load (id bigint PRIMARY KEY, name text NOT NULL, text text NOT NULL);\n"
    write_settings(folder, url)
    write(revision_path(folder, "r1"),
          revision_text("r1", [], create, "DROP TABLE load;\n", engine))
    with open(revision_path(folder, "r2"), "w", encoding="utf-8") as file:
        file.write(f"-- rung:revision r2\n-- rung:parents r1\n\n-- rung:up{section}\n")
        write_rows(file, size, giant)
        file.write(f"\n-- rung:down{section}\nDELETE FROM load;\n")
    for name, begin, end in (("load.sql", "", ""), ("load.sql.begin", "BEGIN;\n", "COMMIT;\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(begin + create)
            write_rows(file, size, giant)
            file.write(end)
    return os.path.getsize(revision_path(folder, "r2"))


# ---- the peers' projects ----

def write_dbmate(folder, count):
    for number in range(1, count + 1):
        write(os.path.join(folder, "db/migrations", f"2025010100{number:04}_create.sql"),
              f"-- migrate:up\n{table_sql(number)}\n"
              f"-- migrate:down\nDROP TABLE item_{number:05};\n")


ALEMBIC_INI = """[alembic]
script_location = versions_of_app
sqlalchemy.url = sqlite:///app.db
"""

ALEMBIC_ENV = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

ALEMBIC_VERSION = '''"""create item {number}"""
import sqlalchemy as sa
from alembic import op

revision = "r{number:05}"
down_revision = {parent!r}


def upgrade():
    op.create_table("item_{number:05}", sa.Column("id", sa.BigInteger, primary_key=True),
                    sa.Column("name", sa.Text, nullable=False),
                    sa.Column("size", sa.Integer, nullable=False))


def downgrade():
    op.drop_table("item_{number:05}")
'''


def write_alembic(folder, count):
    write(os.path.join(folder, "alembic.ini"), ALEMBIC_INI)
    write(os.path.join(folder, "versions_of_app/env.py"), ALEMBIC_ENV)
    for number in range(1, count + 1):
        parent = f"r{number - 1:05}" if number > 1 else None
        write(os.path.join(folder, "versions_of_app/versions", f"r{number:05}.py"),
              ALEMBIC_VERSION.format(number=number, parent=parent))
