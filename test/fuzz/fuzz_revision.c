/* Bytes as a revision file: read it, ask for all its parts, hash it, build a graph of it. */
#include "revision/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch_body(const char *data, size_t size, const Section *section)
{
    if (section->offset > size || section->length > size - section->offset || section->line < 2)
        abort();
    if (section->offset && data[section->offset - 1] != '\n' && section->offset != size)
        abort();
}

static void touch_revision(Arena *arena, const char *data, size_t size, Revision *revision)
{
    Error error;
    Graph *graph;
    SectionList checks;
    char hash[HASH_HEX_SIZE];
    for (size_t i = 0; i < revision->sections.count; i++)
        touch_body(data, size, &revision->sections.at[i]);
    for (int engine = 0; engine < ENGINE_COUNT; engine++) {
        const Section *up = revision_section(revision, SECTION_UP, (Engine)engine);
        const Section *down = revision_section(revision, SECTION_DOWN, (Engine)engine);
        if ((up && up == down) || (up && up->title))
            abort();
        revision_checks(arena, revision, (Engine)engine, &checks);
        for (size_t i = 0; i < checks.count; i++)
            if (!checks.at[i]->title[0])
                abort();
    }
    revision_hash(data, size, hash);
    if (strcmp(hash, revision->hash) != 0)
        abort();
    Code code = graph_build(arena, &revision, 1, &graph, &error);
    if ((code == RUNG_OK) != (revision->parent_ids.count == 0))
        abort();
}

/* An error says where and what, in words that a terminal can show. */
static void touch_error(Code code, const Error *error)
{
    if (code != RUNG_REVISION || error->code != code || error->line < 1 || !error->message[0] ||
        !error->file[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error error = {0};
    Revision *revision = NULL;
    Arena *arena = arena_new();
    Code code = revision_read(arena, "m/001_a.sql", (const char *)data, size, &revision, &error);
    if (code)
        touch_error(code, &error);
    else
        touch_revision(arena, (const char *)data, size, revision);
    arena_free(arena);
    return 0;
}
