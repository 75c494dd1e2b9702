/* What the database knows of its ledger. */
#include "base/file.h"
#include "base/text.h"
#include "lifecycle/ledger_parts.h"

enum { ASK_AT_ONCE = 500 };

/* ---- looking ---- */

typedef struct Looking {
    Life *life;
    Arena *arena;
    bool every;
    int64_t mark; /* line that the database knows as its last one */
    const char *mark_hash;
    bool met; /* that line is there, and is the same */
    LedgerSurvey *survey;
} Looking;

static void look(void *context, const LedgerLine *line, const LedgerPlace *behind)
{
    Looking *looking = context;
    LedgerSurvey *survey = looking->survey;
    bool other = strcmp(line->database, looking->life->ledger_seen->database) != 0;
    survey->state.others += other;
    if (line->seq == looking->mark) {
        looking->met = strcmp(line->hash, looking->mark_hash) == 0;
        if (looking->met)
            looking->life->ledger_seen->known = *behind;
    }
    if (looking->every ? other || line->seq > looking->mark : !other && line->seq > looking->mark)
        *vec_add(looking->arena, &survey->unknown) = (LedgerEntry){
            arena_string(looking->arena, line->subject),
            arena_string(looking->arena, line->subject_hash),
            arena_string(looking->arena, line->run),
        };
}

static Code read_mark(Life *life, Looking *looking, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, looking->arena, &rows, error,
                     "SELECT number, coalesce(value, '') FROM {mark} WHERE name = 'ledger'");
    if (!code && rows.count) {
        looking->mark = db_number(&rows, 0, 0);
        looking->mark_hash = db_cell(&rows, 0, 1);
    }
    return code;
}

/* ---- which of them the database has under way, or did ---- */

/* Takes those of `entries` out whose claim the database has. */
static Code drop_claimed(Life *life, const LedgerEntry *entries, size_t count, bool *claimed,
                         Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    VEC(const char *) params = {0};
    Map *purging = map_new(arena), *purged = map_new(arena);
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT subject_hash, state, coalesce(run, '') FROM {erasure} WHERE state IN"
                   " ('purging', 'purged') AND subject_hash IN (");
    for (size_t i = 0; i < count; i++) {
        *vec_add(arena, &params) = entries[i].subject_hash;
        text_print(&sql, "%s$%zu", i ? ", " : "", i + 1);
    }
    text_put(&sql, ")");
    Code code = life_query(life, arena, text_string(&sql), params.at, params.count, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *hash = db_cell(&rows, i, 0);
        if (strcmp(db_cell(&rows, i, 1), "purging") == 0)
            map_set(purging, hash, life);
        else
            map_set(purged, arena_print(arena, "%s %s", hash, db_cell(&rows, i, 2)), life);
    }
    for (size_t i = 0; !code && i < count; i++)
        claimed[i] =
            map_get(purging, entries[i].subject_hash) ||
            map_get(purged, arena_print(arena, "%s %s", entries[i].subject_hash, entries[i].run));
    text_done(&sql);
    arena_free(arena);
    return code;
}

static Code count_missing(Life *life, LedgerSurvey *survey, Error *error)
{
    bool claimed[ASK_AT_ONCE];
    size_t kept = 0;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < survey->unknown.count;) {
        size_t left = survey->unknown.count - i;
        size_t count = left < ASK_AT_ONCE ? left : ASK_AT_ONCE;
        code = drop_claimed(life, survey->unknown.at + i, count, claimed, error);
        for (size_t k = 0; !code && k < count; k++)
            if (!claimed[k])
                survey->unknown.at[kept++] = survey->unknown.at[i + k];
        i += count;
    }
    survey->unknown.count = kept;
    survey->state.missing = (int64_t)kept;
    return code;
}

