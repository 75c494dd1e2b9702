/* The registry of kinds, grown from the lists of kinds.h. */
#include "model/kind.h"

#define KIND_FIELD(s, T, n, how, doc) {#n, doc, T, how, offsetof(s, n)},
#define HEAD_FIELD(s, T, n, how, doc) {#n, doc, T, how, offsetof(Object, n)},
#define KIND_FIELD_LIST(K, s, tag, title, address, space)                                          \
    static const Field s##_fields[] = {OBJECT_FIELDS(HEAD_FIELD, s) K##_FIELDS(KIND_FIELD, s)};
KINDS(KIND_FIELD_LIST)

#define KIND_ENTRY(K, s, name, title, address, space)                                              \
    [KIND_##K] = {name,                                                                            \
                  title,                                                                           \
                  address,                                                                         \
                  space,                                                                           \
                  KIND_##K >= KIND_LITE_TABLE ? ENGINE_SQLITE : ENGINE_POSTGRESQL,                 \
                  sizeof(s),                                                                       \
                  s##_fields,                                                                      \
                  COUNT(s##_fields)},
const Kind kinds[KIND_COUNT] = {KINDS(KIND_ENTRY)};

/* `--ignore` takes SQL's spelling too. */
static bool same_name(const char *name, const char *said)
{
    for (; *name && *said; name++, said++) {
        char letter = *said >= 'A' && *said <= 'Z' ? (char)(*said - 'A' + 'a') : *said;
        if (*name != (letter == ' ' || letter == '-' ? '_' : letter))
            return false;
    }
    return !*name && !*said;
}

KindId kind_find(const char *name)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        if (same_name(kinds[kind].name, name))
            return (KindId)kind;
    return KIND_COUNT;
}
