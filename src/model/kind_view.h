/* Views and routines: what is defined by a text that names other objects. */
#ifndef MODEL_KIND_VIEW_H
#define MODEL_KIND_VIEW_H

#define VIEW_FIELDS(F, s)                                                                          \
    F(s, TEXT, query, ALTER, "as pg_get_viewdef prints it")                                        \
    F(s, LIST, columns, ALTER, "names and types")                                                  \
    F(s, LIST, options, ALTER, "security_barrier and the like")

#define MATERIALIZED_VIEW_FIELDS(F, s)                                                             \
    F(s, TEXT, query, REBUILD, "as pg_get_viewdef prints it")                                      \
    F(s, LIST, columns, REBUILD, "names and types")                                                \
    F(s, LIST, options, ALTER, "storage parameters")                                               \
    F(s, LIST, toast_options, ALTER, "storage parameters of its TOAST table")                      \
    F(s, TEXT, access_method, ALTER, "access method")                                              \
    F(s, TEXT, tablespace, ALTER, "tablespace, if it is not the database's")                       \
    F(s, BOOL, is_populated, QUIET, "it was filled")

/* Listed only where something is set for it. */
#define VIEW_COLUMN_FIELDS(F, s)                                                                   \
    F(s, TEXT, storage, ALTER, "PLAIN, EXTERNAL, MAIN or EXTENDED")                                \
    F(s, TEXT, type_storage, QUIET, "the type's own storage")                                      \
    F(s, TEXT, compression, ALTER, "compression method, if it is not the default one")             \
    F(s, INT, statistics, ALTER, "statistics target, -1: the default")                             \
    F(s, LIST, options, ALTER, "n_distinct and the like")

/* Functions and procedures. */
#define FUNCTION_FIELDS(F, s)                                                                      \
    F(s, TEXT, definition, ALTER, "as pg_get_functiondef prints it")                               \
    F(s, TEXT, result, REBUILD, "what it returns")                                                 \
    F(s, LIST, arguments, QUIET, "modes and names of the arguments")                               \
    F(s, TEXT, identity, QUIET, "what tells a procedure from others: modes and types")             \
    F(s, INT, defaults, QUIET, "how many arguments have a default")                                \
    F(s, TEXT, language, QUIET, "language")                                                        \
    F(s, TEXT, body, QUIET, "its text, NULL when it is parsed")                                    \
    F(s, BOOL, is_window, REBUILD, "window function")

#define AGGREGATE_FIELDS(F, s)                                                                     \
    F(s, TEXT, signature, REBUILD, "arguments with their names")                                   \
    F(s, LIST, definition, REBUILD, "SFUNC = …, STYPE = … and so on")

#define EVENT_TRIGGER_FIELDS(F, s)                                                                 \
    F(s, TEXT, event, REBUILD, "ddl_command_start and the like")                                   \
    F(s, LIST, tags, REBUILD, "commands that it is for")                                           \
    F(s, TEXT, function, REBUILD, "function, as SQL")                                              \
    F(s, TEXT, enabled, ALTER, "ENABLE, DISABLE, ENABLE REPLICA or ENABLE ALWAYS")

#endif
