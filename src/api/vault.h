/* Sealed columns, for the verbs that look at the whole database. */
#ifndef API_VAULT_H
#define API_VAULT_H

#include "api/project.h"

/* Adds values of covered columns that are not sealed, as "vault"; needs no key. Nothing when no
 * column is covered. `verb->db` is open, and not in a transaction. */
Code vault_find(Verb *verb, FindingList *findings, Error *error);

#endif
