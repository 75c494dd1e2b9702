/* Which query reads which kind; parents come before their children. */
#include "source/pg_queries.h"
#include "pg_queries_sql.h"

const PgQuery pg_queries[] = {
    {KIND_SCHEMA, 2615, 0, schema_sql},
    {KIND_EXTENSION, 3079, 0, extension_sql},
    {KIND_ENUM, 1247, 0, enum_sql},
    {KIND_BASE_TYPE, 1247, 0, base_type_sql},
    {KIND_DOMAIN, 1247, 0, domain_sql},
    {KIND_DOMAIN_CONSTRAINT, 2606, 0, domain_constraint_sql},
    {KIND_COMPOSITE, 1247, 0, composite_sql},
    {KIND_ATTRIBUTE, 1259, 0, attribute_sql},
    {KIND_RANGE, 1247, 0, range_sql},
    {KIND_FUNCTION, 1255, 0, function_sql},
    {KIND_AGGREGATE, 1255, 0, aggregate_sql},
    {KIND_SEQUENCE, 1259, 0, sequence_sql},
    {KIND_TABLE, 1259, 0, table_sql},
    {KIND_COLUMN, 1259, 0, column_sql},
    {KIND_VIEW, 1259, 0, view_sql},
    {KIND_MATERIALIZED_VIEW, 1259, 0, materialized_view_sql},
    {KIND_VIEW_COLUMN, 1259, 0, view_column_sql},
    {KIND_DEFAULT, 2604, 0, default_sql},
    {KIND_SEQUENCE_OWNER, 0, 0, sequence_owner_sql},
    {KIND_PARTITION, 0, 0, partition_sql},
    {KIND_INHERITANCE, 0, 0, inheritance_sql},
    {KIND_CONSTRAINT, 2606, 0, constraint_sql},
    {KIND_INDEX, 1259, 0, index_sql},
    {KIND_INDEX_PARTITION, 0, 0, index_partition_sql},
    {KIND_TABLE_CLUSTER, 0, 0, table_cluster_sql},
    {KIND_REPLICA_IDENTITY, 0, 0, replica_identity_sql},
    {KIND_STATISTICS, 3381, 0, statistics_sql},
    {KIND_RULE, 2618, 0, rule_sql},
    {KIND_TRIGGER, 2620, 0, trigger_sql},
    {KIND_POLICY, 3256, 0, policy_sql},
    {KIND_EVENT_TRIGGER, 3466, 0, event_trigger_sql},
    {KIND_DEFAULT_PRIVILEGE, 826, 0, default_privilege_sql},
};
const size_t pg_query_count = COUNT(pg_queries);

const char *const pg_extension_members = extension_member_sql, *const pg_comments = comment_sql,
                  *const pg_labels = label_sql, *const pg_casts = cast_used_sql,
                  *const pg_dependencies = dependency_sql;
