/* Every kind of object: K(TAG, struct, name, title in SQL, address, name space).
 *
 * The address is what follows the title in COMMENT ON and the like: %q schema and name, %n the
 * name, %p schema and name of the parent, %a the object's own `address`. Kinds of one name space
 * share names; '-' shares with none. The order is that in which pg_dump would list them. */
#ifndef MODEL_KINDS_H
#define MODEL_KINDS_H

#include "model/kind_extend.h"
#include "model/kind_foreign.h"
#include "model/kind_schema.h"
#include "model/kind_sqlite.h"
#include "model/kind_table.h"
#include "model/kind_type.h"
#include "model/kind_view.h"

/* clang-format off */
#define POSTGRESQL_KINDS(K) \
    K(SCHEMA, Schema, "schema", "SCHEMA", "%n", '-') \
    K(EXTENSION, Extension, "extension", "EXTENSION", "%n", '-') \
    K(LANGUAGE, Language, "language", "LANGUAGE", "%n", '-') \
    K(ACCESS_METHOD, AccessMethod, "access_method", "ACCESS METHOD", "%n", '-') \
    K(COLLATION, Collation, "collation", "COLLATION", "%q", '-') \
    K(CONVERSION, Conversion, "conversion", "CONVERSION", "%q", '-') \
    K(ENUM, Enum, "enum", "TYPE", "%q", 'r') \
    K(BASE_TYPE, BaseType, "base_type", "TYPE", "%q", 'r') \
    K(DOMAIN, Domain, "domain", "DOMAIN", "%q", 'r') \
    K(COMPOSITE, Composite, "composite", "TYPE", "%q", 'r') \
    K(ATTRIBUTE, Attribute, "attribute", "COLUMN", "%p.%n", '-') \
    K(RANGE, Range, "range", "TYPE", "%q", 'r') \
    K(FUNCTION, Function, "function", "FUNCTION", "%q(%a)", 'f') \
    K(AGGREGATE, Aggregate, "aggregate", "AGGREGATE", "%q(%a)", 'f') \
    K(CAST, Cast, "cast", "CAST", "(%a)", '-') \
    K(OPERATOR, Operator, "operator", "OPERATOR", "%a", '-') \
    K(OPERATOR_FAMILY, OperatorFamily, "operator_family", "OPERATOR FAMILY", "%q USING %a", '-') \
    K(OPERATOR_FAMILY_MEMBER, OperatorFamilyMember, "operator_family_member", "MEMBER", "%p", '-') \
    K(OPERATOR_CLASS, OperatorClass, "operator_class", "OPERATOR CLASS", "%q USING %a", '-') \
    K(TRANSFORM, Transform, "transform", "TRANSFORM", "FOR %a", '-') \
    K(TEXT_SEARCH_PARSER, TextSearchParser, "text_search_parser", "TEXT SEARCH PARSER", "%q", '-') \
    K(TEXT_SEARCH_TEMPLATE, TextSearchTemplate, "text_search_template", "TEXT SEARCH TEMPLATE", "%q", '-') \
    K(TEXT_SEARCH_DICTIONARY, TextSearchDictionary, "text_search_dictionary", "TEXT SEARCH DICTIONARY", "%q", '-') \
    K(TEXT_SEARCH_CONFIGURATION, TextSearchConfiguration, "text_search_configuration", "TEXT SEARCH CONFIGURATION", "%q", '-') \
    K(FOREIGN_DATA_WRAPPER, ForeignDataWrapper, "foreign_data_wrapper", "FOREIGN DATA WRAPPER", "%n", '-') \
    K(SERVER, Server, "server", "SERVER", "%n", '-') \
    K(USER_MAPPING, UserMapping, "user_mapping", "USER MAPPING", "FOR %a", '-') \
    K(SEQUENCE, Sequence, "sequence", "SEQUENCE", "%q", 'r') \
    K(TABLE, Table, "table", "TABLE", "%q", 'r') \
    K(COLUMN, Column, "column", "COLUMN", "%p.%n", '-') \
    K(IDENTITY_SEQUENCE, IdentitySequence, "identity_sequence", "SEQUENCE", "%q", '-') \
    K(VIEW, View, "view", "VIEW", "%q", 'r') \
    K(MATERIALIZED_VIEW, MaterializedView, "materialized_view", "MATERIALIZED VIEW", "%q", 'r') \
    K(VIEW_COLUMN, ViewColumn, "view_column", "COLUMN", "%p.%n", '-') \
    K(DEFAULT, Default, "default", "DEFAULT", "%p.%n", '-') \
    K(CONSTRAINT, Constraint, "constraint", "CONSTRAINT", "%n ON %p", '-') \
    K(DOMAIN_CONSTRAINT, DomainConstraint, "domain_constraint", "CONSTRAINT", "%n ON DOMAIN %p", '-') \
    K(SEQUENCE_OWNER, SequenceOwner, "sequence_owner", "SEQUENCE", "%p", '-') \
    K(PARTITION, Partition, "partition", "PARTITION", "%p", '-') \
    K(INHERITANCE, Inheritance, "inheritance", "INHERITANCE", "%p", '-') \
    K(INDEX, Index, "index", "INDEX", "%q", 'r') \
    K(INDEX_PARTITION, IndexPartition, "index_partition", "INDEX", "%p", '-') \
    K(TABLE_CLUSTER, TableCluster, "table_cluster", "CLUSTER", "%p", '-') \
    K(REPLICA_IDENTITY, ReplicaIdentity, "replica_identity", "REPLICA IDENTITY", "%p", '-') \
    K(STATISTICS, Statistics, "statistics", "STATISTICS", "%q", '-') \
    K(RULE, Rule, "rule", "RULE", "%n ON %p", '-') \
    K(TRIGGER, Trigger, "trigger", "TRIGGER", "%n ON %p", '-') \
    K(POLICY, Policy, "policy", "POLICY", "%n ON %p", '-') \
    K(PUBLICATION, Publication, "publication", "PUBLICATION", "%n", '-') \
    K(PUBLICATION_TABLE, PublicationTable, "publication_table", "TABLE", "%q", '-') \
    K(PUBLICATION_SCHEMA, PublicationSchema, "publication_schema", "TABLES IN SCHEMA", "%n", '-') \
    K(SUBSCRIPTION, Subscription, "subscription", "SUBSCRIPTION", "%n", '-') \
    K(EVENT_TRIGGER, EventTrigger, "event_trigger", "EVENT TRIGGER", "%n", '-') \
    K(DEFAULT_PRIVILEGE, DefaultPrivilege, "default_privilege", "DEFAULT PRIVILEGES", "%a", '-') \
    K(PRIVILEGE, Privilege, "privilege", "PRIVILEGES", "%a", '-')

#define SQLITE_KINDS(K) \
    K(LITE_TABLE, LiteTable, "lite_table", "TABLE", "%n", 'r') \
    K(LITE_INDEX, LiteIndex, "lite_index", "INDEX", "%n", 'r') \
    K(LITE_VIEW, LiteView, "lite_view", "VIEW", "%n", 'r') \
    K(LITE_TRIGGER, LiteTrigger, "lite_trigger", "TRIGGER", "%n", 't')
/* clang-format on */

#define KINDS(K) POSTGRESQL_KINDS(K) SQLITE_KINDS(K)

#endif
