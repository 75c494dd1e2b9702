/* cascade: what goes with a row that is deleted, and whether its keys do what is wanted. */
#include "api/cascade.h"

bool cascade_has_classes(const Verb *verb)
{
    return verb->project->config.lifecycle.line > 0;
}

Code cascade_classify(Verb *verb, KeyGraph *graph, Error *error)
{
    const Config *config = &verb->project->config;
    return cascade_has_classes(verb)
               ? key_graph_classify(graph, &config->lifecycle, config->path, error)
               : RUNG_OK;
}

Code cascade_roots(Verb *verb, const KeyGraph *graph, RootList *ret_roots, Error *error)
{
    const Lifecycle *lifecycle = &verb->project->config.lifecycle;
    const char *root = verb->arguments->root;
    size_t count = root ? 1 : lifecycle->subjects.count;
    RootList roots = {0};
    Code code = RUNG_OK;
    if (!count) {
        error_set(error, RUNG_USAGE, "cascade needs a table to start from");
        return error_hint(error, "`rung cascade --root users`, or lifecycle.subjects in rung.yaml");
    }
    for (size_t i = 0; !code && i < count; i++) {
        KeyTable *table;
        code = key_graph_table(graph, root ? root : lifecycle->subjects.at[i].table, &table, error);
        if (!code)
            *vec_add(verb->arena, &roots) = table;
    }
    *ret_roots = roots;
    return code;
}

/* ---- what is wanted ---- */

static Code read_action(Verb *verb, RelationClass *ret_wanted, Error *error)
{
    *ret_wanted = relation_read(&(RelationPolicy){.action = verb->arguments->action});
    if (*ret_wanted)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "--action does not know \"%s\"", verb->arguments->action);
    return error_hint(error, "cascade, set_null, restrict or retain");
}

static bool has_wish(const KeyWishes *wishes, const TableKey *key)
{
    for (size_t i = 0; i < wishes->list.count; i++)
        if (wishes->list.at[i].key == key)
            return true;
    return false;
}

static void add_wish(Verb *verb, KeyWishes *wishes, const TableKey *key, RelationClass wanted)
{
    if (!has_wish(wishes, key))
        *vec_add(verb->arena, &wishes->list) = (KeyWish){key, wanted};
}

/* Every key of the root itself. */
static Code wish_action(Verb *verb, const RootList *roots, KeyWishes *wishes, Error *error)
{
    RelationClass wanted;
    Code code = read_action(verb, &wanted, error);
    for (size_t i = 0; !code && i < roots->count; i++)
        for (size_t k = 0; k < roots->at[i]->below.count; k++)
            if (roots->at[i]->below.at[k]->declared)
                add_wish(verb, wishes, roots->at[i]->below.at[k], wanted);
    return code;
}

/* Every key below the root, by its class. */
static void wish_classes(Verb *verb, KeyGraph *graph, const RootList *roots, KeyWishes *wishes)
{
    for (size_t i = 0; i < roots->count; i++) {
        const Cascade *cascade = cascade_draw(graph, roots->at[i], NULL);
        for (size_t k = 1; k < cascade->lines.count; k++)
            add_wish(verb, wishes, cascade->lines.at[k].key, cascade->lines.at[k].key->relation);
    }
    for (size_t i = 0; i < graph->absent.count; i++) {
        const char *name = graph->absent.at[i]->name, *dot = strrchr(name, '.');
        *vec_add(verb->arena, &wishes->absent) =
            dot ? arena_copy(verb->arena, name, (size_t)(dot - name)) : name;
    }
}

/* Those of the tables that --table names, in that order. */
static Code choose_tables(Verb *verb, const KeyGraph *graph, KeyWishes *wishes, Error *error)
{
    const rung_names *tables = &verb->arguments->tables;
    KeyWishes chosen = {0};
    for (size_t i = 0; i < tables->count; i++) {
        KeyTable *table = NULL;
        size_t before = chosen.list.count;
        if (key_graph_table(graph, tables->at[i], &table, error)) {
            if (strncmp(error->message, "several", 7) == 0)
                return error->code;
            *vec_add(verb->arena, &chosen.absent) = tables->at[i];
            continue;
        }
        for (size_t k = 0; k < wishes->list.count; k++)
            if (wishes->list.at[k].key->from == table)
                add_wish(verb, &chosen, wishes->list.at[k].key, wishes->list.at[k].wanted);
        if (chosen.list.count == before)
            *vec_add(verb->arena, &chosen.keyless) = table->title;
    }
    if (tables->count)
        *wishes = chosen;
    return RUNG_OK;
}

