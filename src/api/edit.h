/* Writing files of a project. */
#ifndef API_EDIT_H
#define API_EDIT_H

#include "api/project.h"
#include "revision/revision.h"

/* Ids are times: one that is taken is followed by the next second's. */
const char *edit_new_id(Verb *verb);

/* Writes a file that is not there yet, and lists it. */
Code edit_write(Verb *verb, WrittenReport *written, const char *path, const char *text,
                Error *error);

/* Writes and reports a revision. `sections` NULL: empty ones, with hints. */
Code edit_write_revision(Verb *verb, const char *message, const RevisionList *parents,
                         const char *sections, Error *error);

/* What a new revision follows when nobody named it. RUNG_REVISION when there are several heads. */
Code edit_only_head(Verb *verb, RevisionList *ret_parents, Error *error);

#endif
