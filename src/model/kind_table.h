/* Tables and what belongs to them. */
#ifndef MODEL_KIND_TABLE_H
#define MODEL_KIND_TABLE_H

#define SEQUENCE_FIELDS(F, s)                                                                      \
    F(s, TEXT, type, ALTER, "smallint, integer or bigint")                                         \
    F(s, INT, start, ALTER, "START WITH")                                                          \
    F(s, INT, increment, ALTER, "INCREMENT BY")                                                    \
    F(s, INT, minimum, ALTER, "MINVALUE")                                                          \
    F(s, INT, maximum, ALTER, "MAXVALUE")                                                          \
    F(s, INT, cache, ALTER, "CACHE")                                                               \
    F(s, BOOL, cycle, ALTER, "CYCLE")                                                              \
    F(s, TEXT, persistence, ALTER, "permanent or unlogged")

/* What is granted on the sequence of an identity column, its parent. */
#define IDENTITY_SEQUENCE_FIELDS(F, s)

/* A sequence that goes with a column. */
#define SEQUENCE_OWNER_FIELDS(F, s) F(s, TEXT, column, ALTER, "the column, as SQL")

#define TABLE_FIELDS(F, s)                                                                         \
    F(s, TEXT, persistence, ALTER, "permanent or unlogged")                                        \
    F(s, TEXT, access_method, ALTER, "access method")                                              \
    F(s, TEXT, tablespace, ALTER, "tablespace, if it is not the database's")                       \
    F(s, LIST, options, ALTER, "storage parameters")                                               \
    F(s, LIST, toast_options, ALTER, "storage parameters of its TOAST table")                      \
    F(s, TEXT, replica_identity, ALTER, "DEFAULT, FULL or NOTHING")                                \
    F(s, TEXT, of_type, ALTER, "composite type of a typed table, as SQL")                          \
    F(s, TEXT, partition_key, REBUILD, "how it is partitioned")                                    \
    F(s, BOOL, row_security, ALTER, "row-level security is enabled")                               \
    F(s, BOOL, force_row_security, ALTER, "and holds for the owner too")                           \
    F(s, TEXT, server, REBUILD, "server of a foreign table")                                       \
    F(s, LIST, server_options, ALTER, "options of a foreign table")

#define COLUMN_FIELDS(F, s)                                                                        \
    F(s, TEXT, type, ALTER, "type with its modifiers")                                             \
    F(s, TEXT, collation, ALTER, "collation, if it is not the type's")                             \
    F(s, BOOL, not_null, ALTER, "refuses NULL")                                                    \
    F(s, TEXT, not_null_name, ALTER, "name of its NOT NULL, if it is not the usual one")           \
    F(s, BOOL, not_null_no_inherit, ALTER, "NOT NULL NO INHERIT")                                  \
    F(s, BOOL, not_null_not_valid, ALTER, "NOT NULL NOT VALID")                                    \
    F(s, TEXT, not_null_comment, ALTER, "comment on its NOT NULL")                                 \
    F(s, BOOL, not_null_inherited, QUIET, "its NOT NULL is only inherited")                        \
    F(s, TEXT, generated, ALTER, "expression of a generated column")                               \
    F(s, BOOL, is_virtual, REBUILD, "generated when it is read")                                   \
    F(s, TEXT, identity, ALTER, "ALWAYS or BY DEFAULT")                                            \
    F(s, TEXT, identity_sequence, ALTER, "name of the identity's sequence, as SQL")                \
    F(s, LIST, identity_options, ALTER, "its options, as in CREATE SEQUENCE")                      \
    F(s, TEXT, identity_persistence, ALTER, "LOGGED or UNLOGGED, if it is not as its table is")    \
    F(s, TEXT, storage, ALTER, "PLAIN, EXTERNAL, MAIN or EXTENDED")                                \
    F(s, TEXT, type_storage, QUIET, "the type's own storage")                                      \
    F(s, TEXT, compression, ALTER, "compression method, if it is not the default one")             \
    F(s, INT, statistics, ALTER, "statistics target, -1: the default")                             \
    F(s, LIST, options, ALTER, "n_distinct and the like")                                          \
    F(s, LIST, server_options, ALTER, "options of a foreign table's column")                       \
    F(s, BOOL, is_local, QUIET, "it is defined here, not only inherited")                          \
    F(s, BOOL, is_inherited, QUIET, "a parent table has it")                                       \
    F(s, INT, position, QUIET, "order among the columns")

