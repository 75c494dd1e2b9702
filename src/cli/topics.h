/* What the help, the manual page and the reference say besides commands and options. */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

#include "base/base.h"

typedef struct Topic {
    const char *term, *text;
} Topic;

/* Each list ends with a row whose term is NULL. */
extern const Topic topic_files[];
extern const Topic topic_environment[];
extern const Topic topic_revisions[]; /* the ways to name a revision */
extern const Topic topic_urls[];

/* What an operand is: `words` are completed by the shells, NULL: none. */
typedef struct OperandTopic {
    const char *name, *text, *words;
} OperandTopic;
extern const OperandTopic topic_operands[];

/* The exit statuses, each with the codes of RUNG_CODES that lead to it. */
typedef struct ExitTopic {
    int status;
    const char *text;
} ExitTopic;
extern const ExitTopic topic_exits[]; /* ends with a NULL text */

/* What rung is, in a sentence without its name, and in two paragraphs. */
extern const char topic_title[], topic_description[];

#endif
