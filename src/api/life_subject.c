/* "users:42" on the command line. */
#include "api/life.h"

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
static Code read_subject(Life *life, const char *text, Subject *ret_subject, const char **ret_key,
                         Error *error)
{
    for (size_t i = 0; i < life->policy->subjects.count; i++) {
        const SubjectPolicy *policy = &life->policy->subjects.at[i];
        size_t length = strlen(policy->name);
        if (strncmp(text, policy->name, length) != 0 || text[length] != ':' || !text[length + 1])
            continue;
        *ret_key = text + length + 1;
        return subject_find(life, policy, ret_subject, error);
    }
    return life_no_subject(life, text, error);
}

Code life_open_subject(Verb *verb, bool writes, const char *text, Life *ret_life,
                       Subject *ret_subject, const char **ret_key, Error *error)
{
    Code code = life_open(verb, writes, ret_life, error);
    if (!code)
        code = life_require(ret_life, error);
    return code ? code : read_subject(ret_life, text, ret_subject, ret_key, error);
}
