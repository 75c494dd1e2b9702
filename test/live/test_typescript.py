"""What rung types writes for TypeScript, read by its compiler: TSC is the path of tsc. scripts/check-all
installs it from npm, which is no part of make check."""
import os
import subprocess

from harness import SOURCE, Postgresql, Sqlite, main
from test_types import COMMON, EXAMPLES, LITE, RICH, TypesCase

TSC = os.environ["TSC"]

# Each @ts-expect-error is an error itself when the line below it is none.
COMMON_PROGRAM = """
import { Tables, TablesInsert, TablesUpdate, Database } from "./database"

const row: Tables<"posts"> = { id: 1, author: 1, editor: null, status: "draft", hot: true }
const author: number = row.author
// @ts-expect-error it may be null
const editor: number = row.editor
const fresh: TablesInsert<"posts"> = { id: 1, author: 2 }
// @ts-expect-error author is missing
const lost: TablesInsert<"posts"> = { id: 1 }
// @ts-expect-error no such status
const wrong: TablesInsert<"posts"> = { id: 1, author: 2, status: "gone" }
// @ts-expect-error no such column
const other: TablesUpdate<"posts"> = { colour: "red" }
const change: TablesUpdate<"posts"> = { hot: false }
const title: Tables<"titles"> = { id: 1, author: null }
// @ts-expect-error no such table
type None = Tables<"none">
// @ts-expect-error a view takes no rows
type View = TablesInsert<"titles">
const key: Database["public"]["Tables"]["posts"]["Relationships"][0]["foreignKeyName"] =
  "posts_author_fkey"
const single: Database["public"]["Tables"]["profiles"]["Relationships"][0]["isOneToOne"] = true
console.log(author, editor, fresh, lost, wrong, other, change, title, key, single)
"""
RICH_PROGRAM = """
import { CompositeTypes, Constants, Database, Enums, Tables, TablesInsert, TablesUpdate }
  from "./database"

const mood: Enums<"mood"> = 'sad "quoted"'
const moods: readonly Enums<"mood">[] = Constants.public.Enums.mood
const odd: Enums<{ schema: "shop" }, "Odd Enum"> = "class"
// @ts-expect-error no such label
const glad: Enums<"mood"> = "glad"
const home: CompositeTypes<"address"> = { street: "s", zip: null, moods: ["happy"] }
const user: TablesInsert<"users"> = { mail: "a@b", name: "x", status: "it's", home, tags: ["a"] }
// @ts-expect-error always generated
const forced: TablesInsert<"users"> = { id: 1, mail: "a@b", name: "x", status: "open" }
// @ts-expect-error always generated
const upper: TablesUpdate<"users"> = { upper_name: "X" }
const accents: TablesUpdate<"users"> = { "user-id": 1, "été": null, "1st": "a", class: "b" }
const document: TablesUpdate<"users"> = { doc: { a: [1, "b", null, { c: true }] } }
const order: Tables<{ schema: "shop" }, "orders"> = { id: 1, line: 2, buyer: 3, kind: odd }
const note: TablesInsert<{ schema: "shop" }, 'order "notes'> = { o: 1, l: 2 }
// @ts-expect-error of another schema
type Orders = Tables<"orders">
type Functions = Database["public"]["Functions"]
const sum: Extract<Functions["add"], { Args: { a: number } }>["Returns"] = 3
const users: Functions["all_users"]["Returns"] = []
const none: Functions["nothing"]["Args"] = {}
const pair: Functions["pairs"]["Returns"][0] = { a: 1, "b c": ["x"] }
const given: Functions["outs"]["Args"] = { a: 1 }
const name: string | undefined = users[0]?.name
console.log(mood, moods, glad, user, forced, upper, accents, document, order, note, sum, none, pair,
  given, name)
"""
LITE_PROGRAM = """
import { Tables, TablesInsert } from "./database"
const user: TablesInsert<"users"> = { mail: "a@b", mood: "bad", x: new Date() }
// @ts-expect-error generated
const forced: TablesInsert<"users"> = { mail: "a@b", up: "A" }
const view: Tables<"v"> = { id: 1, mail: null, two: 2 }
console.log(user, forced, view)
"""


class TypescriptCase(TypesCase):
    def compile(self, text, program=None):
        self.project.write("database.ts", text)
        self.project.write("program.ts", program or 'import "./database"\n')
        self.run_program(TSC, "--strict", "--noEmit", "--target", "es2020", "--lib", "es2020,dom",
                         "--module", "es2020", "--moduleResolution", "bundler", "program.ts")


class TypescriptOfPostgresql(TypescriptCase):
    engine = Postgresql

    def test_a_program_on_common_tables(self):
        self.db.execute(COMMON)
        self.compile(self.types("ts"), COMMON_PROGRAM)

    def test_a_program_on_every_kind_of_column(self):
        self.db.execute(RICH)
        self.compile(self.types("ts"), RICH_PROGRAM)

    def test_the_compiler_would_see_an_error(self):
        self.db.execute(COMMON)
        with self.assertRaises(AssertionError):
            self.compile(self.types("ts").replace("editor: number | null", "editor: number"),
                         COMMON_PROGRAM)

    def test_one_schema_and_none(self):
        self.db.execute(RICH)
        self.compile(self.types("ts", "--schemas", "shop"))
        self.compile(self.types("ts", "--from", "empty"))

    def test_the_examples(self):
        for name in EXAMPLES:
            folder = os.path.join(SOURCE, "examples", name)
            with self.subTest(example=name):
                done = self.rung("types", "--lang", "ts", "--from", "head", "--migrations",
                                 folder + "/migrations")
                self.assertEqual(done.code, 0, str(done))
                self.compile(done.out)

    def test_the_committed_file(self):
        path = os.path.join(SOURCE, "examples/schema-alignment/database.generated.ts")
        with open(path, encoding="utf-8") as file:
            self.compile(file.read(), """
import { TablesInsert } from "./database"
const keys: TablesInsert<"user_api_keys"> = { user_id: "6f1d3c1e-0000-4000-8000-000000000000" }
// @ts-expect-error
const lost: TablesInsert<"user_api_keys"> = {}
console.log(keys, lost)
""")


class TypescriptOfSqlite(TypescriptCase):
    engine = Sqlite

    def test_a_program_on_common_tables(self):
        self.db.execute(COMMON)
        self.compile(self.types("ts"), COMMON_PROGRAM)

    def test_a_program_on_declared_types(self):
        self.db.execute(LITE)
        self.compile(self.types("ts"), LITE_PROGRAM)


if __name__ == "__main__":
    print(subprocess.run([TSC, "--version"], capture_output=True, text=True, check=True).stdout)
    del TypesCase
    main()
