/* The functions behind the rows. */
#ifndef LINT_RULES_H
#define LINT_RULES_H

#include "lint/rule.h"

/* clang-format off */
RULE(index_blocks); RULE(concurrently_impossible); RULE(concurrently_splits);
RULE(drop_index_blocks); RULE(reindex_blocks); RULE(refresh_blocks);
RULE(detach_blocks); RULE(partition_scans);

RULE(check_scans); RULE(foreign_key_scans); RULE(key_builds_index); RULE(exclusion_builds_index);
RULE(primary_key_scans); RULE(not_null_scans); RULE(validate_under_lock);
RULE(domain_scans); RULE(domain_constraint); RULE(foreign_key_without_index);

RULE(column_rewrites); RULE(column_scans); RULE(type_rewrites); RULE(type_scans);
RULE(table_rewrites); RULE(work_not_known);

RULE(work_under_exclusive); RULE(work_under_lock); RULE(rows_under_exclusive);
RULE(rows_unbatched); RULE(several_alters); RULE(lock_timeout_off); RULE(lock_table);
RULE(enum_value_splits); RULE(transaction_control);

RULE(drop_table); RULE(drop_column); RULE(drop_schema); RULE(drop_cascade);
RULE(truncate); RULE(truncate_cascade); RULE(rename_table); RULE(rename_column);
RULE(rename_enum_value); RULE(required_column); RULE(unique_on_rows);

RULE(prefer_timestamptz); RULE(prefer_jsonb); RULE(prefer_numeric); RULE(prefer_text);
RULE(char_padded); RULE(prefer_identity); RULE(prefer_bigint);

RULE(name_too_long); RULE(opaque); RULE(not_parsed); RULE(not_translated);
RULE(down_missing); RULE(down_not_reverse);

RULE(lite_add_required); RULE(lite_add_default); RULE(lite_add_refused); RULE(lite_drop_used);
RULE(lite_rename_view); RULE(lite_rebuild_view); RULE(lite_rebuild_loses);
RULE(lite_foreign_keys); RULE(lite_affinity); RULE(lite_not_strict); RULE(lite_autoincrement);
RULE(lite_null_key);

/* what the rules for both engines ask on SQLite */
RULE(lite_drop_table); RULE(lite_drop_column); RULE(lite_rename_table); RULE(lite_rename_column);
RULE(lite_unique_on_rows); RULE(lite_key_without_index);
/* clang-format on */

#endif
