/* Keys of idempotency, and what was answered to them. */
#include "lifecycle/idempotency.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/value.h"

enum { SWEEP = 100 }; /* old answers that one request removes */

/* ---- the tables ---- */

Code order_present(Life *life, bool *ret_present, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     life->engine == ENGINE_SQLITE
                         ? "SELECT 1 FROM sqlite_schema WHERE name = 'rung_answer'"
                         : "SELECT 1 WHERE to_regclass('rung.answer') IS NOT NULL");
    if (!code)
        *ret_present = rows.count > 0;
    arena_free(arena);
    return code;
}

Code order_require(Life *life, Error *error)
{
    bool present;
    Code code = life_require(life, error);
    if (!code)
        code = order_present(life, &present, error);
    if (code || present)
        return code;
    error_set(error, RUNG_MISMATCH, "this database has no tables for orders yet");
    return error_hint(error, "`rung erase init`, run again, creates what came later");
}

/* ---- keys ---- */

static const char *keep_seconds(const Life *life, Arena *arena)
{
    return arena_print(arena, "%d", life->policy->answers_keep_ms / 1000);
}

/* No two pairs of texts have the same hash. */
static void hash_pair(const Life *life, const char *a, const char *b, char ret_hex[HASH_HEX_SIZE])
{
    Hash hash;
    char inner[HASH_HEX_SIZE];
    hash_start(&hash);
    hash_add_field(&hash, a);
    hash_add_field(&hash, b);
    hash_finish(&hash, inner);
    hmac_hex((const unsigned char *)life->secret, strlen(life->secret), inner, sizeof inner - 1,
             ret_hex);
}

static void hash_once(const Life *life, char ret_key[HASH_HEX_SIZE], char ret_print[HASH_HEX_SIZE])
{
    hash_pair(life, life->once->scope, life->once->key, ret_key);
    hash_pair(life, "request", life->once->payload, ret_print);
}

/* What is too old: this key's own, and a few others, which nobody else is at. */
static Code sweep(Life *life, Arena *arena, const char *key, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                arena_print(arena,
                            "DELETE FROM {answer} WHERE created_at <= {time {epoch {now}} - $2} AND"
                            " (key_hash = $1 OR key_hash IN (SELECT a.key_hash FROM {answer} a"
                            " WHERE a.created_at <= {time {epoch {now}} - $2} ORDER BY a.created_at"
                            " LIMIT %d%s))",
                            SWEEP, life->engine == ENGINE_SQLITE ? "" : " FOR UPDATE SKIP LOCKED"),
                key, keep_seconds(life, arena));
}

/* What is there already. Nothing is there of a transaction of somebody else that is open. */
static Code find_answer(Life *life, Arena *arena, const char *key, const char *print,
                        const char **ret_answer, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT fingerprint, answer FROM {answer} WHERE key_hash = $1", key);
    if (code)
        return code;
    if (!rows.count)
        return error_set(error, RUNG_LOCKED, "the key of idempotency is under way");
    if (strcmp(db_cell(&rows, 0, 0), print) != 0)
        return error_set(error, RUNG_USAGE, "the key of idempotency stands for another request");
    *ret_answer = db_cell(&rows, 0, 1);
    return RUNG_OK;
}

/* Whoever is first has the key until its transaction ends, and nobody waits for that. */
Code idempotency_begin(Life *life, Arena *arena, const char **ret_answer, Error *error)
{
    char key[HASH_HEX_SIZE], print[HASH_HEX_SIZE];
    DbRows rows;
    *ret_answer = NULL;
    if (!life->once)
        return RUNG_OK;
    hash_once(life, key, print);
    Code code = sweep(life, arena, key, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    life->engine == ENGINE_SQLITE
                        ? "INSERT INTO {answer} (key_hash, fingerprint, answer, created_at) VALUES"
                          " ($1, $2, '', {now}) ON CONFLICT DO NOTHING"
                        : "INSERT INTO {answer} (key_hash, fingerprint, answer, created_at) SELECT"
                          " $1, $2, '', now() WHERE pg_try_advisory_xact_lock(hashtextextended($1,"
                          " 0)) ON CONFLICT DO NOTHING",
                    key, print);
    return code || rows.changed ? code : find_answer(life, arena, key, print, ret_answer, error);
}

