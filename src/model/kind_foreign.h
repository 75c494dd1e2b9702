/* What reaches out of the database: replication and foreign data. */
#ifndef MODEL_KIND_FOREIGN_H
#define MODEL_KIND_FOREIGN_H

#define PUBLICATION_FIELDS(F, s)                                                                   \
    F(s, BOOL, all_tables, REBUILD, "FOR ALL TABLES")                                              \
    F(s, LIST, options, ALTER, "publish and publish_via_partition_root, as SQL")

/* Its parent is the publication, its names are the table's. */
#define PUBLICATION_TABLE_FIELDS(F, s)                                                             \
    F(s, TEXT, columns, REBUILD, "list of columns, as SQL")                                        \
    F(s, TEXT, condition, REBUILD, "WHERE")

#define PUBLICATION_SCHEMA_FIELDS(F, s)

#define SUBSCRIPTION_FIELDS(F, s)                                                                  \
    F(s, TEXT, connection, ALTER, "connection string, NULL: not shown to who reads it")            \
    F(s, LIST, publications, ALTER, "publications, as SQL")                                        \
    F(s, LIST, options, ALTER, "slot_name and the like, as SQL")                                   \
    F(s, LIST, fixed_options, REBUILD, "those that cannot be altered")                             \
    F(s, BOOL, enabled, ALTER, "it is enabled")

#define FOREIGN_DATA_WRAPPER_FIELDS(F, s)                                                          \
    F(s, TEXT, handler, ALTER, "handler function, as SQL")                                         \
    F(s, TEXT, validator, ALTER, "validator function, as SQL")                                     \
    F(s, LIST, options, ALTER, "options")

#define SERVER_FIELDS(F, s)                                                                        \
    F(s, TEXT, wrapper, REBUILD, "foreign-data wrapper")                                           \
    F(s, TEXT, type, REBUILD, "type")                                                              \
    F(s, TEXT, version, ALTER, "version")                                                          \
    F(s, LIST, options, ALTER, "options")

/* Its parent is the server, its name the role, as SQL. */
#define USER_MAPPING_FIELDS(F, s)                                                                  \
    F(s, LIST, options, ALTER, "options")                                                          \
    F(s, BOOL, is_hidden, ALTER, "its options are not shown to who reads them")

#endif
