/* A catalog as a JSON document, and back: nothing of it is lost.
 *
 * The document names its format's version, the engine and the server's version; each object has its
 * names, its parent's key, the fields that are set, and the keys of what it needs and wants. Equal
 * catalogs give the same bytes. */
#ifndef SOURCE_SNAPSHOT_H
#define SOURCE_SNAPSHOT_H

#include "base/text.h"
#include "model/catalog.h"

enum { SNAPSHOT_FORMAT = 1 };

void snapshot_write(const Catalog *catalog, Text *text);

/* Reads one; `name` stands in errors. RUNG_FILE naming the object and what is wrong with it:
 * another format, an unknown kind or field, a value of the wrong type, a parent or a need that is
 * not there, an object twice. */
Code snapshot_read(Arena *arena, const char *name, const char *data, size_t length,
                   Catalog **ret_catalog, Error *error);

#endif
