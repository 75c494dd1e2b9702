/* Orders: what is answered to those who place them, and to those who ask for them. */
#include "serve/orders.h"
#include "serve/jobs.h"
#include "serve/once.h"
#include "serve/route.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOBS    "/api/v1/admin/jobs"
#define EXPORTS "/api/v1/users/me/exports"

static const char *text_of(const Value *object, const char *key)
{
    return value_get_text(value_get(object, key));
}

static bool is(const Value *object, const char *key, const char *text)
{
    const char *found = text_of(object, key);
    return found && strcmp(found, text) == 0;
}

/* It is carried out behind the answer. */
static void answer_accepted(Request *request, const char *folder, const char *id,
                            const char *message)
{
    Value *value = value_object();
    value_set_text(value, "id", id);
    value_set_text(value, "message", message);
    answer_json(request, 202, value);
    request->location = arena_print(request->arena, "%s/%s", folder, id);
    jobs_wake(request->service->shared->jobs);
}

/* ---- erasing ---- */

/* One of the preferences of RFC 7240. */
static bool prefers_async(const char *header)
{
    static const char word[] = "respond-async";
    const char *at = header;
    while (at && *at) {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ",; \t");
        if (length == sizeof word - 1 && strncasecmp(at, word, length) == 0)
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

/* Who is kept, and why; details of failures stay in the log. */
static Value *problem_list(const Value *order, bool *ret_failed)
{
    const Value *problems = value_get(order, "problems");
    Value *list = value_array();
    *ret_failed = false;
    for (size_t i = 0; i < value_count(problems); i++) {
        const Value *problem = value_at(problems, i);
        bool held = is(problem, "kind", "held");
        Value *item = value_object();
        value_set_text(item, "user_id", text_of(problem, "key"));
        value_set_text(item, "reason",
                       held ? text_of(problem, "reason") : "it failed, and is tried again");
        value_append(list, item);
        *ret_failed = *ret_failed || !held;
    }
    return list;
}

static void answer_problems(Request *request, const Value *order)
{
    bool failed;
    Value *held = problem_list(order, &failed), *more = value_object();
    if (failed) {
        value_free(held);
        value_free(more);
        request_log(request, "the erasure of some failed");
        answer_problem(request, 500, "The erasure failed; it is tried again by the next purge.");
        return;
    }
    value_set(more, "held", held);
    answer_problem_with(request, 409, more, "Some accounts are held: they cannot be erased.");
}

static void answer_deleted(Request *request, const Value *order)
{
    long long count = value_get_int(value_get(order, "done"));
    Value *value = value_object();
    value_set_int(value, "deleted", count);
    value_set_text(value, "message",
                   arena_print(request->arena,
                               "Permanently deleted %lld user(s) and all associated data", count));
    answer_json(request, 200, value);
}

static void answer_order(Request *request, const Value *order, bool async)
{
    if (value_get_bool(value_get(order, "detached"))) {
        answer_accepted(request, JOBS, arena_string(request->arena, text_of(order, "id")),
                        "The accounts are being erased.");
        request->async = async;
    } else if (is(order, "state", "done")) {
        answer_deleted(request, order);
    } else if (value_count(value_get(order, "problems"))) {
        answer_problems(request, order);
    } else {
        answer_busy(request, 409, 1, "A request with this Idempotency-Key is under way.");
        jobs_wake(request->service->shared->jobs);
    }
}

void order_erase(Request *request, const rung_names *ids)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    bool async = prefers_async(request->prefer);
    arguments.json = true;
    arguments.subject = request->service->settings.subject;
    arguments.row = *ids;
    arguments.actor = request->claims.subject;
    arguments.later = async;
    once_set(request, &arguments);
    rung_code code = rung_purge(request->project, &arguments, &result, &error);
    if (code && code != RUNG_FOUND) {
        answer_error(request, code, error);
        jobs_wake(request->service->shared->jobs); /* if it is ordered, it is carried out */
    } else {
        Value *order = result_object(request, result);
        if (order)
            answer_order(request, order, async);
        value_free(order);
    }
    rung_result_free(result);
}

/* ---- asking ---- */

