/* Upgrades a database through librung: what an application does at its own start.
 *
 *     cc upgrade.c $(pkg-config --cflags --libs librung) -o upgrade
 *     ./upgrade sqlite:app.db migrations
 */
#include <rung/rung.h>
#include <stdio.h>

static void show(void *context, const rung_event *event)
{
    (void)context;
    if (event->type == RUNG_EVENT_DONE)
        printf("applied %s: %s\n", event->revision, event->text);
    else if (event->type == RUNG_EVENT_WAIT || event->type == RUNG_EVENT_WARNING)
        fprintf(stderr, "%s\n", event->text);
}

int main(int count, char **words)
{
    rung_options options = RUNG_OPTIONS_INIT;
    rung *project = NULL;
    rung_result *result = NULL;
    rung_error *error = NULL;
    if (count != 3) {
        fprintf(stderr, "usage: %s URL MIGRATIONS\n", words[0]);
        return 2;
    }
    options.url = words[1];
    options.migrations = words[2];
    options.on_event = show;

    rung_code code = rung_open(&options, &project, &error);
    if (code == RUNG_OK)
        code = rung_upgrade(project, NULL, &result, &error);
    if (code == RUNG_OK)
        fputs(rung_result_text(result), stdout);
    else
        fprintf(stderr, "%s: %s\n%s\n", rung_code_name(code), rung_error_message(error),
                rung_error_hint(error));

    rung_result_free(result);
    rung_error_free(error);
    rung_close(project);
    return rung_code_exit(code);
}
