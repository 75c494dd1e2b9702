/* Short texts, one place. */
#include "cli/topics.h"

const char topic_title[] = "database changes as revisions that can be proved and undone";

const char topic_description[] =
    "rung runs database changes on PostgreSQL (13 to 18) and SQLite (3.37 or newer). A change is a "
    "revision: an SQL file with an up section, a down section and checks. rung runs each one in "
    "a transaction together with its history entry, so that a crash leaves no half-done "
    "revision, and the same command run again goes on where the last one stopped.\n\n"
    "The target is taken from rung.yaml in the current folder. Without that file, DATABASE_URL "
    "and a folder named migrations are enough.";

const Topic topic_revisions[] = {
    {"ID", "the id of a revision, or a beginning of it that no other id shares"},
    {"head", "the newest revision; heads if there are several"},
    {"base", "before the first revision"},
    {"+N, -N", "N revisions forward or back from where the database is"},
    {"ID+N, ID-N", "N revisions behind or before that one"},
    {NULL, NULL},
};

const Topic topic_urls[] = {
    {"postgresql://USER@HOST:PORT/NAME?...",
     "PostgreSQL; postgres:// too, and all that libpq takes"},
    {"sqlite:PATH, sqlite:///PATH", "an SQLite file; it is created if it is not there"},
    {"sqlite::memory:", "an SQLite database that is gone at the end"},
    {NULL, NULL},
};

const Topic topic_files[] = {
    {"rung.yaml", "the settings; ${NAME} and ${NAME:-default} are taken from the environment"},
    {".env", "NAME=value lines beside rung.yaml; the environment itself comes first"},
    {"migrations/ID_MESSAGE.sql", "a revision"},
    {NULL, NULL},
};

const Topic topic_environment[] = {
    {"DATABASE_URL", "the database, when there is no rung.yaml and no --url. A password is safer "
                     "here or in ~/.pgpass than on the command line"},
    {"PGHOST, PGUSER, PGPASSWORD, PGPASSFILE, PGSERVICE, ...",
     "what libpq reads for the parts that a PostgreSQL URL leaves out"},
    {"NO_COLOR", "if set and not empty: no colour"},
    {"TERM", "dumb: no colour and no live progress line"},
    {"LC_ALL, LC_CTYPE, LANG", "if they do not say UTF-8, signs and bars are drawn in ASCII"},
    {NULL, NULL},
};

const OperandTopic topic_operands[] = {
    {"REV", "an id, a unique beginning of one, head, base, +N, -N, ID+N or ID-N",
     "head heads base"},
    {"SUBJECT:KEY", "a subject of rung.yaml and the key of its row: users:42", ""},
    {"TABLE:KEY", "a table and the key of a row: users:42, orders:7,2", ""},
    {"FILE", "a SQL file", NULL},
    {"SHELL", "bash, zsh or fish", "bash zsh fish"},
    {"COMMAND", "a command or an alias of one", NULL},
    {NULL, NULL, NULL},
};

const ExitTopic topic_exits[] = {
    {0, "done"},
    {1, "failed; rung status shows where the database is now"},
    {2, "wrong usage, setting or revision file"},
    {3, "check found something"},
    {4, "lint or rehearsal found a hazard over the budget"},
    {5, "another run holds the lock"},
    {6, "validation failed"},
    {0, NULL},
};