Code ledger_survey(Life *life, Arena *arena, bool every, LedgerSurvey *ret_survey, Error *error)
{
    int64_t torn;
    Looking looking = {
        .life = life, .arena = arena, .every = every, .mark_hash = "", .survey = ret_survey};
    *ret_survey = (LedgerSurvey){0};
    Code code = ledger_seen(life, error);
    if (!code)
        code = read_mark(life, &looking, error);
    if (code)
        return code;
    /* a second look begins where the mark stood at the last one, if it still stands there */
    const LedgerPlace *known = &life->ledger_seen->known;
    if (!every && known->seq && known->seq == looking.mark &&
        strcmp(known->hash, looking.mark_hash) == 0) {
        ret_survey->end = *known;
        looking.met = true;
    }
    code = ledger_walk(life, &ret_survey->end, look, &looking, &torn, error);
    if (!code)
        code = count_missing(life, ret_survey, error);
    if (code)
        return code;
    LedgerState *state = &ret_survey->state;
    state->entries = ret_survey->end.seq;
    state->known = looking.mark;
    state->standing = looking.mark && !looking.met ? LEDGER_AHEAD
                      : state->missing             ? LEDGER_BEHIND
                                                   : LEDGER_LEVEL;
    return RUNG_OK;
}

Code ledger_state(Life *life, LedgerState *ret_state, Error *error)
{
    LedgerSurvey survey = {0};
    Arena *arena = arena_new();
    Code code = RUNG_OK;
    if (life->ledger)
        code = ledger_survey(life, arena, false, &survey, error);
    if (!code)
        *ret_state = survey.state;
    arena_free(arena);
    return code;
}

/* ---- judging ---- */

const char *ledger_reason(const Life *life, const LedgerState *state, Arena *arena)
{
    if (state->standing == LEDGER_BEHIND)
        return arena_print(arena,
                           "this database was restored: %lld erasure%s of the ledger %s %s not"
                           " carried out in it",
                           (long long)state->missing, state->missing == 1 ? "" : "s", life->ledger,
                           state->missing == 1 ? "is" : "are");
    if (state->standing == LEDGER_AHEAD && state->entries < state->known)
        return arena_print(arena,
                           "the ledger %s has %lld of the %lld entries that this database knows",
                           life->ledger, (long long)state->entries, (long long)state->known);
    if (state->standing == LEDGER_AHEAD)
        return arena_print(arena, "the ledger %s is not the one that this database knows",
                           life->ledger);
    return NULL;
}

static Code refuse(const Life *life, const LedgerState *state, Error *error)
{
    Arena *arena = arena_new();
    const char *reason = ledger_reason(life, state, arena);
    Code code = RUNG_OK;
    if (reason) {
        code = error_set(error, RUNG_MISMATCH, "%s", reason);
        if (state->standing == LEDGER_BEHIND)
            error_hint(error, "`rung erase replay`, then `rung purge`");
        else
            error_hint(error, "bring back the file from a copy: without it a backup that is "
                              "restored would bring back who was erased");
    }
    arena_free(arena);
    return code;
}

/* Known before anything is claimed. */
static Code require_folder(const Life *life, Error *error)
{
    Arena *arena = arena_new();
    const char *folder = path_folder(arena, life->ledger);
    Code code = RUNG_OK;
    if (!folder_exists(folder)) {
        code = error_set(error, RUNG_FILE, "there is no folder %s for the ledger", folder);
        error_hint(error, "make it, outside of what a backup restores; lifecycle.ledger names it");
    }
    arena_free(arena);
    return code;
}

Code ledger_require(Life *life, Error *error)
{
    LedgerState state;
    Code code = life->ledger ? require_folder(life, error) : RUNG_OK;
    if (!code)
        code = ledger_state(life, &state, error);
    return code ? code : refuse(life, &state, error);
}

Code ledger_mark(Life *life, const LedgerPlace *end, Error *error)
{
    Arena *arena = arena_new();
    Code code = LIFE(life, NULL, NULL, error,
                     life->engine == ENGINE_SQLITE
                         ? "UPDATE {mark} SET number = $1, value = $2, at = {now} WHERE name ="
                           " 'ledger' AND number < CAST($1 AS INTEGER)"
                         : "UPDATE {mark} SET number = $1::bigint, value = $2, at = {now} WHERE"
                           " name = 'ledger' AND number < $1::bigint",
                     arena_print(arena, "%lld", (long long)end->seq), end->hash);
    arena_free(arena);
    return code;
}

Code ledger_know(Life *life, Error *error)
{
    LedgerSurvey survey;
    if (!life->ledger)
        return RUNG_OK;
    Arena *arena = arena_new();
    Code code = ledger_survey(life, arena, false, &survey, error);
    if (!code)
        code = refuse(life, &survey.state, error);
    if (!code)
        code = ledger_mark(life, &survey.end, error);
    arena_free(arena);
    return code;
}
