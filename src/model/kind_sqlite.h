/* SQLite's objects. sqlite_schema.sql is the schema: it is kept as it was written, and compared
 * without its layout (sql/form.h). */
#ifndef MODEL_KIND_SQLITE_H
#define MODEL_KIND_SQLITE_H

#define LITE_TABLE_FIELDS(F, s)                                                                    \
    F(s, TEXT, sql, QUIET, "its CREATE TABLE statement, as written")                               \
    F(s, BOOL, is_virtual, REBUILD, "a virtual table")                                             \
    F(s, TEXT, module, REBUILD, "what a virtual table is made by, with its arguments")             \
    F(s, LIST, columns, ALTER, "its columns, each as defined")                                     \
    F(s, LIST, constraints, ALTER, "its table constraints")                                        \
    F(s, LIST, options, ALTER, "STRICT, WITHOUT ROWID")

#define LITE_INDEX_FIELDS(F, s)                                                                    \
    F(s, TEXT, sql, QUIET, "its CREATE INDEX statement, as written")                               \
    F(s, TEXT, form, REBUILD, "that statement without its layout")

#define LITE_VIEW_FIELDS(F, s)                                                                     \
    F(s, TEXT, sql, QUIET, "its CREATE VIEW statement, as written")                                \
    F(s, TEXT, form, REBUILD, "that statement without its layout")

#define LITE_TRIGGER_FIELDS(F, s)                                                                  \
    F(s, TEXT, sql, QUIET, "its CREATE TRIGGER statement, as written")                             \
    F(s, TEXT, form, REBUILD, "that statement without its layout")

#endif
