/* Erasing again what a backup brought back. Only keyed hashes are known: the hash of every row's
 * key is computed and looked for among them. */
#include "base/clock.h"
#include "lifecycle/audit.h"
#include "lifecycle/erasure.h"
#include "lifecycle/ledger_parts.h"

#define PAGE_ROWS "50000"
enum { PAGE_COUNT = 50000 };

typedef struct Replay {
    Life *life;
    Arena *arena;
    LedgerReplay *result;
    Map *wanted; /* keyed hashes of the subject at hand that no row was found for */
    int64_t left;
    int64_t started_us;
} Replay;

/* ---- the rows of one subject ---- */

/* The rows of a page whose erasure is known, in one transaction. */
static Code again(Replay *replay, const Subject *subject, const char *const *keys, size_t count,
                  Error *error)
{
    Life *life = replay->life;
    Arena *arena = arena_new();
    int64_t changed = 0;
    Code code = life_begin(life, error);
    for (size_t i = 0; !code && i < count; i++) {
        bool is_new;
        code = erasure_again(life, arena, subject, keys[i], &is_new, error);
        changed += is_new;
    }
    if (!code)
        code = life_commit(life, error);
    if (code)
        life_rollback(life, code);
    replay->result->again += code ? 0 : changed;
    replay->result->already += code ? 0 : (int64_t)count - changed;
    arena_free(arena);
    return code;
}

static Code take_page(Replay *replay, const Subject *subject, const DbRows *rows, Error *error)
{
    Life *life = replay->life;
    Arena *arena = arena_new();
    VEC(const char *) keys = {0};
    char hash[HASH_HEX_SIZE];
    for (size_t i = 0; i < rows->count; i++) {
        life_hash(life, subject->policy->name, db_cell(rows, i, 0), hash);
        if (map_get(replay->wanted, hash))
            *vec_add(arena, &keys) = db_cell(rows, i, 0);
    }
    Code code = keys.count ? again(replay, subject, keys.at, keys.count, error) : RUNG_OK;
    replay->left -= (int64_t)keys.count;
    replay->result->rows += (int64_t)rows->count;
    arena_free(arena);
    return code;
}

/* The column, never the text of that name which stands in the list. */
static const char *page_sql(const Life *life, const Subject *subject, bool first, Arena *arena)
{
    const char *key = arena_print(arena, "page.%s", life_name(arena, subject->key->name));
    const char *after =
        first ? ""
        : life->engine == ENGINE_SQLITE
            ? arena_print(arena, " AND %s > $1", key)
            : arena_print(arena, " AND %s > CAST($1::text AS %s)", key, subject->key->type);
    return arena_print(arena,
                       "SELECT CAST(%s AS text) FROM %s AS page WHERE %s IS NOT NULL%s ORDER BY %s"
                       " LIMIT " PAGE_ROWS,
                       key, subject->table->sql, key, after, key);
}

static void tell(const Replay *replay, const Subject *subject)
{
    Life *life = replay->life;
    if (life->tell)
        life->tell(life->context, RUNG_EVENT_PROGRESS, subject->policy->name, replay->result->rows,
                   subject->table->rows > replay->result->rows ? subject->table->rows : 0,
                   clock_monotonic_us() - replay->started_us);
}

static Code take_subject(Replay *replay, const Subject *subject, Error *error)
{
    Life *life = replay->life;
    Code code = RUNG_OK;
    Arena *before = NULL; /* of the page whose last key is needed */
    const char *last = NULL;
    for (bool more = true; !code && more && replay->left > 0;) {
        Arena *arena = arena_new();
        DbRows rows;
        const char *sql = page_sql(life, subject, !last, arena);
        code = life_query(life, arena, sql, &last, last ? 1 : 0, &rows, error);
        if (!code)
            code = take_page(replay, subject, &rows, error);
        if (!code)
            code = life_check_cancelled(life, error);
        more = !code && rows.count == PAGE_COUNT;
        last = more ? db_cell(&rows, rows.count - 1, 0) : NULL;
        arena_free(before);
        before = arena;
        tell(replay, subject);
    }
    arena_free(before);
    return code;
}

/* ---- all of them ---- */

static Code check_subjects(const Life *life, const LedgerSurvey *survey, Error *error)
{
    for (size_t i = 0; i < survey->unknown.count; i++)
        if (!life_subject(life, survey->unknown.at[i].subject)) {
            error_set(error, RUNG_CONFIG,
                      "the ledger has erasures of \"%s\", which is no subject"
                      " of rung.yaml",
                      survey->unknown.at[i].subject);
            return error_hint(error, "name it under lifecycle.subjects, as it was");
        }
    return RUNG_OK;
}

static Code replay_subject(Replay *replay, const SubjectPolicy *policy, const LedgerSurvey *survey,
                           Error *error)
{
    Subject subject;
    replay->wanted = map_new(replay->arena);
    replay->left = 0;
    for (size_t i = 0; i < survey->unknown.count; i++)
        if (strcmp(survey->unknown.at[i].subject, policy->name) == 0 &&
            !map_set(replay->wanted, survey->unknown.at[i].subject_hash, replay))
            replay->left++;
    if (!replay->left)
        return RUNG_OK;
    Code code = subject_find(replay->life, policy, &subject, error);
    if (!code)
        code = take_subject(replay, &subject, error);
    replay->result->absent += replay->left;
    return code;
}

static Code know_all(Life *life, const LedgerSurvey *survey, Error *error)
{
    Code code = life_begin(life, error);
    if (!code)
        code = ledger_mark(life, &survey->end, error);
    if (!code)
        code = life_commit(life, error);
    return code ? life_rollback(life, code) : RUNG_OK;
}

Code ledger_replay(Life *life, bool every, LedgerReplay *ret_replay, Error *error)
{
    LedgerSurvey survey;
    LedgerReplay result = {0};
    if (!life->ledger) {
        error_set(error, RUNG_CONFIG, "rung.yaml names no ledger");
        return error_hint(error, "lifecycle.ledger is its file");
    }
    Replay replay = {life, arena_new(), &result, NULL, 0, clock_monotonic_us()};
    Code code = ledger_survey(life, replay.arena, every, &survey, error);
    if (!code && survey.state.standing == LEDGER_AHEAD)
        code = ledger_require(life, error);
    if (!code)
        code = check_subjects(life, &survey, error);
    result.entries = code ? 0 : (int64_t)survey.unknown.count;
    result.others = code || every ? 0 : survey.state.others;
    for (size_t i = 0; !code && i < life->policy->subjects.count; i++)
        code = replay_subject(&replay, &life->policy->subjects.at[i], &survey, error);
    if (!code)
        code = know_all(life, &survey, error);
    if (!code)
        *ret_replay = result;
    arena_free(replay.arena);
    return code;
}
