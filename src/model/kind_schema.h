/* What holds other objects. */
#ifndef MODEL_KIND_SCHEMA_H
#define MODEL_KIND_SCHEMA_H

#define SCHEMA_FIELDS(F, s)

#define EXTENSION_FIELDS(F, s)                                                                     \
    F(s, TEXT, version, ALTER, "version")                                                          \
    F(s, TEXT, placed, ALTER, "schema that holds its objects")                                     \
    F(s, BOOL, relocatable, QUIET, "it can move to another schema")

/* ALTER DEFAULT PRIVILEGES; its name is the role's, its address the kind of object. */
#define DEFAULT_PRIVILEGE_FIELDS(F, s)                                                             \
    F(s, TEXT, objects, QUIET, "what they are for: TABLES, SEQUENCES, FUNCTIONS, TYPES, SCHEMAS")  \
    F(s, LIST, privileges, ALTER, "privileges that new objects get, as in acl")                    \
    F(s, LIST, builtin, QUIET, "what new objects get without it")

/* Privileges on what the server or an extension made. Its name is a column's, or the title. */
#define PRIVILEGE_FIELDS(F, s)                                                                     \
    F(s, LIST, privileges, ALTER, "privileges granted on it, as in acl")                           \
    F(s, LIST, initial, QUIET, "those that it was made with")                                      \
    F(s, TEXT, holder, QUIET, "role that owns it")

#endif
