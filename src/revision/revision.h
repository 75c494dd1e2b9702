/* A revision: one file `<id>_<slug>.sql`, read once for its headings and its hash.
 *
 * Lines that begin with `-- rung:` are directives wherever they stand, in quotes too. Headings
 * (revision, parents, message) come first, then sections (up, down, check). `-- rung:backfill`,
 * `-- rung:commit` and `-- rung:notice` belong to the SQL of up and down sections; sql/split.h
 * reads them. `-- rung:ignore` is for lint, there or above the sections. */
#ifndef REVISION_REVISION_H
#define REVISION_REVISION_H

#include "base/engine.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/vec.h"

typedef enum { SECTION_UP, SECTION_DOWN, SECTION_CHECK } SectionType;

typedef struct Section {
    SectionType type;
    bool any_engine; /* no engine was named: PostgreSQL's dialect, translated for SQLite */
    Engine engine;
    const char *title;     /* of a check, without the `none:` */
    bool none;             /* the check passes when its query returns no row */
    size_t offset, length; /* of the body in the file */
    int line;              /* of the body's first line */
} Section;

typedef struct Revision Revision;
struct Revision {
    const char *id, *path;
    const char *message; /* the slug's words if the file has none; "" if there is no slug */
    VEC(const char *) parent_ids;
    int parents_line;
    VEC(Section) sections;
    char hash[HASH_HEX_SIZE];  /* of the normalised text */
    char chain[HASH_HEX_SIZE]; /* of the hash and the parents' chains, set by the graph */
    VEC(Revision *) parents;   /* set by the graph, as are the rest */
    VEC(Revision *) children;
    size_t order; /* parents come before their children; equal rank by id */
};

enum {
    REVISION_SIZE_LIMIT = 1024 * 1024 * 1024,
    REVISION_ID_LIMIT = 127, /* bytes; what Error.revision holds */
};

/* Reads and checks the text of one file. The body is not kept: sections hold offsets.
 * RUNG_REVISION with file, line and hint: no id, an id that differs from the file's name, bad
 * characters in ids, a NUL byte, bad UTF-8, an unknown or misplaced `-- rung:` line or one that is
 * nearly such a line, a repeated section, SQL outside a section, no up section, an empty section
 * (one with a notice is not empty). A merge may go without up and down, or leave them empty.
 * A byte order mark and CRLF are accepted. RUNG_LIMIT above REVISION_SIZE_LIMIT bytes. */
Code revision_read(Arena *arena, const char *path, const char *data, size_t length,
                   Revision **ret_revision, Error *error);

/* The section for an engine: its own if there is one, else the one for any engine, else NULL. */
const Section *revision_section(const Revision *revision, SectionType type, Engine engine);

/* The checks for an engine, in the file's order: its own and those for any engine; one for any
 * engine gives way to one of the same title for this engine. */
typedef VEC(const Section *) SectionList;
void revision_checks(Arena *arena, const Revision *revision, Engine engine,
                     SectionList *ret_checks);

/* SHA-256 of the text without byte order mark, carriage returns before newlines, blanks at line
 * ends and empty lines at the end. */
void revision_hash(const char *data, size_t length, char ret_hex[HASH_HEX_SIZE]);

/* 1 to REVISION_ID_LIMIT of [A-Za-z0-9_.-], not beginning with `-` or `.`, and none of head, heads,
 * base. */
bool revision_id_valid(const char *id, size_t length);

/* The text of a file: its heading, and these sections. */
char *revision_print(Arena *arena, const char *id, const char *message, const char *const *parents,
                     size_t parent_count, const char *sections);

/* The text of a new file (heading, empty sections with a hint), and its name. Until somebody
 * writes its SQL, such a file is refused for its empty sections, unless it is a merge. */
char *revision_print_new(Arena *arena, const char *id, const char *message,
                         const char *const *parents, size_t parent_count);
char *revision_file_name(Arena *arena, const char *id, const char *message);

#endif
