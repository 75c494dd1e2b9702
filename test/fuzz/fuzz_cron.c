/* A line that is a cron expression, and behind it the bytes of a time zone's file. Slots come one
 * after the other, and each is found again from the second before it. */
#include "lifecycle/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const Cron *cron, const Zone *zone, int64_t since)
{
    int64_t at = since;
    for (int i = 0; i < 8; i++) {
        int64_t next = cron_next(cron, zone, at);
        if (next <= at)
            abort();
        if (next == ZONE_NEVER)
            return;
        if (cron_next(cron, zone, next - 1) != next)
            abort();
        at = next;
    }
    CronSlots slots = cron_slots(cron, zone, since, at);
    if (slots.count != 8 || slots.last != at)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t moments[] = {-5000000000, 0, 1774746000, 1793494800, 4078000000};
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, '\n', size) : NULL;
    size_t length = end ? (size_t)(end - text) : size;
    if (size > 8192)
        return 0;
    Arena *arena = arena_new();
    Cron cron;
    const Zone *zone = NULL;
    Error error;
    Code wrong = cron_read(arena_copy(arena, text, length), &cron, &error);
    if (!end || zone_read(arena, "x", end + 1, size - length - 1, &zone, &error))
        if (zone_load(arena, "UTC", &zone, &error))
            abort();
    for (size_t i = 0; !wrong && i < COUNT(moments); i++)
        walk(&cron, zone, moments[i]);
    arena_free(arena);
    return 0;
}
