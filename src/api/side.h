/* The two sides of a comparison: what --from and --to name, as catalogs. */
#ifndef API_SIDE_H
#define API_SIDE_H

#include "api/project.h"
#include "lifecycle/graph.h"
#include "source/files.h"
#include "source/source.h"

typedef enum {
    SIDE_DATABASE, /* a URL, or target:NAME */
    SIDE_FILES,    /* a SQL file, or a folder of them */
    SIDE_SNAPSHOT, /* a .json file */
    SIDE_REVISION, /* what the revisions up to it make */
    SIDE_EMPTY,
} SideType;

typedef struct Side {
    const char *said; /* as it was written, or a name for what the target has */
    SideType type;
    bool engine_known; /* SQL text, revisions and nothing take the other side's engine */
    Engine engine;
    DbUrl url;          /* DATABASE */
    bool may_be_absent; /* DATABASE: an SQLite file that is not there yet is an empty one */
    SchemaFiles files;  /* FILES */
    Revision *revision;
    bool want_keys; /* read the graph of keys, too: of a database, files or a revision */
    KeyGraph *keys;
    Arena *arena; /* of the catalog alone: two sides are read at the same time */
    Catalog *catalog;
} Side;

/* What `said` names: `empty`, target:NAME, a URL, a .json file, a SQL file or folder, a revision.
 * Files are read; nothing is opened yet. RUNG_USAGE with the forms that are known. */
Code side_find(Verb *verb, const char *said, Side *ret_side, Error *error);

/* The target's database, and the schema file of the configuration (RUNG_CONFIG if it names none).
 */
Code side_target(Verb *verb, Side *ret_side, Error *error);
Code side_schema(Verb *verb, Side *ret_side, Error *error);

/* Agrees on one engine and reads both catalogs; `b` may be NULL. When a PostgreSQL side stands
 * against SQLite, it is translated: what has no translation is told. */
Code sides_load(Verb *verb, Side *a, Side *b, Error *error);

/* Frees the catalog. */
void side_done(Side *side);

/* ---- side_scratch.c: what is loaded into a scratch database to be read from there ---- */

/* The scratch server of this engine, opened once a verb. */
Code verb_scratch(Verb *verb, Engine engine, int version, Scratch **ret_scratch, Error *error);

/* `version`: of the server it is compared with; 0: not known. */
Code side_load_files(Verb *verb, Side *side, int version, Error *error);
Code side_load_revision(Verb *verb, Side *side, int version, Error *error);

/* The same side with these statements (PostgreSQL's, translated) run behind it; fails where one has
 * no translation. */
Code side_try(Verb *verb, Side *side, const char *statements, Error *error);

/* Replaces a PostgreSQL catalog by SQLite's translation of it. */
Code side_translate(Verb *verb, Side *side, Error *error);

/* The places and names that count: the options, or else the target's settings. */
SourceFilter verb_filter(const Verb *verb);

#endif
