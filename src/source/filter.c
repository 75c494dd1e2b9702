/* What is left out by name. */
#include "source/source.h"

static bool fits(const char *pattern, const char *text)
{
    for (; *pattern; pattern++, text++) {
        if (*pattern == '*') {
            for (; *text; text++)
                if (fits(pattern + 1, text))
                    return true;
            return fits(pattern + 1, text);
        }
        if (!*text || (*pattern != '?' && *pattern != *text))
            return false;
    }
    return !*text;
}

bool source_filter_takes(const SourceFilter *filter, const char *schema, const char *full,
                         const char *name)
{
    bool wanted = !filter->schema_count;
    for (size_t i = 0; i < filter->schema_count; i++)
        wanted |= schema && strcmp(schema, filter->schemas[i]) == 0;
    for (size_t i = 0; wanted && i < filter->excluded_count; i++)
        if (fits(filter->excluded[i], full) || fits(filter->excluded[i], name))
            return false;
    return wanted;
}
