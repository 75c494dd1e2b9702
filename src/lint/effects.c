/* Which statement is judged where, and how effects add up. */
#include "lint/effects.h"

#include "base/text.h"
#include "lint/effects_parts.h"
#include "sql/quote.h"

static void take(const Judge *judge, EffectList *list, const char *relation, LockMode mode,
                 unsigned work)
{
    Effect *effect = effect_of(judge->arena, list, relation);
    if (mode > effect->mode)
        effect->mode = mode;
    effect->work |= work;
}

static bool has_rows(const KnownRelation *relation)
{
    return !relation->partitioned && relation->type != RELATION_VIEW &&
           relation->type != RELATION_COMPOSITE && relation->type != RELATION_SEQUENCE;
}

static bool is_fresh(const Judge *judge, const KnownRelation *relation)
{
    return relation->temporary || known_is_new(judge->known, relation);
}

void judge_take(const Judge *judge, const KnownRelation *relation, LockMode mode, unsigned work)
{
    EffectList *list = is_fresh(judge, relation) ? &judge->effects->fresh : &judge->effects->list;
    take(judge, list, known_name(judge->arena, relation), mode, has_rows(relation) ? work : 0);
}

void judge_take_all(const Judge *judge, const KnownRelationList *relations, LockMode mode,
                    unsigned work)
{
    for (size_t i = 0; i < relations->count; i++)
        judge_take(judge, relations->at[i], mode, work);
}

/* A relation that the history did not make, as far as one can say by its name. */
static const char *unknown_name(const Judge *judge, TreeName name)
{
    KnownRelation relation = {.schema = name.schema ? name.schema : known_schema(judge->known),
                              .name = name.name};
    return known_name(judge->arena, &relation);
}

KnownRelation *judge_take_name(const Judge *judge, TreeName name, LockMode mode, unsigned work)
{
    KnownRelation *relation = known_find(judge->known, name.schema, name.name);
    if (relation)
        judge_take(judge, relation, mode, work);
    else if (name.name)
        take(judge, &judge->effects->list, unknown_name(judge, name), mode, work);
    return relation;
}

KnownRelation *judge_take_range(const Judge *judge, const PgQuery__RangeVar *range, LockMode mode,
                                unsigned work)
{
    return range ? judge_take_name(judge, tree_range(range), mode, work) : NULL;
}

void judge_take_tree(const Judge *judge, const PgQuery__RangeVar *range, LockMode mode,
                     unsigned work)
{
    KnownRelation *relation = judge_take_range(judge, range, mode, work);
    KnownRelationList tables = {0};
    if (!relation || !range->inh)
        return;
    known_tree_of(judge->arena, relation, &tables);
    judge_take_all(judge, &tables, mode, work);
}

void judge_doubt(const Judge *judge, const KnownRelation *relation, unsigned work,
                 const char *format, ...)
{
    if (is_fresh(judge, relation))
        return;
    va_list list;
    va_start(list, format);
    const char *why = arena_print_list(judge->arena, format, list);
    va_end(list);
    *vec_add(judge->arena, &judge->effects->doubts) =
        (Doubt){known_name(judge->arena, relation), work, why};
}

/* A rewrite builds the indexes and reads every row on its way. */
static void settle(EffectList *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].work & WORK_REWRITE)
            list->at[i].work &= ~(unsigned)(WORK_SCAN | WORK_INDEX);
}

Code effects_of(Arena *arena, const Known *known, const PgQuery__Node *statement,
                int server_version, bool time_zone_is_utc, Effects *ret_effects, Error *error)
{
    Effects effects = {0};
    int zone = known_time_zone(known);
    Judge judge = {.arena = arena,
                   .known = known,
                   .version = server_version,
                   .utc = zone >= 0 ? zone == 1 : time_zone_is_utc,
                   .effects = &effects};
    if (statement->node_case == NODE(ALTER_TABLE_STMT))
        judge_alter_table(&judge, statement->alter_table_stmt);
    else if (statement->node_case == NODE(DROP_STMT))
        judge_drop(&judge, statement->drop_stmt);
    else if (!judge_query(&judge, statement))
        judge_object(&judge, statement);
    settle(&effects.list);
    settle(&effects.fresh);
    *ret_effects = effects;
    return RUNG_OK;
}
