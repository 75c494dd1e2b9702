/* order: what was ordered is shown, and carried out. */
#include "api/order.h"
#include "base/fault.h"
#include "report/order.h"

enum {
    WAIT_MS = 5000, /* for another worker, before an order is left to be carried out later */
    PAUSE_MS = 100
};

/* ---- erasing ---- */

/* The rows that there are, each once, as the database writes their keys. */
static Code find_keys(Verb *verb, Life *life, const Subject *subject, KeyNames *ret_keys,
                      Error *error)
{
    const rung_names *asked = &verb->arguments->row;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < asked->count; i++) {
        const char *key;
        bool present, known = false;
        code = erasure_key(life, verb->arena, subject, asked->at[i], &key, &present, error);
        for (size_t j = 0; !code && !known && j < ret_keys->count; j++)
            known = strcmp(ret_keys->at[j], key) == 0;
        if (!code && present && !known)
            *vec_add(verb->arena, ret_keys) = key;
    }
    return code;
}

/* Orders with rows in common lock them in the same order. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_done(const Order *order)
{
    return strcmp(order->state, "done") == 0;
}

/* Carries it out, or waits until another worker did; `wait_ms` later it is as it is then. */
static Code carry_out(Verb *verb, Life *life, const char *id, int wait_ms, Order *ret_order,
                      OrderProblems *ret_problems, Error *error)
{
    int64_t until = clock_monotonic_us() + (int64_t)wait_ms * 1000;
    PurgeReport purge;
    Code code = order_read(life, verb->arena, id, NULL, ret_order, error);
    while (!code && !is_done(ret_order)) {
        PurgeOptions options = {
            .subject = ret_order->subject, .order = id, .force = verb->arguments->force};
        code = purge_run(life, verb->arena, &options, &purge, error);
        bool locked = code == RUNG_LOCKED;
        FAULT_POINT();
        if (code && !locked)
            return code;
        code = order_read(life, verb->arena, id, NULL, ret_order, error);
        if (!locked || code || is_done(ret_order) || clock_monotonic_us() >= until)
            break;
        code = life_check_cancelled(life, error);
        clock_sleep_ms(PAUSE_MS);
    }
    if (!code && is_done(ret_order) && !ret_order->finished_at) {
        code = order_settle(life, error); /* another purge was killed before it wrote that down */
        if (!code)
            code = order_read(life, verb->arena, id, NULL, ret_order, error);
    }
    *ret_problems = (OrderProblems){0};
    return code ? code : order_problems(life, verb->arena, id, ret_problems, error);
}

/* Who ordered is told to ask for it later; an order that was found is told as it is. */
static Code leave(Verb *verb, Life *life, const OrderPlaced *placed, Error *error)
{
    Order order;
    Code code = placed->repeated || verb->arguments->later ? RUNG_OK
                                                           : order_detach(life, placed->id, error);
    if (!code)
        code = order_read(life, verb->arena, placed->id, NULL, &order, error);
    if (!code)
        report_order(&verb->report, &order, NULL, placed->repeated);
    return code;
}

static Code carry_out_placed(Verb *verb, Life *life, const OrderPlaced *placed, Error *error)
{
    Order order;
    OrderProblems problems;
    Code code = order_read(life, verb->arena, placed->id, NULL, &order, error);
    if (!code && order.detached)
        return leave(verb, life, placed, error);
    if (!code)
        code = carry_out(verb, life, placed->id, WAIT_MS, &order, &problems, error);
    if (code)
        return code;
    if (!is_done(&order) && !problems.count)
        return leave(verb, life, placed, error);
    report_order(&verb->report, &order, &problems, placed->repeated);
    return problems.count ? RUNG_FOUND : RUNG_OK;
}

Code order_purge(Verb *verb, Life *life, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    Subject subject;
    KeyNames keys = {0};
    OrderPlaced placed;
    const char *by = arguments->actor ? arguments->actor : life->actor;
    Code code = order_require(life, error);
    if (!code)
        code = subject_find(life, life_subject(life, arguments->subject), &subject, error);
    if (!code)
        code = find_keys(verb, life, &subject, &keys, error);
    if (!code && keys.count)
        qsort(keys.at, keys.count, sizeof *keys.at, by_text);
    if (!code)
        code =
            order_place(life, verb->arena, &subject, &keys, by, arguments->later, &placed, error);
    if (code)
        return code;
    if (!placed.id) {
        report_order_refused(&verb->report, subject.policy->name, &placed.problems);
        return RUNG_FOUND;
    }
    return arguments->later ? leave(verb, life, &placed, error)
                            : carry_out_placed(verb, life, &placed, error);
}

