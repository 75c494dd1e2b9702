/* Five fields, as Vixie's cron has them. */
#include "lifecycle/cron.h"

#include <ctype.h>
#include <strings.h>

enum { DAYS_AHEAD = 41 * 366, EVERY_HOUR = 0xFFFFFF, NAME_SIZE = 24 };

typedef struct Field {
    const char *title;
    int least, most;
    const char *const *names; /* of `least` and those that follow; NULL: none */
    size_t name_count;
} Field;

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELD_COUNT };
static const Field fields[FIELD_COUNT] = {
    [MINUTE] = {"minute", 0, 59, NULL, 0},
    [HOUR] = {"hour", 0, 23, NULL, 0},
    [DAY] = {"day of the month", 1, 31, NULL, 0},
    [MONTH] = {"month", 1, 12, month_names, COUNT(month_names)},
    [WEEKDAY] = {"day of the week", 0, 7, weekday_names, COUNT(weekday_names)},
};

static const struct {
    const char *name, *text;
} brief_names[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
};

/* ---- one field ---- */

/* `text` is where it stands; what is read is in `at`. */
typedef struct Part {
    const Field *field;
    const char *at, *end; /* of the field */
    Error *error;
} Part;

static Code wrong(const Part *part, const char *what)
{
    return error_set(part->error, RUNG_CONFIG, "%s: %s", part->field->title, what);
}

static Code wrong_word(const Part *part, const char *word, size_t length, const char *what)
{
    return error_set(part->error, RUNG_CONFIG, "%s: %.*s %s", part->field->title,
                     (int)(length > 40 ? 40 : length), word, what);
}

static Code read_name(Part *part, const char *word, size_t length, int *ret_number)
{
    const Field *field = part->field;
    for (size_t i = 0; i < field->name_count; i++)
        if (length == 3 && strncasecmp(word, field->names[i], 3) == 0) {
            *ret_number = field->least + (int)i;
            return RUNG_OK;
        }
    wrong_word(part, word, length,
               field->names ? "is neither a number nor a name" : "is no number");
    return field->names ? error_hint(part->error,
                                     "names are the first three letters, in English: "
                                     "%s, %s",
                                     field->names[0], field->names[1])
                        : RUNG_CONFIG;
}

/* A number or a name. */
static Code read_value(Part *part, int *ret_number)
{
    const char *word = part->at;
    const Field *field = part->field;
    while (part->at < part->end && (isalnum((unsigned char)*part->at)))
        part->at++;
    size_t length = (size_t)(part->at - word);
    if (!length)
        return part->at < part->end ? wrong_word(part, part->at, 1, "has no place here")
                                    : wrong(part, "a number is missing at its end");
    if (!isdigit((unsigned char)*word))
        return read_name(part, word, length, ret_number);
    int number = 0;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)word[i]))
            return wrong_word(part, word, length, "is no number");
        number = number > 1000 ? number : number * 10 + (word[i] - '0');
    }
    if (number < field->least || number > field->most) {
        char what[NAME_SIZE * 2];
        snprintf(what, sizeof what, "is not one of %d to %d", field->least, field->most);
        return wrong_word(part, word, length, what);
    }
    *ret_number = number;
    return RUNG_OK;
}

static Code read_step(Part *part, bool range, int *ret_step)
{
    int step = 0;
    const char *word = ++part->at;
    while (part->at < part->end && isdigit((unsigned char)*part->at)) {
        step = step > 1000 ? step : step * 10 + (*part->at - '0');
        part->at++;
    }
    size_t length = (size_t)(part->at - word);
    if (!length)
        return wrong(part, "there is no number behind the /");
    if (!range)
        return wrong(part, "a step needs a range before it, or *");
    if (!step || step > part->field->most)
        return wrong_word(part, word, length,
                          step ? "is a step larger than the field" : "is no step");
    *ret_step = step;
    return RUNG_OK;
}

/* "*", "3", "1-5", each with "/2". */
static Code read_item(Part *part, uint64_t *bits)
{
    const Field *field = part->field;
    int from = field->least, to = field->most, step = 1;
    Code code = RUNG_OK;
    bool range = part->at < part->end && *part->at == '*';
    if (range) {
        part->at++;
        to = field->most == 7 ? 6 : to; /* 7 is Sunday once more */
    } else {
        code = read_value(part, &from);
        to = from;
        if (!code && part->at < part->end && *part->at == '-') {
            part->at++;
            range = true;
            code = read_value(part, &to);
            if (!code && field->most == 7 && !to && from)
                to = 7;
        }
    }
    if (!code && from > to)
        code = error_set(part->error, RUNG_CONFIG, "%s: the range %d-%d ends before it begins",
                         field->title, from, to);
    if (!code && part->at < part->end && *part->at == '/')
        code = read_step(part, range, &step);
    for (int i = from; !code && i <= to; i += step)
        *bits |= (uint64_t)1 << i;
    return code;
}

static Code read_field(Part *part, uint64_t *ret_bits)
{
    uint64_t bits = 0;
    Code code;
    do {
        code = read_item(part, &bits);
        if (!code && part->at < part->end && *part->at != ',')
            code = wrong_word(part, part->at, 1, "has no place here");
    } while (!code && part->at++ < part->end);
    *ret_bits = bits;
    return code;
}

