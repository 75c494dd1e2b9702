/* A Terminal whose two streams are memory. */
#ifndef TEST_CLI_STREAMS_H
#define TEST_CLI_STREAMS_H

#include "cli/terminal.h"

typedef struct Streams {
    Terminal terminal;
    char *out, *err;
    size_t out_length, err_length;
} Streams;

/* `live`: both are terminals, without colour. */
static inline void streams_open(Streams *streams, bool live)
{
    *streams = (Streams){0};
    streams->terminal.out = open_memstream(&streams->out, &streams->out_length);
    streams->terminal.err = open_memstream(&streams->err, &streams->err_length);
    streams->terminal.out_terminal = streams->terminal.err_terminal = live;
    streams->terminal.utf8 = true;
}

/* All that was written so far; it is valid until the next write. */
static inline const char *streams_out(Streams *streams)
{
    fflush(streams->terminal.out);
    return streams->out;
}

static inline const char *streams_err(Streams *streams)
{
    fflush(streams->terminal.err);
    return streams->err;
}

static inline void streams_close(Streams *streams)
{
    fclose(streams->terminal.out);
    fclose(streams->terminal.err);
    free(streams->out);
    free(streams->err);
    terminal_done(&streams->terminal);
}

#endif
