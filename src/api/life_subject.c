/* "users:42" on the command line. */
#include "api/life.h"
#include "base/clock.h"

enum { KNOWN_US = 1000 * 1000 };

Code life_no_subject(const Life *life, const char *text, Error *error)
{
    Text names = TEXT_EMPTY;
    for (size_t i = 0; i < life->policy->subjects.count; i++)
        text_print(&names, "%s%s", i ? ", " : "", life->policy->subjects.at[i].name);
    error_set(error, RUNG_UNKNOWN, "\"%s\" names no subject", text);
    error_hint(error,
               names.length ? "SUBJECT:KEY; lifecycle.subjects has %s"
                            : "lifecycle.subjects of rung.yaml names none%s",
               text_string(&names));
    text_done(&names);
    return RUNG_UNKNOWN;
}

/* "users:42": the rest behind the colon is the key as it is. */
static Code read_subject(Life *life, const char *text, const SubjectPolicy **ret_policy,
                         const char **ret_key, Error *error)
{
    for (size_t i = 0; i < life->policy->subjects.count; i++) {
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        size_t length = strlen(policy->name);
        if (strncmp(text, policy->name, length) != 0 || text[length] != ':' || !text[length + 1])
            continue;
        *ret_key = text + length + 1;
        *ret_policy = policy;
        return RUNG_OK;
    }
    return life_no_subject(life, text, error);
}

Code life_open_subject(Verb *verb, bool writes, const char *text, Life *ret_life,
                       Subject *ret_subject, const char **ret_key, Error *error)
{
    const SubjectPolicy *policy = NULL;
    Code code = life_open(verb, writes, ret_life, error);
    if (!code)
        code = life_require(ret_life, error);
    if (!code)
        code = read_subject(ret_life, text, &policy, ret_key, error);
    return code ? code : subject_find(ret_life, policy, ret_subject, error);
}

/* ---- what is known of the subjects' tables ---- */

struct KnownSubjects {
    Arena *arena;
    int64_t read_us;
    const char *schema; /* SQLite: PRAGMA schema_version */
    VEC(Subject) subjects;
};

void known_subjects_free(struct KnownSubjects *known)
{
    if (known)
        arena_free(known->arena);
}

static void forget(Session *session)
{
    known_subjects_free(session->known);
    session->known = NULL;
}

static Code read_schema(Life *life, Arena *arena, const char **ret_schema, Error *error)
{
    DbRows rows;
    *ret_schema = NULL;
    if (life->engine == ENGINE_POSTGRESQL)
        return RUNG_OK;
    Code code = LIFE(life, arena, &rows, error, "PRAGMA schema_version");
    if (!code)
        *ret_schema = db_cell(&rows, 0, 0);
    return code;
}

/* Forgets what may have changed. `ret_schema` is what SQLite says now. */
static Code look_whether_known(Session *session, Life *life, const char **ret_schema, Error *error)
{
    const struct KnownSubjects *known = session->known;
    Code code = read_schema(life, life->arena, ret_schema, error);
    bool same = !code && known &&
                (*ret_schema ? strcmp(known->schema, *ret_schema) == 0
                             : clock_monotonic_us() - known->read_us < KNOWN_US);
    if (!same)
        forget(session);
    return code;
}

/* Reads the table alone; what there is to say against it is said with all tables in sight. */
static Code learn(Life *life, Arena *arena, const SubjectPolicy *policy, Subject *ret_subject,
                  Error *error)
{
    Error ignored;
    Code code = life_require(life, error);
    if (!code)
        code = key_graph_load_table(life->db, arena, policy->table, &life->graph, error);
    if (code || subject_find(life, policy, ret_subject, &ignored) == RUNG_OK)
        return code;
    code = key_graph_load(life->db, arena, &life->graph, error);
    return code ? code : subject_find(life, policy, ret_subject, error);
}

static const Subject *find_known(const Session *session, const SubjectPolicy *policy)
{
    const struct KnownSubjects *known = session->known;
    for (size_t i = 0; known && i < known->subjects.count; i++)
        if (known->subjects.at[i].policy == policy)
            return &known->subjects.at[i];
    return NULL;
}

static Code know(Session *session, Life *life, const SubjectPolicy *policy, Subject *ret_subject,
                 Error *error)
{
    const char *schema;
    Code code = look_whether_known(session, life, &schema, error);
    if (code)
        return code;
    const Subject *known = find_known(session, policy);
    if (known) {
        *ret_subject = *known;
        return RUNG_OK;
    }
    if (!session->known) {
        Arena *arena = arena_new();
        session->known = arena_alloc(arena, sizeof *session->known);
        session->known->arena = arena;
        session->known->read_us = clock_monotonic_us();
        session->known->schema = arena_string(arena, schema);
    }
    code = learn(life, session->known->arena, policy, ret_subject, error);
    if (code)
        forget(session);
    else
        *vec_add(session->known->arena, &session->known->subjects) = *ret_subject;
    return code;
}

Code life_open_row(Verb *verb, bool writes, const char *text, Life *ret_life, Subject *ret_subject,
                   const char **ret_key, Error *error)
{
    const SubjectPolicy *policy = NULL;
    Code code = life_open_requests(verb, writes, ret_life, error);
    ret_life->keep = !code;
    if (!code)
        code = read_subject(ret_life, text, &policy, ret_key, error);
    return code ? code : know(&verb->project->session, ret_life, policy, ret_subject, error);
}

/* 42…: a table, a column or an operator that is not there (PostgreSQL manual, "Error Codes"). */
bool life_is_outdated(Verb *verb, const Error *error)
{
    bool outdated = strncmp(error->sqlstate, "42", 2) == 0 && !verb->looked_again;
    verb->looked_again = true;
    if (outdated)
        forget(&verb->project->session);
    return outdated;
}