Code idempotency_end(Life *life, const char *answer, Error *error)
{
    char key[HASH_HEX_SIZE], print[HASH_HEX_SIZE];
    if (!life->once)
        return RUNG_OK;
    hash_once(life, key, print);
    return LIFE(life, NULL, NULL, error, "UPDATE {answer} SET answer = $2 WHERE key_hash = $1", key,
                answer);
}

Code idempotency_expire(Life *life, Error *error)
{
    Arena *arena = arena_new();
    Code code = LIFE(life, NULL, NULL, error,
                     "DELETE FROM {answer} WHERE created_at <= {time {epoch {now}} - $1}",
                     keep_seconds(life, arena));
    arena_free(arena);
    return code;
}

/* ---- requests of users ---- */

/* Nothing of it says whose it is. */
static const char *save(Arena *arena, const Erasure *erasure)
{
    Text text = TEXT_EMPTY;
    Value *value = value_object();
    value_set_int(value, "id", erasure->id);
    value_set_text(value, "state", erasure->state);
    value_set_int(value, "requested_at", erasure->requested_at);
    value_set_int(value, "due_at", erasure->due_at);
    value_set_int(value, "claimed_at", erasure->claimed_at);
    value_set_int(value, "finished_at", erasure->finished_at);
    value_set_int(value, "now", erasure->now);
    value_write(value, false, &text);
    value_free(value);
    return text_keep(&text, arena);
}

static Code load(Arena *arena, const char *answer, Erasure *ret_erasure, Error *error)
{
    Value *value;
    Code code = value_read("answer", answer, strlen(answer), &value, error);
    if (code)
        return code;
    ret_erasure->id = value_get_int(value_get(value, "id"));
    ret_erasure->state = arena_string(arena, value_get_text(value_get(value, "state")));
    ret_erasure->requested_at = value_get_int(value_get(value, "requested_at"));
    ret_erasure->due_at = value_get_int(value_get(value, "due_at"));
    ret_erasure->claimed_at = value_get_int(value_get(value, "claimed_at"));
    ret_erasure->finished_at = value_get_int(value_get(value, "finished_at"));
    ret_erasure->now = value_get_int(value_get(value, "now"));
    value_free(value);
    return ret_erasure->state ? RUNG_OK
                              : error_set(error, RUNG_MISMATCH,
                                          "an answer of rung's table is not one of a request");
}

typedef struct OnceErasure {
    LifeWork *work;
    void *context;
    Arena *arena;
    Erasure *erasure;
} OnceErasure;

static Code run_once(Life *life, void *context, Error *error)
{
    const OnceErasure *once = context;
    const char *answer;
    Code code = idempotency_begin(life, once->arena, &answer, error);
    if (!code && answer)
        return load(once->arena, answer, once->erasure, error);
    FAULT_POINT();
    if (!code)
        code = once->work(life, once->context, error);
    FAULT_POINT();
    if (!code)
        code = idempotency_end(life, save(once->arena, once->erasure), error);
    FAULT_POINT();
    return code;
}

Code idempotency_erasure(Life *life, LifeWork *work, void *context, const char *key, Arena *arena,
                         Erasure *erasure, Error *error)
{
    if (!life->once)
        return life_transaction(life, work, context, error);
    OnceErasure once = {work, context, arena, erasure};
    *erasure = (Erasure){.key = key, .by = life->actor};
    Code code = order_require(life, error);
    if (!code)
        code = life_transaction(life, run_once, &once, error);
    FAULT_POINT();
    return code;
}
