/* The words of lifecycle.relations. */
#include "lifecycle/policy.h"

static const char *const names[RELATION_COUNT] = {"none", "cascade", "set_null", "retain",
                                                  "restrict"};

const char *relation_name(RelationClass relation)
{
    return names[relation];
}

bool policy_acts(const RetentionPolicy *policy)
{
    return policy->keep.text || (policy->when && !policy->age);
}

RelationClass relation_read(const RelationPolicy *policy)
{
    if (!policy->action)
        return policy->set_null || policy->pseudonym ? RELATION_SET_NULL : RELATION_NONE;
    for (RelationClass i = RELATION_CASCADE; i < RELATION_COUNT; i++)
        if (strcmp(policy->action, names[i]) == 0)
            return i;
    return RELATION_NONE;
}