Code cascade_wishes(Verb *verb, KeyGraph *graph, KeyWishes *ret_wishes, Error *error)
{
    KeyWishes wishes = {0};
    RootList roots = {0};
    if (!verb->arguments->action && !cascade_has_classes(verb)) {
        error_set(error, RUNG_USAGE, "nothing says what is wanted of the keys");
        return error_hint(error, "--action cascade for all keys of the root, or a class for each "
                                 "in lifecycle.relations of rung.yaml");
    }
    Code code = cascade_classify(verb, graph, error);
    if (!code)
        code = cascade_roots(verb, graph, &roots, error);
    if (!code && verb->arguments->action)
        code = wish_action(verb, &roots, &wishes, error);
    else if (!code)
        wish_classes(verb, graph, &roots, &wishes);
    if (!code)
        code = choose_tables(verb, graph, &wishes, error);
    if (!code)
        *ret_wishes = wishes;
    return code;
}

/* ---- verify ---- */

static KeyVerdict judge(const KeyWish *wish)
{
    const TableKey *key = wish->key;
    KeyVerdict verdict = {.key = key, .title = key->title, .wanted = wish->wanted};
    verdict.good = wish->wanted && key_does(key, wish->wanted) && (!key->declared || key->enforced);
    if (!wish->wanted)
        verdict.reason = "no class in lifecycle.relations";
    else if (key->declared && !key->enforced)
        verdict.reason = "NOT ENFORCED";
    else if (verdict.good && !key->validated)
        verdict.reason = "NOT VALID";
    return verdict;
}

static Code verify(Verb *verb, KeyGraph *graph, Error *error)
{
    KeyWishes wishes = {0};
    KeyVerdicts verdicts = {0};
    Code code = cascade_wishes(verb, graph, &wishes, error);
    if (code)
        return code;
    for (size_t i = 0; i < wishes.list.count; i++)
        *vec_add(verb->arena, &verdicts) = judge(&wishes.list.at[i]);
    for (size_t i = 0; i < wishes.keyless.count; i++)
        *vec_add(verb->arena, &verdicts) =
            (KeyVerdict){.title = wishes.keyless.at[i], .reason = "it has no such foreign key"};
    for (size_t i = 0; i < wishes.absent.count; i++)
        verb_tell(verb, RUNG_EVENT_NOTICE, "⏭️  Skipping %s (table does not exist)",
                  wishes.absent.at[i]);
    verb->report.count = verdicts.count;
    return report_key_verdicts(&verb->report, &verdicts) ? RUNG_INVALID : RUNG_OK;
}

/* ---- the drawing ---- */

static Code draw(Verb *verb, KeyGraph *graph, CascadeFormat format, Error *error)
{
    RootList roots = {0};
    Code code = cascade_classify(verb, graph, error);
    if (!code)
        code = cascade_roots(verb, graph, &roots, error);
    if (code)
        return code;
    Cascade **cascades = arena_alloc_array(verb->arena, roots.count, sizeof(Cascade *));
    for (size_t i = 0; i < roots.count; i++) {
        cascades[i] = cascade_draw(graph, roots.at[i], &verb->project->config.lifecycle);
        verb->report.count += cascades[i]->tables.count - 1;
    }
    report_cascades(&verb->report, cascades, roots.count, format, cascade_has_classes(verb));
    return RUNG_OK;
}

static Code load_graph(Verb *verb, KeyGraph **ret_graph, Error *error)
{
    bool absent;
    Code code = verb_connect(verb, &absent, error);
    if (code)
        return code;
    if (absent) {
        error_set(error, RUNG_CONNECT, "there is no database file %s", verb->project->url.path);
        return error_hint(error, "nothing is created by looking");
    }
    return key_graph_load(verb->db, verb->arena, ret_graph, error);
}

static Code verb_cascade(Verb *verb, Error *error)
{
    static const char *const formats[] = {"tree", "json", "dot", "mermaid", NULL};
    KeyGraph *graph;
    size_t format;
    Code code = verb_read_word("format", verb->arguments->format, formats,
                               "tree, json, dot, mermaid", &format, error);
    if (code)
        return code;
    if (verb->arguments->fix)
        return cascade_fix(verb, error);
    code = load_graph(verb, &graph, error);
    if (code)
        return code;
    if (format == CASCADE_JSON || (format == CASCADE_TREE && verb->report.json)) {
        verb->report.json = true;
        format = CASCADE_JSON;
    }
    return verb->arguments->verify ? verify(verb, graph, error)
                                   : draw(verb, graph, (CascadeFormat)format, error);
}
VERB(cascade)

/* ---- check ---- */

Code cascade_find(Verb *verb, FindingList *findings, Error *error)
{
    const Lifecycle *lifecycle = &verb->project->config.lifecycle;
    CascadeFindings found = {0};
    KeyGraph *graph;
    if (!cascade_has_classes(verb) || !verb->db)
        return RUNG_OK;
    Code code = key_graph_load(verb->db, verb->arena, &graph, error);
    if (!code)
        code = cascade_classify(verb, graph, error);
    if (code)
        return code;
    cascade_check(graph, lifecycle, &found);
    for (size_t i = 0; i < found.count; i++)
        *vec_add(verb->arena, findings) = (Finding){.kind = "lifecycle", .text = found.at[i].text};
    return RUNG_OK;
}
