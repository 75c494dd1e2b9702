/* SQLite's objects. sqlite_schema.sql is the schema: what it says is kept as it was written. */
#ifndef MODEL_KIND_SQLITE_H
#define MODEL_KIND_SQLITE_H

#define LITE_TABLE_FIELDS(F, s)                                                                    \
    F(s, TEXT, sql, ALTER, "its CREATE TABLE statement")                                           \
    F(s, BOOL, is_virtual, REBUILD, "a virtual table")

#define LITE_INDEX_FIELDS(F, s) F(s, TEXT, sql, REBUILD, "its CREATE INDEX statement")

#define LITE_VIEW_FIELDS(F, s) F(s, TEXT, sql, REBUILD, "its CREATE VIEW statement")

#define LITE_TRIGGER_FIELDS(F, s) F(s, TEXT, sql, REBUILD, "its CREATE TRIGGER statement")

#endif
