/* Judges the text of revisions before they run: each statement by the rules of lint/rule.h, over
 * its parse tree, what the statements before it made, and the transaction that rung gives it. */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include "lint/hazard.h"
#include "base/text.h"
#include "revision/revision.h"

typedef struct LintFile {
    const char *path;
    const Revision *revision; /* NULL: a plain SQL file, read as an up section */
    const char *data;
    size_t length;
} LintFile;

typedef struct LintOptions {
    Engine engine;
    int version; /* of the server; 0: not known */
    const char *const *disabled;
    size_t disabled_count;
    const char *today; /* "2027-01-31": for ignores that expire */
    bool utc;          /* the sessions that will run them have UTC as their time zone */
    bool is_target;    /* revisions will run on this engine: each needs an up section for it */
} LintOptions;

typedef struct LintCounts {
    size_t files, statements, ignored;
} LintCounts;

typedef struct Lint Lint;

/* Findings live in `arena`, all else is freed with lint_free. RUNG_UNKNOWN with a near name for a
 * rule in `disabled` that does not exist. */
Code lint_new(Arena *arena, const LintOptions *options, Lint **ret_lint, Error *error);
void lint_free(Lint *lint);

/* Takes in what the file makes; with `judge` it is judged, too. Files come in the order in which
 * they run. What cannot be read is a finding; RUNG_UNSUPPORTED when the parser is not there. */
Code lint_file(Lint *lint, const LintFile *file, bool judge, Error *error);

/* In the order of the files and their lines. */
const HazardList *lint_hazards(const Lint *lint);
LintCounts lint_counts(const Lint *lint);

/* The rules as a page of Markdown, and as lines for a terminal. */
void rules_print_page(Text *text);
void rules_print_list(Text *text);

/* What a rule says of itself, by its index: for reports that list the rules. */
typedef struct RuleText {
    const char *name, *title, *why, *fix;
    Severity severity;
} RuleText;
bool rule_text_at(size_t index, RuleText *ret_text);

/* ---- edits ---- */

/* What --fix writes: the file's text with safe statements, and the SQL of a revision behind it;
 * NULL for what stays, or is not needed. Asked behind lint_file of the same file. */
typedef struct LintFix {
    const char *text;  /* of the file */
    const char *after; /* statements of a second revision */
    size_t count;      /* findings that it answers */
} LintFix;
Code lint_fix(Lint *lint, const LintFile *file, LintFix *ret_fix, Error *error);

#endif
