/* Writing files of a project. */
#ifndef API_EDIT_H
#define API_EDIT_H

#include "api/project.h"

/* Ids are times: one that is taken is followed by the next second's. */
const char *edit_new_id(Verb *verb);

/* Writes a file that is not there yet, and lists it. */
Code edit_write(Verb *verb, WrittenReport *written, const char *path, const char *text,
                Error *error);

#endif
