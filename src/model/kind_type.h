/* Types. */
#ifndef MODEL_KIND_TYPE_H
#define MODEL_KIND_TYPE_H

#define ENUM_FIELDS(F, s) F(s, LIST, values, ALTER, "labels in their order")

#define DOMAIN_FIELDS(F, s)                                                                        \
    F(s, TEXT, base, REBUILD, "type that it restricts")                                            \
    F(s, TEXT, collation, REBUILD, "collation, if it is not the type's")                           \
    F(s, TEXT, value, ALTER, "default")                                                            \
    F(s, BOOL, not_null, ALTER, "refuses NULL")                                                    \
    F(s, TEXT, not_null_name, ALTER, "name of its NOT NULL, if it is not the usual one")           \
    F(s, TEXT, not_null_comment, ALTER, "comment on its NOT NULL")

#define DOMAIN_CONSTRAINT_FIELDS(F, s) F(s, TEXT, definition, REBUILD, "CHECK (…)")

#define COMPOSITE_FIELDS(F, s)

#define ATTRIBUTE_FIELDS(F, s)                                                                     \
    F(s, TEXT, type, ALTER, "type with its modifiers")                                             \
    F(s, TEXT, collation, ALTER, "collation, if it is not the type's")                             \
    F(s, INT, position, QUIET, "order among the attributes")

#define RANGE_FIELDS(F, s)                                                                         \
    F(s, TEXT, subtype, REBUILD, "type of the bounds")                                             \
    F(s, TEXT, operator_class, REBUILD, "B-tree operator class, if it is not the default one")     \
    F(s, TEXT, collation, REBUILD, "collation of the bounds")                                      \
    F(s, TEXT, canonical, REBUILD, "canonicalization function")                                    \
    F(s, TEXT, difference, REBUILD, "subtype difference function")                                 \
    F(s, TEXT, multirange, REBUILD, "name of the multirange type")

#define BASE_TYPE_FIELDS(F, s)                                                                     \
    F(s, BOOL, is_shell, REBUILD, "it is announced only")                                          \
    F(s, LIST, definition, REBUILD, "INPUT = …, OUTPUT = … and so on")                             \
    F(s, LIST, settings, ALTER, "those that can be altered")

#endif
