/* What extends the server itself: operators, casts, languages, text search. */
#ifndef MODEL_KIND_EXTEND_H
#define MODEL_KIND_EXTEND_H

#define COLLATION_FIELDS(F, s) F(s, LIST, definition, REBUILD, "PROVIDER = …, LOCALE = … and so on")

#define CONVERSION_FIELDS(F, s)                                                                    \
    F(s, TEXT, source, REBUILD, "encoding that it reads")                                          \
    F(s, TEXT, target, REBUILD, "encoding that it writes")                                         \
    F(s, TEXT, function, REBUILD, "function, as SQL")                                              \
    F(s, BOOL, is_default, REBUILD, "DEFAULT")

/* Its name is "source AS target". */
#define CAST_FIELDS(F, s)                                                                          \
    F(s, TEXT, method, REBUILD, "WITH FUNCTION …, WITHOUT FUNCTION or WITH INOUT")                 \
    F(s, TEXT, context, REBUILD, "AS ASSIGNMENT or AS IMPLICIT")

#define OPERATOR_FIELDS(F, s)                                                                      \
    F(s, LIST, definition, REBUILD, "FUNCTION = …, LEFTARG = … and so on")                         \
    F(s, LIST, settings, ALTER, "RESTRICT = … and JOIN = …")

#define OPERATOR_FAMILY_FIELDS(F, s)

/* An operator or a function that belongs to none of the family's classes. Its name is what DROP
 * takes: "OPERATOR 1 (integer, bigint)". */
#define OPERATOR_FAMILY_MEMBER_FIELDS(F, s) F(s, TEXT, definition, REBUILD, "what ADD takes")

#define OPERATOR_CLASS_FIELDS(F, s)                                                                \
    F(s, BOOL, is_default, REBUILD, "DEFAULT")                                                     \
    F(s, TEXT, type, REBUILD, "type that it is for")                                               \
    F(s, TEXT, family, REBUILD, "operator family, as SQL")                                         \
    F(s, LIST, members, REBUILD, "operators, functions and storage")

#define ACCESS_METHOD_FIELDS(F, s)                                                                 \
    F(s, TEXT, type, REBUILD, "TABLE or INDEX")                                                    \
    F(s, TEXT, handler, REBUILD, "handler function, as SQL")

#define LANGUAGE_FIELDS(F, s)                                                                      \
    F(s, BOOL, is_trusted, ALTER, "TRUSTED")                                                       \
    F(s, TEXT, handler, ALTER, "handler function, as SQL")                                         \
    F(s, TEXT, inline_handler, ALTER, "function for DO, as SQL")                                   \
    F(s, TEXT, validator, ALTER, "validator function, as SQL")

/* Its name is "type LANGUAGE language". */
#define TRANSFORM_FIELDS(F, s)                                                                     \
    F(s, TEXT, from_sql, ALTER, "function, as SQL")                                                \
    F(s, TEXT, to_sql, ALTER, "function, as SQL")

#define TEXT_SEARCH_PARSER_FIELDS(F, s)                                                            \
    F(s, LIST, definition, REBUILD, "START = …, GETTOKEN = … and so on")

#define TEXT_SEARCH_TEMPLATE_FIELDS(F, s) F(s, LIST, definition, REBUILD, "INIT = …, LEXIZE = …")

#define TEXT_SEARCH_DICTIONARY_FIELDS(F, s)                                                        \
    F(s, TEXT, template, REBUILD, "template, as SQL")                                              \
    F(s, LIST, options, ALTER, "options, as SQL")

#define TEXT_SEARCH_CONFIGURATION_FIELDS(F, s)                                                     \
    F(s, TEXT, parser, REBUILD, "parser, as SQL")                                                  \
    F(s, LIST, mappings, ALTER, "token type and dictionaries, as SQL")

#endif