/* ---- exporting ---- */

Code order_export_later(Verb *verb, Error *error)
{
    Life life;
    Subject subject;
    Order order;
    const char *key, *id;
    int64_t wait;
    Code code =
        life_open_subject(verb, true, verb->arguments->subject, &life, &subject, &key, error);
    if (!code)
        code = order_export(&life, verb->arena, &subject, key, &id, &wait, error);
    if (!code && wait) {
        report_order_wait(&verb->report, wait);
        return RUNG_FOUND;
    }
    if (!code)
        code = order_read(&life, verb->arena, id, NULL, &order, error);
    if (!code)
        report_order(&verb->report, &order, NULL, false);
    return code;
}

/* ---- the actions ---- */

static Code order_list(Verb *verb, const char *operand, Error *error)
{
    Life life;
    OrderList list = {0};
    Code code = life_open(verb, false, &life, error);
    if (!code)
        code = order_require(&life, error);
    if (!code)
        code = order_open(&life, verb->arena, &list, error);
    if (!code)
        report_orders(&verb->report, &list);
    return code;
}

/* With a subject the order has to be its own. */
static Code order_show(Verb *verb, const char *operand, Error *error)
{
    Life life;
    Subject subject;
    Order order;
    OrderProblems problems = {0};
    char hash[HASH_HEX_SIZE];
    const char *key, *whose = verb->arguments->subject;
    bool present;
    Code code = whose ? life_open_subject(verb, false, whose, &life, &subject, &key, error)
                      : life_open(verb, false, &life, error);
    if (!code)
        code = order_require(&life, error);
    if (!code && whose)
        code = erasure_key(&life, verb->arena, &subject, key, &key, &present, error);
    if (!code && whose)
        life_hash(&life, subject.policy->name, key, hash);
    if (!code)
        code = order_read(&life, verb->arena, operand, whose ? hash : NULL, &order, error);
    if (!code)
        code = order_problems(&life, verb->arena, order.id, &problems, error);
    if (!code)
        report_order(&verb->report, &order, &problems, false);
    return code;
}

static Code run_one(Verb *verb, Life *life, const Order *order, Error *error)
{
    Order after;
    OrderProblems problems;
    life->run = order_id(verb->arena); /* what one run left aside another one tries */
    return strcmp(order->kind, "export") == 0
               ? order_export_run(life, verb->arena, order->id, export_folder(verb), error)
               : carry_out(verb, life, order->id, 0, &after, &problems, error);
}

/* One that fails holds no other up. RUNG_FOUND when some are open still. */
static Code order_run(Verb *verb, const char *operand, Error *error)
{
    Life life;
    OrderList list = {0}, left = {0};
    Error failure;
    Code failed = RUNG_OK;
    Code code = life_open(verb, true, &life, error);
    if (!code)
        code = order_require(&life, error);
    if (!code)
        code = order_open(&life, verb->arena, &list, error);
    for (size_t i = 0; !code && i < list.count; i++) {
        bool wanted = operand ? strcmp(list.at[i].id, operand) == 0
                              : strcmp(list.at[i].state, "failed") != 0; /* for rung purge */
        if (!wanted)
            continue;
        Code result = run_one(verb, &life, &list.at[i], &failure);
        if (result == RUNG_INTERRUPTED || db_lost(verb->db)) {
            *error = failure;
            return result;
        }
        if (result) {
            failed = result;
            *error = failure;
        }
    }
    if (!code && !failed)
        code = order_open(&life, verb->arena, &left, error);
    if (code || failed)
        return code ? code : failed;
    report_orders(&verb->report, &left);
    return left.count ? RUNG_FOUND : RUNG_OK;
}

static Code verb_order(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {
        {"list", 0, order_list}, {"show", 1, order_show}, {"run", -1, order_run}};
    return life_run(verb, actions, COUNT(actions), "ID", error);
}
VERB(order)
