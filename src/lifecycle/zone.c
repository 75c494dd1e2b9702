/* TZif files: the changes that are listed, and behind the last one the rule of the footer. */
#include "lifecycle/zone.h"
#include "base/file.h"

enum {
    FILE_LIMIT = 1024 * 1024,
    HEADER_SIZE = 44,
    MOST_OFFSET = 26 * 3600, /* of RFC 9636, section 3.2 */
    WINDOW = 2 * 86400
};

#define LONG_AGO (INT64_MIN / 4)

/* When a rule of the footer changes the clocks, each year. */
typedef struct Rule {
    enum { RULE_MONTH, RULE_JULIAN, RULE_DAY } type;
    int month, week, day; /* RULE_MONTH: day of the week; else day of the year */
    int seconds;          /* local time before the change */
} Rule;

typedef struct Change {
    int64_t at;
    int offset; /* from then on */
} Change;

struct Zone {
    int first; /* before the first change */
    Change *changes;
    size_t count;
    bool ruled, alternates; /* there is a rule; it has two offsets */
    int standard, summer;
    Rule begin, end; /* of summer */
};

/* ---- the calendar ---- */

int zone_month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Years begin in March, so that the day of the leap is the last one; 400 years are an era. */
int64_t zone_days(int64_t year, int month, int day)
{
    int64_t from_march = month > 2 ? month - 3 : month + 9;
    int64_t shifted = month > 2 ? year : year - 1;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t of_era = shifted - era * 400;
    int64_t of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void zone_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day, int *ret_weekday)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = year + era * 400 + (month >= 10);
    *ret_weekday = (int)(((days + 4) % 7 + 7) % 7);
}

/* ---- the rule ---- */

