/* lint --fix: the safe form of what is not applied yet, and the revisions that validate behind it.
 */
#include "api/lint.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"

/* What is to be written once everything was judged. */
typedef struct FixedFile {
    LintFile file;
    const char *text, *after;
} FixedFile;
typedef VEC(FixedFile) FixedList;

typedef struct FixJob {
    LintJob job; /* first: `each` is given this */
    FixedList list;
} FixJob;

/* A revision that the database may have is left alone; where it cannot be asked, every one. */
static Code take_fix(LintJob *job, Lint *lint, const LintFile *file, Error *error)
{
    LintFix fix;
    FixedList *list = &((FixJob *)(void *)job)->list;
    Arena *arena = job->verb->arena;
    bool listed = file->revision && job->verb->graph &&
                  graph_find(job->verb->graph, file->revision->id) == file->revision;
    if (listed && job->applied && job->applied[file->revision->order])
        return RUNG_OK;
    Code code = lint_fix(lint, file, &fix, error);
    if (code || !fix.count)
        return code;
    if (listed && !job->applied) {
        error_set(error, RUNG_REFUSED,
                  "%s is not changed: the database cannot be asked whether "
                  "it has this revision",
                  file->path);
        return error_hint(error, "name the database by --url or --target");
    }
    *vec_add(arena, list) = (FixedFile){.file = *file,
                                        .text = arena_string(arena, fix.text),
                                        .after = arena_string(arena, fix.after)};
    return RUNG_OK;
}

/* ---- the second revision ---- */

static const Section *up_section(const Revision *revision)
{
    return revision_section(revision, SECTION_UP, ENGINE_POSTGRESQL);
}

static const char *validation_sections(Arena *arena, const FixedFile *fixed)
{
    static const char nothing[] = "-- rung:notice a validated constraint stays validated\n";
    if (up_section(fixed->file.revision)->any_engine)
        return arena_print(arena, "-- rung:up\n%s\n-- rung:down\n%s", fixed->after, nothing);
    return arena_print(arena,
                       "-- rung:up postgresql\n%s\n-- rung:up sqlite\n-- rung:notice nothing to "
                       "validate here\n\n-- rung:down\n%s",
                       fixed->after, nothing);
}

/* Behind everything that stands on the revision, so that the history does not fork. */
static const char *last_behind(const Revision *revision)
{
    while (revision->children.count)
        revision = revision->children.at[0];
    return revision->id;
}

/* `last` is the revision that was written before for the same head. */
static Code write_validation(Verb *verb, const FixedFile *fixed, int64_t *wall_us, Map *last,
                             const char **ret_path, Error *error)
{
    Arena *arena = verb->arena;
    const Revision *revision = fixed->file.revision;
    const char *head = last_behind(revision);
    char *id = clock_print_id(arena, *wall_us);
    while (graph_find(verb->graph, id) || map_get(last, id))
        id = clock_print_id(arena, *wall_us += 1000000);
    const char *before = map_get(last, head);
    const char *parent = before ? before : head;
    const char *message = arena_print(arena, "validate what %s adds", revision->id);
    const char *text =
        revision_print(arena, id, message, &parent, 1, validation_sections(arena, fixed));
    *ret_path = path_join(arena, verb->project->migrations, revision_file_name(arena, id, message));
    map_set(last, head, id);
    map_set(last, id, id);
    return file_write_new(*ret_path, text, strlen(text), error);
}

/* A plain file's second part stands beside it. */
static Code write_beside(Verb *verb, const FixedFile *fixed, const char **ret_path, Error *error)
{
    const char *path = fixed->file.path;
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".sql") == 0)
        length -= 4;
    *ret_path = arena_print(verb->arena, "%.*s_validate.sql", (int)length, path);
    return file_write_new(*ret_path, fixed->after, strlen(fixed->after), error);
}

static Code write_fixed(Verb *verb, const FixedFile *fixed, int64_t *wall_us, Map *last,
                        Error *error)
{
    const char *second = NULL;
    bool listed = fixed->file.revision && verb->graph &&
                  graph_find(verb->graph, fixed->file.revision->id) == fixed->file.revision;
    Code code = RUNG_OK;
    if (fixed->after)
        code = listed ? write_validation(verb, fixed, wall_us, last, &second, error)
                      : write_beside(verb, fixed, &second, error);
    if (!code)
        code = file_write(fixed->file.path, fixed->text, strlen(fixed->text), error);
    if (!code)
        verb_tell(verb, RUNG_EVENT_NOTICE, "fixed %s%s%s", fixed->file.path,
                  second ? ", and wrote " : "", second ? second : "");
    return code;
}

/* The files are another text now: what was read of them is forgotten. */
static void forget(Verb *verb)
{
    verb->project->active[0] = NULL;
    db_close(verb->db);
    verb->db = NULL;
    verb->graph = NULL;
}

Code lint_fix_all(Verb *verb, Error *error)
{
    FixJob fix = {.job = {.verb = verb, .each = take_fix}};
    int64_t wall_us = clock_wall_us();
    Map *last = map_new(verb->arena);
    Code code = lint_run(&fix.job, error);
    for (size_t i = 0; !code && i < fix.list.count; i++)
        code = write_fixed(verb, &fix.list.at[i], &wall_us, last, error);
    lint_done(&fix.job);
    forget(verb);
    return code;
}