/* The order that the path names, of the kind; NULL when that is answered. */
static Value *find_order(Request *request, const char *kind, const char *subject)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Value *order = NULL;
    const char *words[] = {"show", request->parameter};
    arguments.json = true;
    arguments.subject = subject;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    rung_code code = rung_order(request->project, &arguments, &result, &error);
    if (!code) {
        order = result_object(request, result);
        if (order && !is(order, "kind", kind)) {
            value_free(order);
            order = NULL;
            answer_problem(request, 404, "There is no such %s.", subject ? "export" : "job");
        }
    } else if (code != RUNG_UNKNOWN)
        answer_error(request, code, error);
    else if (user_is_row(request, error))
        answer_problem(request, 404, "There is no such %s.", subject ? "export" : "job");
    rung_result_free(result);
    return order;
}

static void copy_text(Value *value, const char *name, const Value *order)
{
    value_set_text(value, name, text_of(order, name));
}

void job_show(Request *request)
{
    Value *order = find_order(request, "erase", NULL);
    if (!order)
        return;
    bool failed;
    Value *value = value_object();
    copy_text(value, "id", order);
    copy_text(value, "state", order);
    value_set_int(value, "total", value_get_int(value_get(order, "total")));
    value_set_int(value, "deleted", value_get_int(value_get(order, "done")));
    copy_text(value, "ordered_by", order);
    copy_text(value, "created_at", order);
    copy_text(value, "finished_at", order);
    value_set(value, "problems", problem_list(order, &failed));
    answer_json(request, 200, value);
    value_free(order);
}

/* ---- exports ---- */

static const char *own_subject(Request *request)
{
    return arena_print(request->arena, "%s:%s", request->service->settings.subject,
                       request->claims.subject);
}

void export_order(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    arguments.json = true;
    arguments.subject = own_subject(request);
    arguments.later = true;
    once_set(request, &arguments);
    rung_code code = rung_export(request->project, &arguments, &result, &error);
    Value *order = NULL;
    if (code == RUNG_UNKNOWN) {
        if (user_is_row(request, error))
            answer_problem(request, 404, "There is no such account.");
    } else if (code && code != RUNG_FOUND)
        answer_error(request, code, error);
    else if ((order = result_object(request, result)) != NULL) {
        if (code == RUNG_FOUND)
            answer_busy(request, 429, value_get_int(value_get(order, "wait")),
                        "Too many exports in a day. Try again later.");
        else
            answer_accepted(request, EXPORTS, arena_string(request->arena, text_of(order, "id")),
                            "Your data is being collected.");
    }
    value_free(order);
    rung_result_free(result);
}

static bool has_archive(const Value *order)
{
    return is(order, "state", "done") && !value_get_bool(value_get(order, "expired"));
}

void export_show(Request *request)
{
    Value *order = find_order(request, "export", own_subject(request));
    if (!order)
        return;
    Value *value = value_object();
    bool there = has_archive(order);
    copy_text(value, "id", order);
    value_set_text(value, "state",
                   value_get_bool(value_get(order, "expired")) ? "expired"
                                                               : text_of(order, "state"));
    copy_text(value, "created_at", order);
    copy_text(value, "finished_at", order);
    if (there) {
        value_set_int(value, "size", value_get_int(value_get(order, "bytes")));
        copy_text(value, "sha256", order);
        copy_text(value, "expires_at", order);
    }
    answer_json(request, 200, value);
    value_free(order);
}

/* The archive that the history names; nothing of the request is in the path. */
static void answer_file(Request *request, const Value *order)
{
    struct stat about;
    const char *path = text_of(order, "path");
    int file = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode) &&
        about.st_size == value_get_int(value_get(order, "bytes"))) {
        answer_text(request, 200, "application/x-tar");
        request->file = file;
        request->file_size = about.st_size;
        request->file_name = "export.tar";
        return;
    }
    request_log(request, "the archive %s: %s", path ? path : "has no name",
                file < 0 ? strerror(errno) : "it is not the one that was made");
    if (file >= 0)
        close(file);
    answer_problem(request, 410, "The archive is not there any more.");
}

void export_download(Request *request)
{
    Value *order = find_order(request, "export", own_subject(request));
    if (!order)
        return;
    if (value_get_bool(value_get(order, "expired")))
        answer_problem(request, 410, "The archive is not there any more.");
    else if (is(order, "state", "failed"))
        answer_problem(request, 409, "The export failed: ask for another one.");
    else if (!has_archive(order))
        answer_busy(request, 409, 1, "The archive is not there yet.");
    else
        answer_file(request, order);
    value_free(order);
}