/* Midnight of the day of the change, as if it were UTC. */
static int64_t rule_day(const Rule *rule, int64_t year)
{
    int64_t days;
    if (rule->type == RULE_MONTH) {
        int64_t y;
        int m, d, weekday;
        days = zone_days(year, rule->month, 1);
        zone_date(days, &y, &m, &d, &weekday);
        int day = (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
        if (day >= zone_month_days(year, rule->month))
            day -= 7;
        days += day;
    } else {
        bool leap = zone_month_days(year, 2) == 29;
        int day = rule->type == RULE_JULIAN ? rule->day - 1 + (leap && rule->day > 59) : rule->day;
        days = zone_days(year, 1, 1) + day;
    }
    return days * 86400;
}

/* The offset at a moment that the rule is for, and when the next change comes. */
static int ruled_offset(const Zone *zone, int64_t at, int64_t *ret_until)
{
    int64_t year;
    int month, day, weekday, offset = zone->standard;
    int64_t days = at >= 0 ? at / 86400 : (at - 86399) / 86400;
    int64_t last = INT64_MIN, next = ZONE_NEVER;
    *ret_until = ZONE_NEVER;
    if (!zone->alternates)
        return zone->standard;
    zone_date(days, &year, &month, &day, &weekday);
    for (int64_t i = year - 1; i <= year + 1; i++) {
        Change pair[] = {
            {rule_day(&zone->begin, i) + zone->begin.seconds - zone->standard, zone->summer},
            {rule_day(&zone->end, i) + zone->end.seconds - zone->summer, zone->standard}};
        for (size_t k = 0; k < COUNT(pair); k++) {
            if (pair[k].at <= at && pair[k].at >= last) {
                last = pair[k].at;
                offset = pair[k].offset;
            }
            if (pair[k].at > at && pair[k].at < next)
                next = pair[k].at;
        }
    }
    *ret_until = next;
    return offset;
}

/* ---- moments ---- */

int zone_offset(const Zone *zone, int64_t at, int64_t *ret_until)
{
    size_t low = 0, high = zone->count; /* the changes before `low` are not after `at` */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->changes[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->ruled)
        return ruled_offset(zone, at, ret_until);
    *ret_until = low < zone->count ? zone->changes[low].at : ZONE_NEVER;
    return low ? zone->changes[low - 1].offset : zone->first;
}

int64_t zone_moment(const Zone *zone, int64_t local)
{
    int64_t since = local - WINDOW, until;
    for (;;) {
        int64_t at = local - zone_offset(zone, since, &until);
        if (at < since)
            return since;
        if (at < until)
            return at;
        since = until;
    }
}

/* ---- reading the rule: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool read_name(const char **text)
{
    const char *at = *text;
    bool quoted = *at == '<';
    if (quoted)
        at = strchr(at, '>');
    else
        while ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'))
            at++;
    if (!at || at == *text)
        return false;
    *text = at + quoted;
    return true;
}

static bool read_number(const char **text, int most, int *ret_number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    long number = strtol(*text, &end, 10);
    if (number > most)
        return false;
    *text = end;
    *ret_number = (int)number;
    return true;
}

/* "[+-]hh[:mm[:ss]]" in seconds; a rule's time may have up to 167 hours. */
static bool read_time(const char **text, int *ret_seconds)
{
    int part[3] = {0};
    int sign = **text == '-' ? -1 : 1;
    if (**text == '-' || **text == '+')
        (*text)++;
    for (int i = 0; i < 3; i++) {
        if (i && **text != ':')
            break;
        *text += i > 0;
        if (!read_number(text, i ? 59 : 167, &part[i]))
            return false;
    }
    *ret_seconds = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

static bool read_rule(const char **text, Rule *ret_rule)
{
    Rule rule = {.type = RULE_DAY, .seconds = 7200};
    if (*(*text)++ != ',')
        return false;
    if (**text == 'M') {
        rule.type = RULE_MONTH;
        (*text)++;
        if (!read_number(text, 12, &rule.month) || *(*text)++ != '.' ||
            !read_number(text, 5, &rule.week) || *(*text)++ != '.' ||
            !read_number(text, 6, &rule.day) || !rule.month || !rule.week)
            return false;
    } else {
        if (**text == 'J') {
            rule.type = RULE_JULIAN;
            (*text)++;
        }
        if (!read_number(text, 365, &rule.day) || (rule.type == RULE_JULIAN && !rule.day))
            return false;
    }
    if (**text == '/') {
        (*text)++;
        if (!read_time(text, &rule.seconds))
            return false;
    }
    *ret_rule = rule;
    return true;
}

static bool read_footer(const char *text, Zone *zone)
{
    int seconds;
    if (!*text) /* it ends with the last change */
        return true;
    if (!read_name(&text) || !read_time(&text, &seconds))
        return false;
    zone->ruled = true;
    zone->standard = -seconds; /* POSIX counts to the west */
    if (!*text)
        return true;
    if (!read_name(&text))
        return false;
    zone->summer = zone->standard + 3600;
    zone->alternates = true;
    if (*text != ',') {
        if (!read_time(&text, &seconds))
            return false;
        zone->summer = -seconds;
    }
    return read_rule(&text, &zone->begin) && read_rule(&text, &zone->end) && !*text;
}

/* ---- reading the file ---- */

typedef struct Header {
    size_t utc_flags, standard_flags, leaps, times, types, letters;
} Header;

static int64_t number_at(const char *data, size_t size)
{
    uint64_t number = (unsigned char)*data & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | (unsigned char)data[i];
    return (int64_t)number;
}

static bool read_header(const char *data, size_t length, Header *ret_header)
{
    size_t counts[6];
    if (length < HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < COUNT(counts); i++) {
        int64_t count = number_at(data + 20 + i * 4, 4);
        if (count < 0 || count > FILE_LIMIT)
            return false;
        counts[i] = (size_t)count;
    }
    *ret_header = (Header){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return ret_header->types > 0;
}

/* Of the block behind a header whose times have so many bytes. */
static size_t block_size(const Header *header, size_t time)
{
    return header->times * (time + 1) + header->types * 6 + header->letters +
           header->leaps * (time + 4) + header->standard_flags + header->utc_flags;
}

static bool read_block(Arena *arena, const char *data, const Header *header, Zone *zone)
{
    const char *indexes = data + header->times * 8, *types = indexes + header->times;
    zone->first = (int)number_at(types, 4);
    zone->changes = arena_alloc_array(arena, header->times + 1, sizeof *zone->changes);
    for (size_t i = 0; i < header->types; i++) {
        int64_t offset = number_at(types + i * 6, 4);
        if (offset < -MOST_OFFSET || offset > MOST_OFFSET)
            return false;
    }
    for (size_t i = 0; i < header->times; i++) {
        size_t type = (unsigned char)indexes[i];
        int64_t at = number_at(data + i * 8, 8);
        if (type >= header->types || (i && at <= zone->changes[i - 1].at))
            return false;
        zone->changes[i].at = at < LONG_AGO ? LONG_AGO : at;
        zone->changes[i].offset = (int)number_at(types + type * 6, 4);
    }
    zone->count = header->times;
    return true;
}

/* The first block has times of four bytes, for old readers; the second one and the footer count. */
static const char *read_data(Arena *arena, const char *data, size_t length, Zone *zone)
{
    Header header;
    if (!read_header(data, length, &header))
        return "it is no TZif file";
    if (data[4] < '2')
        return "it is of version 1, whose times end in 2038";
    size_t at = HEADER_SIZE + block_size(&header, 4);
    if (at > length || !read_header(data + at, length - at, &header))
        return "it is damaged";
    if (header.leaps)
        return "it counts leap seconds";
    at += HEADER_SIZE;
    size_t size = block_size(&header, 8);
    if (size > length - at || !read_block(arena, data + at, &header, zone))
        return "it is damaged";
    at += size;
    const char *end = length > at + 1 ? memchr(data + at + 1, '\n', length - at - 1) : NULL;
    if (!end || data[at] != '\n' ||
        !read_footer(arena_copy(arena, data + at + 1, (size_t)(end - data) - at - 1), zone))
        return "its footer is damaged";
    return NULL;
}

Code zone_read(Arena *arena, const char *name, const char *data, size_t length,
               const Zone **ret_zone, Error *error)
{
    Zone *zone = arena_alloc(arena, sizeof *zone);
    const char *problem = read_data(arena, data, length, zone);
    if (problem)
        return error_set(error, RUNG_CONFIG, "the file of the time zone \"%s\": %s", name, problem);
    *ret_zone = zone;
    return RUNG_OK;
}

/* "Europe/Berlin", and nothing that leads out of the folder. */
static bool is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    size_t length = strlen(name);
    return length && length < 64 && strspn(name, letters) == length && name[0] != '/';
}

Code zone_load(Arena *arena, const char *name, const Zone **ret_zone, Error *error)
{
    char *data;
    size_t length;
    if (strcmp(name, "UTC") == 0) {
        *ret_zone = arena_alloc(arena, sizeof(Zone));
        return RUNG_OK;
    }
    const char *path = path_join(arena, ZONE_FOLDER, name);
    if (!is_name(name) || folder_exists(path) || !file_exists(path)) {
        error_set(error, RUNG_CONFIG, "there is no time zone \"%s\"", name);
        return error_hint(
            error, folder_exists(ZONE_FOLDER)
                       ? "UTC, or a name such as Europe/Berlin: a file of " ZONE_FOLDER
                       : "there is no " ZONE_FOLDER ": install the package tzdata, or write UTC");
    }
    Code code = file_read(arena, path, FILE_LIMIT, &data, &length, error);
    return code ? code : zone_read(arena, name, data, length, ret_zone, error);
}
