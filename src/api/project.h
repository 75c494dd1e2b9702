/* An open project, and what every verb starts from. */
#ifndef API_PROJECT_H
#define API_PROJECT_H

#include "api/config.h"
#include "api/session.h"
#include "apply/run.h"
#include "db/db.h"
#include "report/report.h"
#include "source/scratch.h"
#include "rung/rung.h"

struct rung {
    Arena *arena;
    Env env;
    Config config;
    TargetConfig target;
    const char *migrations; /* folder, as it can be opened */
    const char *url_option; /* of rung_options */
    bool target_named;      /* by rung_options */
    bool have_url;          /* `url` was read */
    DbUrl url;
    rung_event_fn *on_event;
    void *context;
    rung_ask_fn *on_ask;
    _Atomic int cancelled;
    Db *_Atomic active[2];  /* what rung_cancel stops; two when both sides are read */
    _Atomic int cancelling; /* how many look at them: none of them is closed then */
    Session session;
    const char *actor; /* "user@host"; NULL: not asked for yet */
};

struct rung_result {
    Report report;
};

struct rung_error {
    Error error;
};

/* A copy for the caller, who frees it; NULL: it is not wanted. */
rung_code give_error(const Error *error, rung_error **ret_error);

typedef VEC(const char *) NameList;

/* One call of a verb. Everything it makes lives in `arena`. */
typedef struct Verb {
    rung *project;
    const rung_arguments *arguments;
    Arena *arena;
    Graph *graph;                   /* after verb_graph */
    Db *db;                         /* after verb_connect; closed at the end, or kept */
    bool tidy;                      /* it leaves nothing in the session: see session_give */
    bool looked_again;              /* life_is_outdated was asked */
    NameList asked;                 /* renames that the user answered for, like --rename */
    bool renamed;                   /* some were added */
    bool apart;                     /* a scratch database never stands on the target's server */
    Scratch *scratch[ENGINE_COUNT]; /* those that were needed; closed at the end */
    Report report;
    bool reports_failure; /* the report is for the caller also when there is an error */
} Verb;

typedef Code VerbFunction(Verb *verb, Error *error);

rung_code verb_run(rung *project, const rung_arguments *arguments, VerbFunction *function,
                   rung_result **ret_result, rung_error **ret_error);

/* The public function of a verb: rung_NAME runs verb_NAME. */
#define VERB(name)                                                                                 \
    rung_code rung_##name(rung *project, const rung_arguments *arguments,                          \
                          rung_result **ret_result, rung_error **ret_error)                        \
    {                                                                                              \
        return verb_run(project, arguments, verb_##name, ret_result, ret_error);                   \
    }

Code verb_graph(Verb *verb, Error *error);

/* Reads the target's URL, with its variables; RUNG_CONFIG with a hint when there is none. */
Code verb_url(Verb *verb, Error *error);

/* Names the settings of `.env` that nothing here reads: one may be a typing error. */
void verb_tell_unused(Verb *verb);

/* A connection that reads. An SQLite file that is not there yet gives `*ret_absent` true and no
 * connection: nothing is created by looking. */
Code verb_connect(Verb *verb, bool *ret_absent, Error *error);
Code verb_connect_as(Verb *verb, SessionState state, bool *ret_absent, Error *error);

/* What the database has and what `target` would run; nothing applied when the file is absent. */
Code verb_plan(Verb *verb, const char *target, bool undo, RunPlan *ret_plan, Error *error);

/* History and applied set, without judging edits or unknown heads: for status and check.
 * `ret_unknown` gets the ids that no file has. */
Code verb_survey(Verb *verb, RunPlan *ret_plan, NameList *ret_unknown, Error *error);

/* The index of an option's value in `words`, which NULL ends; `word` NULL: 0. RUNG_USAGE with the
 * values that it knows. */
Code verb_read_word(const char *option, const char *word, const char *const *words,
                    const char *known, size_t *ret_index, Error *error);

/* The checks of these revisions, in a transaction that is rolled back; `verb->db` is open. */
Code verb_validate_list(Verb *verb, const RevisionList *list, ValidationList *ret_validation,
                        Error *error);

RunOptions verb_run_options(const Verb *verb);
/* What the user says; `ret_asked` false, and so is the answer, when nobody can be asked. */
bool verb_ask(const Verb *verb, const char *question, bool *ret_asked);

void verb_tell(const Verb *verb, rung_event_type type, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
