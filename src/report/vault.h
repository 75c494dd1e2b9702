/* What rung vault did and found. A value is in no report but that of decrypt. */
#ifndef REPORT_VAULT_H
#define REPORT_VAULT_H

#include "lifecycle/vault.h"
#include "report/report.h"

/* `path`: the file that has the new key; NULL: none was made. */
void report_vault_keys(Report *report, const char *path, const char *id);

void report_vault_run(Report *report, const VaultSummary *summary, const char *key, bool added);

void report_vault_check(Report *report, const VaultCheck *check);

/* `plain` NULL: NULL. */
void report_vault_value(Report *report, const char *plain);

#endif
