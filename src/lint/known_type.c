/* Types: what a column's type is to the server, domains and what they check. */
#include "lint/known_parts.h"

/* Names that stand for another type; the grammar has replaced those that are keywords. */
static const struct {
    const char *written, *name;
    bool serial;
} aliases[] = {
    {"serial", "int4", true},  {"serial4", "int4", true},     {"bigserial", "int8", true},
    {"serial8", "int8", true}, {"smallserial", "int2", true}, {"serial2", "int2", true},
};

static bool read_modifiers(const PgQuery__TypeName *type, TypeUse *use)
{
    if (type->n_typmods > COUNT(use->modifiers))
        return false;
    for (size_t i = 0; i < type->n_typmods; i++) {
        const PgQuery__Node *node = type->typmods[i];
        if (node->node_case != NODE(A_CONST) ||
            node->a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL)
            return false;
        use->modifiers[use->modifier_count++] = node->a_const->ival->ival;
    }
    if (use->name && strcmp(use->name, "numeric") == 0 && use->modifier_count == 1)
        use->modifier_count = 2; /* numeric(10) is numeric(10,0) */
    return true;
}

TypeUse known_type_use(const Known *known, const PgQuery__TypeName *type)
{
    TypeUse use = {0};
    if (!type || type->pct_type)
        return use;
    TreeName name = tree_name(type->names, type->n_names);
    if (!name.name)
        return use;
    bool own = name.schema && strcmp(name.schema, "pg_catalog") == 0;
    use.schema = own ? NULL : name.schema;
    use.name = name.name;
    use.array = type->n_array_bounds > 0;
    for (size_t i = 0; i < COUNT(aliases) && !name.schema; i++)
        if (strcmp(name.name, aliases[i].written) == 0) {
            use.name = aliases[i].name;
            use.serial = aliases[i].serial;
        }
    if (!own && !use.serial)
        use.type = known_find_type(known, use.schema, use.name);
    if (!read_modifiers(type, &use))
        use.name = NULL;
    return use;
}

TypeUse known_base_type(const TypeUse *use)
{
    TypeUse base = *use;
    while (base.type && base.type->type == TYPE_DOMAIN && !base.array)
        base = base.type->base;
    return base;
}

bool known_type_constrained(const TypeUse *use)
{
    for (const KnownType *type = use->array ? NULL : use->type; type && type->type == TYPE_DOMAIN;
         type = type->base.array ? NULL : type->base.type)
        if (type->not_null || type->constraints.count > 0)
            return true;
    return false;
}

/* ---- domains ---- */

/* known_names.c chooses for tables; a domain's constraints are named like them. */
static const char *domain_check_name(Known *known, const KnownType *domain)
{
    const char *name = arena_print(known->arena, "%s_check", domain->name);
    for (unsigned pass = 1;; pass++) {
        bool taken = false;
        for (size_t i = 0; i < domain->constraints.count; i++)
            taken = taken || strcmp(domain->constraints.at[i].name, name) == 0;
        if (!taken)
            return name;
        name = arena_print(known->arena, "%s_check%u", domain->name, pass);
    }
}

static void add_check(Known *known, KnownType *domain, const PgQuery__Constraint *constraint)
{
    if (constraint->contype == CONSTR(NOTNULL))
        domain->not_null = true;
    if (constraint->contype != CONSTR(CHECK))
        return;
    const char *name = tree_text(constraint->conname);
    if (!name)
        name = domain_check_name(known, domain);
    KnownConstraint *check = vec_add(known->arena, &domain->constraints);
    check->name = name;
    check->type = CONSTRAINT_CHECK;
    check->validated = !constraint->skip_validation;
    check->expression = constraint->raw_expr;
}

void known_create_type(Known *known, TreeName name, KnownTypeType type, KnownRelation *relation)
{
    if (!name.name)
        return;
    KnownType *created = arena_alloc(known->arena, sizeof *created);
    created->schema = name.schema ? name.schema : known_schema(known);
    created->name = name.name;
    created->type = type;
    created->relation = relation;
    *vec_add(known->arena, &known->types) = created;
}

void known_create_domain(Known *known, const PgQuery__CreateDomainStmt *create)
{
    TreeName name = tree_name(create->domainname, create->n_domainname);
    TypeUse base = known_type_use(known, create->type_name);
    if (!name.name)
        return;
    known_create_type(known, name, TYPE_DOMAIN, NULL);
    KnownType *domain = known->types.at[known->types.count - 1];
    domain->base = base;
    for (size_t i = 0; i < create->n_constraints; i++)
        if (create->constraints[i]->node_case == NODE(CONSTRAINT))
            add_check(known, domain, create->constraints[i]->constraint);
}

static void drop_check(KnownType *domain, const char *name)
{
    for (size_t i = 0; i < domain->constraints.count; i++)
        if (strcmp(domain->constraints.at[i].name, name) == 0) {
            vec_remove(&domain->constraints, i);
            return;
        }
}

void known_alter_domain(Known *known, const PgQuery__AlterDomainStmt *alter)
{
    TreeName name = tree_name(alter->type_name, alter->n_type_name);
    KnownType *domain = known_find_type(known, name.schema, name.name);
    if (!domain || !alter->subtype)
        return;
    switch (*alter->subtype) {
    case 'O': /* SET NOT NULL */
        domain->not_null = true;
        break;
    case 'N':
        domain->not_null = false;
        break;
    case 'C':
        if (alter->def && alter->def->node_case == NODE(CONSTRAINT))
            add_check(known, domain, alter->def->constraint);
        break;
    case 'X':
        drop_check(domain, alter->name);
        break;
    case 'V':
        for (size_t i = 0; i < domain->constraints.count; i++)
            if (strcmp(domain->constraints.at[i].name, alter->name) == 0)
                domain->constraints.at[i].validated = true;
        break;
    default: /* SET DEFAULT */
        break;
    }
}