/* ---- the expression ---- */

static Code find_fields(const char *text, Part parts[FIELD_COUNT], Error *error)
{
    size_t count = 0;
    const char *at = text;
    for (;;) {
        at += strspn(at, " \t");
        if (!*at)
            break;
        const char *end = at + strcspn(at, " \t");
        if (count < FIELD_COUNT)
            parts[count] = (Part){&fields[count], at, end, error};
        count++;
        at = end;
    }
    if (count == FIELD_COUNT)
        return RUNG_OK;
    error_set(error, RUNG_CONFIG, "it has %zu field%s in place of five", count,
              count == 1 ? "" : "s");
    return error_hint(error,
                      "minute, hour, day of the month, month, day of the week: \"0 2 * * *\" "
                      "is each day at two; @hourly, @daily, @weekly, @monthly, @yearly");
}

/* A day that one of the months has; the 29th of February comes at times. */
static bool comes(const Cron *cron)
{
    for (int month = 1; month <= 12; month++)
        for (int day = 1; cron->months >> month & 1 && day <= zone_month_days(2000, month); day++)
            if (cron->days >> day & 1)
                return true;
    return false;
}

Code cron_read(const char *text, Cron *ret_cron, Error *error)
{
    Part parts[FIELD_COUNT];
    uint64_t bits[FIELD_COUNT] = {0};
    Cron cron;
    for (size_t i = 0; i < COUNT(brief_names); i++)
        if (strcasecmp(text, brief_names[i].name) == 0)
            text = brief_names[i].text;
    if (*text == '@') {
        error_set(error, RUNG_CONFIG, "there is no %.40s", text);
        return error_hint(error, "there are @hourly, @daily, @weekly, @monthly, @yearly");
    }
    Code code = find_fields(text, parts, error);
    if (code)
        return code;
    /* Vixie's rule: a day field that begins with * leaves the choice to the other one */
    cron.either = *parts[DAY].at != '*' && *parts[WEEKDAY].at != '*';
    for (size_t i = 0; !code && i < FIELD_COUNT; i++)
        code = read_field(&parts[i], &bits[i]);
    if (code)
        return code;
    cron.minutes = bits[MINUTE];
    cron.hours = (uint32_t)bits[HOUR];
    cron.days = (uint32_t)bits[DAY];
    cron.months = (uint32_t)bits[MONTH];
    cron.weekdays = (uint32_t)((bits[WEEKDAY] | bits[WEEKDAY] >> 7) & 0x7F);
    if (!cron.either && !comes(&cron))
        return error_set(error, RUNG_CONFIG,
                         "day of the month: no month that it names has such a "
                         "day: it would never run");
    *ret_cron = cron;
    return RUNG_OK;
}

/* ---- slots ---- */

static int64_t day_of(int64_t seconds)
{
    return seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
}

static bool has_day(const Cron *cron, int64_t days)
{
    int64_t year;
    int month, day, weekday;
    zone_date(days, &year, &month, &day, &weekday);
    bool of_month = cron->days >> day & 1, of_week = cron->weekdays >> weekday & 1;
    return cron->months >> month & 1 && (cron->either ? of_month || of_week : of_month && of_week);
}

/* The first minute that the expression names and that is not before `local`; ZONE_NEVER. */
static int64_t next_local(const Cron *cron, int64_t local)
{
    int64_t first = day_of(local);
    int64_t minute = (local - first * 86400 + 59) / 60; /* of the day; 1440: the day is over */
    for (int64_t days = first; days < first + DAYS_AHEAD; days++, minute = 0) {
        if (!has_day(cron, days))
            continue;
        for (int64_t hour = minute / 60; hour < 24; hour++, minute = hour * 60) {
            if (!(cron->hours >> hour & 1))
                continue;
            for (int64_t i = minute % 60; i < 60; i++)
                if (cron->minutes >> i & 1)
                    return days * 86400 + hour * 3600 + i * 60;
        }
    }
    return ZONE_NEVER;
}

/* Offset by offset. */
static int64_t next_passing(const Cron *cron, const Zone *zone, int64_t from)
{
    for (int64_t until; from != ZONE_NEVER; from = until) {
        int offset = zone_offset(zone, from, &until);
        int64_t local = next_local(cron, from + offset);
        if (local == ZONE_NEVER)
            break;
        if (local - offset < until)
            return local - offset;
    }
    return ZONE_NEVER;
}

int64_t cron_next(const Cron *cron, const Zone *zone, int64_t after)
{
    int64_t until;
    if (cron->hours == EVERY_HOUR)
        return next_passing(cron, zone, after + 1);
    int64_t local = after + zone_offset(zone, after, &until);
    while ((local = next_local(cron, local)) != ZONE_NEVER) {
        int64_t at = zone_moment(zone, local);
        if (at > after)
            return at;
        local += 60; /* the clocks were there already */
    }
    return ZONE_NEVER;
}

CronSlots cron_slots(const Cron *cron, const Zone *zone, int64_t after, int64_t until)
{
    CronSlots slots = {0};
    for (;;) {
        int64_t next = cron_next(cron, zone, after);
        if (next > until)
            return slots;
        slots.count++;
        slots.before = slots.last;
        slots.last = after = next;
    }
}
