/* All revisions of a folder and how they follow each other: a directed graph without cycles. */
#ifndef REVISION_GRAPH_H
#define REVISION_GRAPH_H

#include "revision/revision.h"

typedef VEC(Revision *) RevisionList;

typedef struct Graph Graph;

/* Reads every `*.sql` of `folder` (hidden files and other names are left alone, an `.sql` without
 * a revision heading is an error). A folder that is not there is RUNG_FILE.
 * RUNG_REVISION naming the files: two with one id, an unknown parent (with near names), a cycle
 * (all of it), a revision that is its own parent. Everything lives in `arena`. */
Code graph_load(Arena *arena, const char *folder, Graph **ret_graph, Error *error);

/* The same from revisions in memory, for tests and generators. */
Code graph_build(Arena *arena, Revision *const *revisions, size_t count, Graph **ret_graph,
                 Error *error);

/* All revisions, parents before children; the order depends on nothing but the files. */
const RevisionList *graph_revisions(const Graph *graph);
void graph_heads(const Graph *graph, Arena *arena, RevisionList *ret_heads);

/* The revision with exactly this id, or NULL. */
Revision *graph_find(const Graph *graph, const char *id);

/* What a user wrote: an id or a unique prefix of one, `head`, and N steps from these, `REV+N` to
 * children and `REV-N` to parents. RUNG_UNKNOWN with near names, or with all candidates when the
 * prefix fits several; RUNG_REVISION naming them for `head` with several heads, and where the steps
 * meet several ways or run out. */
Code graph_resolve(const Graph *graph, const char *text, Revision **ret_revision, Error *error);

/* What is applied: every revision that a current head reaches. `heads` are ids from a database;
 * one that the graph does not know is RUNG_MISMATCH naming it. The set is a bool per `order`. */
typedef struct RevisionSet {
    bool *has; /* by Revision.order */
    size_t count;
} RevisionSet;
Code graph_applied(const Graph *graph, Arena *arena, const char *const *heads, size_t count,
                   RevisionSet *ret_set, Error *error);

/* What to run, in order, to bring a database with `applied` to `target`:
 * an id or prefix, `head`, `heads`, `+N`, `REV+N` (N steps above REV).
 * RUNG_REVISION: `head` when the graph has several heads (names them), `+N` when the way forks (it
 * may, as long as one head is to be reached) or fewer than N are pending. Otherwise as
 * graph_resolve. Nothing to do gives an empty list. */
Code graph_upgrade_path(const Graph *graph, Arena *arena, const RevisionSet *applied,
                        const char *target, RevisionList *ret_path, Error *error);

/* What to undo, in order: `base`, an id (it stays; what stands on it goes), `-N`, `REV-N`.
 * RUNG_REVISION: `-N` when several heads are current and it is not clear which one goes,
 * a target that is not applied. */
Code graph_downgrade_path(const Graph *graph, Arena *arena, const RevisionSet *applied,
                          const char *target, RevisionList *ret_path, Error *error);

/* The heads of a set: its members without children in it, in order. */
void graph_set_heads(const Graph *graph, Arena *arena, const RevisionSet *set,
                     RevisionList *ret_heads);

/* Revisions from which the history forks (several children), and those that merge (several
 * parents), in order. */
void graph_forks(const Graph *graph, Arena *arena, RevisionList *ret_forks);

#endif
