/* Verbs that write revision files: revision, merge. */
#include "api/edit.h"
#include "api/generate.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"

/* ---- a revision file ---- */

const char *edit_new_id(Verb *verb)
{
    int64_t now = clock_wall_us();
    const char *id = clock_print_id(verb->arena, now);
    while (graph_find(verb->graph, id))
        id = clock_print_id(verb->arena, now += 1000000);
    return id;
}

static Code check_id(Verb *verb, const char *id, Error *error)
{
    if (!revision_id_valid(id, strlen(id))) {
        error_set(error, RUNG_USAGE, "\"%s\" cannot be a revision's id", id);
        return error_hint(error, "letters, digits, dots, dashes and underscores are allowed");
    }
    if (graph_find(verb->graph, id))
        return error_set(error, RUNG_USAGE, "revision %s is there already: %s", id,
                         graph_find(verb->graph, id)->path);
    return RUNG_OK;
}

Code edit_write(Verb *verb, WrittenReport *written, const char *path, const char *text,
                Error *error)
{
    Code code = file_write_new(path, text, strlen(text), error);
    if (!code)
        *vec_add(verb->arena, &written->paths) = path;
    return code;
}

static Code check_message(const char *message, Error *error)
{
    if (strpbrk(message, "\r\n")) {
        error_set(error, RUNG_USAGE, "a message is one line");
        return error_hint(error, "longer words fit into a comment in the file");
    }
    if (utf8_check(message, strlen(message)) != strlen(message)) {
        error_set(error, RUNG_USAGE, "the message is not valid UTF-8");
        return error_hint(error, "is the terminal set to UTF-8?");
    }
    return RUNG_OK;
}

Code edit_write_revision(Verb *verb, const char *message, const RevisionList *parents,
                         const char *sections, Error *error)
{
    WrittenReport written = {0};
    Arena *arena = verb->arena;
    const char *id = verb->arguments->id ? verb->arguments->id : edit_new_id(verb);
    Code code = check_id(verb, id, error);
    if (!code)
        code = check_message(message, error);
    if (code)
        return code;
    const char **ids = arena_alloc_array(arena, parents->count + 1, sizeof *ids);
    for (size_t i = 0; i < parents->count; i++)
        ids[i] = parents->at[i]->id;
    const char *text = sections ? revision_print(arena, id, message, ids, parents->count, sections)
                                : revision_print_new(arena, id, message, ids, parents->count);
    const char *path =
        path_join(arena, verb->project->migrations, revision_file_name(arena, id, message));
    written.revision = id;
    code = edit_write(verb, &written, path, text, error);
    if (!code)
        report_written(&verb->report, &written);
    return code;
}

static Code named_parents(Verb *verb, RevisionList *ret_parents, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    RevisionList parents = {0};
    for (size_t i = 0; i < arguments->revision_count; i++) {
        Revision *revision;
        if (strcmp(arguments->revisions[i], "base") == 0 && arguments->revision_count == 1)
            break;
        if (strcmp(arguments->revisions[i], "heads") == 0) {
            graph_heads(verb->graph, verb->arena, &parents);
            continue;
        }
        Code code = graph_resolve(verb->graph, arguments->revisions[i], &revision, error);
        if (code)
            return code;
        for (size_t k = 0; k < parents.count; k++)
            if (parents.at[k] == revision)
                return error_set(error, RUNG_USAGE, "revision %s is named twice", revision->id);
        *vec_add(verb->arena, &parents) = revision;
    }
    *ret_parents = parents;
    return RUNG_OK;
}

Code edit_only_head(Verb *verb, RevisionList *ret_parents, Error *error)
{
    RevisionList parents = {0};
    graph_heads(verb->graph, verb->arena, &parents);
    *ret_parents = parents;
    if (parents.count < 2)
        return RUNG_OK;
    error_set(error, RUNG_REVISION, "the folder has %zu heads: which one does it follow?",
              parents.count);
    return error_hint(error, "name it with --parents, or join them first with `rung merge`");
}

static Code write_generated(Verb *verb, const RevisionList *parents, Error *error)
{
    const char *sections;
    if (parents->count > 1) {
        error_set(error, RUNG_USAGE, "--autogenerate needs one parent");
        return error_hint(error, "join the heads first with `rung merge`");
    }
    Code code =
        generate_sections(verb, parents->count ? parents->at[0] : NULL, NULL, &sections, error);
    if (code)
        return code;
    if (sections)
        return edit_write_revision(verb, verb->arguments->message, parents, sections, error);
    WrittenReport written = {.nothing =
                                 "nothing to do: the revisions make what the schema file says"};
    report_written(&verb->report, &written);
    return RUNG_OK;
}

static Code write_next(Verb *verb, const RevisionList *parents, Error *error)
{
    if (verb->arguments->autogenerate)
        return write_generated(verb, parents, error);
    return edit_write_revision(verb, verb->arguments->message, parents, NULL, error);
}

static Code verb_revision(Verb *verb, Error *error)
{
    RevisionList parents = {0};
    if (!verb->arguments->message || !verb->arguments->message[0]) {
        error_set(error, RUNG_USAGE, "a new revision needs a message");
        return error_hint(error, "rung revision -m \"add email to users\"");
    }
    Code code = verb_graph(verb, error);
    if (!code && verb->arguments->revision_count)
        code = named_parents(verb, &parents, error);
    else if (!code)
        code = edit_only_head(verb, &parents, error);
    return code ? code : write_next(verb, &parents, error);
}

static Code verb_merge(Verb *verb, Error *error)
{
    RevisionList parents = {0};
    Code code = verb_graph(verb, error);
    if (!code && verb->arguments->revision_count)
        code = named_parents(verb, &parents, error);
    else if (!code)
        graph_heads(verb->graph, verb->arena, &parents);
    if (code)
        return code;
    if (parents.count < 2) {
        error_set(error, RUNG_REVISION, "there is nothing to merge: %zu revision%s", parents.count,
                  parents.count == 1 ? "" : "s");
        return error_hint(error, "`rung heads` lists the heads; a merge joins two or more");
    }
    const char *message = verb->arguments->message;
    if (!message)
        message = arena_print(verb->arena, "merge %s and %s", parents.at[0]->id, parents.at[1]->id);
    return edit_write_revision(verb, message, &parents, NULL, error);
}

VERB(revision)
VERB(merge)
