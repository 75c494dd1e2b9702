/* What the files of the graph share; nobody else includes this. */
#ifndef REVISION_GRAPH_PARTS_H
#define REVISION_GRAPH_PARTS_H

#include "revision/graph.h"
#include "base/names.h"

#include "base/map.h"

struct Graph {
    RevisionList order; /* parents before children */
    RevisionList by_id;
    Map *ids;
};

/* `REV+N`, `+N`, `-N` …: what stands before the sign, and N; false if `text` does not end so. */
typedef struct Relative {
    size_t base_length;
    bool up;
    size_t steps;
} Relative;
bool relative_read(const char *text, Relative *ret_relative);

/* The only head of the graph; RUNG_REVISION naming them when there are several, RUNG_UNKNOWN when
 * there is no revision at all. */
Code graph_single_head(const Graph *graph, Revision **ret_head, Error *error);

/* Adds the ids to `text`, as names_print does. */
void revisions_print(Text *text, Revision *const *revisions, size_t count, const char *last);

#endif
