/* What functions read: their bodies are text to the server, which records nothing about them. */
#ifndef SOURCE_PG_BODIES_H
#define SOURCE_PG_BODIES_H

#include "model/catalog.h"

/* Adds to `wants` of every function the objects that its body names. Before catalog_finish. */
void pg_read_bodies(Catalog *catalog);

#endif