/* The parent is the partition, the name and schema are those of the partitioned table. */
#define PARTITION_FIELDS(F, s)                                                                     \
    F(s, TEXT, bound, REBUILD, "FOR VALUES … or DEFAULT")                                          \
    F(s, TEXT, condition, QUIET, "what its rows must fulfil")

/* The parent is the table that inherits, the name and schema are those of the one it inherits from.
 */
#define INHERITANCE_FIELDS(F, s) F(s, INT, position, REBUILD, "order among the tables")

/* An index of a partition (or its constraint) that is part of an index of the partitioned table,
 * whose schema and name it has. */
#define INDEX_PARTITION_FIELDS(F, s) F(s, TEXT, index, QUIET, "index of the partition, as SQL")

/* Which index of a table its CLUSTER and its REPLICA IDENTITY use. */
#define TABLE_CLUSTER_FIELDS(F, s)    F(s, TEXT, index, ALTER, "name of the index")
#define REPLICA_IDENTITY_FIELDS(F, s) F(s, TEXT, index, ALTER, "name of the index")

#define DEFAULT_FIELDS(F, s) F(s, TEXT, value, ALTER, "expression")

#define CONSTRAINT_FIELDS(F, s)                                                                    \
    F(s, TEXT, type, REBUILD, "p, u, c, f, x or t, as in pg_constraint.contype")                   \
    F(s, TEXT, definition, REBUILD, "as pg_get_constraintdef prints it")                           \
    F(s, LIST, index_options, ALTER, "storage parameters of its index")                            \
    F(s, TEXT, tablespace, ALTER, "of its index")                                                  \
    F(s, TEXT, index_comment, ALTER, "comment on its index")                                       \
    F(s, BOOL, is_attached, QUIET, "its index is part of one of the partitioned table")            \
    F(s, BOOL, is_local, QUIET, "it is defined here, not only inherited")                          \
    F(s, BOOL, is_inherited, QUIET, "a parent table has it")                                       \
    F(s, LIST, columns, QUIET, "its columns")                                                      \
    F(s, LIST, target_columns, QUIET, "columns that a foreign key references")                     \
    F(s, TEXT, target, QUIET, "table that a foreign key references, as SQL")

#define INDEX_FIELDS(F, s)                                                                         \
    F(s, TEXT, definition, REBUILD, "as pg_get_indexdef prints it, without WITH (…)")              \
    F(s, LIST, options, ALTER, "storage parameters")                                               \
    F(s, TEXT, tablespace, ALTER, "tablespace, if it is not the database's")                       \
    F(s, BOOL, is_invalid, REBUILD, "a CREATE INDEX CONCURRENTLY did not end")                     \
    F(s, LIST, statistics, ALTER, "statistics targets: COLUMN=TARGET")                             \
    F(s, BOOL, is_attached, QUIET, "it is part of one of the partitioned table")                   \
    F(s, BOOL, is_unique, QUIET, "rejects duplicate keys")                                         \
    F(s, TEXT, method, QUIET, "access method")

#define STATISTICS_FIELDS(F, s)                                                                    \
    F(s, TEXT, definition, REBUILD, "as pg_get_statisticsobjdef prints it")                        \
    F(s, INT, target, ALTER, "statistics target, -1: the default")

#define TRIGGER_FIELDS(F, s)                                                                       \
    F(s, TEXT, definition, REBUILD, "as pg_get_triggerdef prints it")                              \
    F(s, TEXT, enabled, ALTER, "ENABLE, DISABLE, ENABLE REPLICA or ENABLE ALWAYS")                 \
    F(s, BOOL, is_clone, QUIET, "it was made with the trigger of the partitioned table")           \
    F(s, TEXT, state_of_origin, QUIET, "whether that one is enabled")

#define RULE_FIELDS(F, s)                                                                          \
    F(s, TEXT, definition, REBUILD, "as pg_get_ruledef prints it")                                 \
    F(s, TEXT, enabled, ALTER, "ENABLE, DISABLE, ENABLE REPLICA or ENABLE ALWAYS")

#define POLICY_FIELDS(F, s)                                                                        \
    F(s, TEXT, command, REBUILD, "ALL, SELECT, INSERT, UPDATE or DELETE")                          \
    F(s, BOOL, is_restrictive, REBUILD, "AS RESTRICTIVE")                                          \
    F(s, LIST, roles, ALTER, "roles that it holds for, as SQL")                                    \
    F(s, TEXT, visible, ALTER, "USING expression")                                                 \
    F(s, TEXT, allowed, ALTER, "WITH CHECK expression")

#endif
