/* Requests by route, method and status, and how long they took. */
#include "serve/count.h"
#include "base/clock.h"
#include "serve/route.h"

#include <pthread.h>

enum {
    ROUTES = 128, /* rows of the table, and one for requests without a route */
    STATUSES = 24,
    BUCKETS = 11
};

static const int64_t limits_us[BUCKETS] = {1000,   2500,   5000,    10000,   25000,   50000,
                                           100000, 250000, 1000000, 2500000, 10000000};
static const char *const limits[BUCKETS] = {"0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
                                            "0.1",   "0.25",   "1",     "2.5",  "10"};

/* Routes, and behind them the pages. */
static const Route *row_at(size_t index)
{
    size_t count = 0;
    while (count <= index && route_at(count))
        count++;
    return count > index ? route_at(index) : page_route_at(index - count);
}

/* HEAD is counted apart from GET. */
typedef struct Cell {
    bool head;
    int status;
    int64_t number;
} Cell;

typedef struct RouteCounts {
    Cell cells[STATUSES];
    size_t count;
    int64_t took[BUCKETS + 1], sum_us;
} RouteCounts;

struct Counts {
    pthread_mutex_t lock;
    int64_t active, waiting, busy;
    RouteCounts routes[ROUTES];
};

Counts *counts_new(void)
{
    Counts *counts = calloc(1, sizeof *counts);
    if (!counts)
        arena_exhausted();
    pthread_mutex_init(&counts->lock, NULL);
    return counts;
}

void counts_free(Counts *counts)
{
    if (!counts)
        return;
    pthread_mutex_destroy(&counts->lock);
    free(counts);
}

static void change(const Request *request, size_t offset, int by)
{
    Counts *counts = request->service->shared->counts;
    pthread_mutex_lock(&counts->lock);
    *(int64_t *)(void *)((char *)counts + offset) += by;
    pthread_mutex_unlock(&counts->lock);
}

void counts_begin(const Request *request)
{
    change(request, offsetof(Counts, active), 1);
}

/* What is answered apart is not of serve.pool. */
void counts_wait(const Request *request, int by)
{
    change(request, offsetof(Counts, waiting), request->route->apart ? 0 : by);
}

void counts_work(const Request *request, int by)
{
    change(request, offsetof(Counts, busy), request->route->apart ? 0 : by);
}

/* The last one is for requests that no row answers, and for rows that there is no room for. */
static size_t index_of(const Route *route)
{
    for (size_t i = 0; route && i < ROUTES - 1 && row_at(i); i++)
        if (row_at(i) == route)
            return i;
    return ROUTES - 1;
}

static void add(RouteCounts *route, bool head, int status, int64_t took_us)
{
    size_t i = 0, k = 0;
    while (i < route->count && (route->cells[i].status != status || route->cells[i].head != head))
        i++;
    if (i == route->count && i < STATUSES)
        route->cells[route->count++] = (Cell){head, status, 0};
    route->cells[i < STATUSES ? i : STATUSES - 1].number++;
    while (k < BUCKETS && took_us > limits_us[k])
        k++;
    route->took[k]++;
    route->sum_us += took_us;
}

/* A client that is gone before there was an answer counts as 499, as nginx has it. */
void counts_end(const Request *request)
{
    Counts *counts = request->service->shared->counts;
    int64_t took_us = clock_monotonic_us() - request->began_us;
    pthread_mutex_lock(&counts->lock);
    counts->active--;
    add(&counts->routes[index_of(request->route)], strcmp(request->method, "HEAD") == 0,
        request->status ? request->status : 499, took_us);
    pthread_mutex_unlock(&counts->lock);
}

/* ---- as text ---- */

void metric_head(Text *text, const char *name, const char *type, const char *help)
{
    text_print(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metric_number(Text *text, const char *name, const char *type, const char *help, int64_t number)
{
    metric_head(text, name, type, help);
    text_print(text, "%s %lld\n", name, (long long)number);
}

/* Paths and methods of the table have nothing that would need escapes. */
static const char *path_of(size_t index)
{
    return index < ROUTES - 1 ? row_at(index)->path : "none";
}

static const char *method_of(size_t index, const Cell *cell)
{
    return index == ROUTES - 1 ? "any" : cell->head ? "HEAD" : row_at(index)->method;
}

static void put_requests(const Counts *counts, Text *text)
{
    metric_head(text, "rung_http_requests_total", "counter", "Requests that were answered.");
    for (size_t i = 0; i < ROUTES; i++) {
        const RouteCounts *route = &counts->routes[i];
        for (size_t k = 0; k < route->count; k++) {
            const Cell *cell = &route->cells[k];
            int64_t number = cell->number;
            if (i == ROUTES - 1 && cell->head)
                continue; /* it is in the other one */
            for (size_t m = 0; i == ROUTES - 1 && m < route->count; m++)
                if (m != k && route->cells[m].status == cell->status)
                    number += route->cells[m].number;
            text_print(text,
                       "rung_http_requests_total{route=\"%s\",method=\"%s\",status=\"%d\"} %lld\n",
                       path_of(i), method_of(i, cell), cell->status, (long long)number);
        }
    }
}

/* Two rows of the table may have one path. */
static bool is_first_of_path(size_t index)
{
    for (size_t i = 0; index < ROUTES - 1 && i < index; i++)
        if (strcmp(path_of(i), path_of(index)) == 0)
            return false;
    return true;
}

static void put_route(const Counts *counts, size_t index, Text *text)
{
    int64_t took[BUCKETS + 1] = {0}, sum_us = 0, count = 0;
    for (size_t i = index; i < ROUTES && (i == ROUTES - 1 || row_at(i)); i++) {
        if (i != index && (index == ROUTES - 1 || strcmp(path_of(i), path_of(index)) != 0))
            continue;
        for (size_t k = 0; k <= BUCKETS; k++)
            took[k] += counts->routes[i].took[k];
        sum_us += counts->routes[i].sum_us;
    }
    for (size_t k = 0; k <= BUCKETS; k++) {
        count += took[k];
        text_print(text, "rung_http_request_seconds_bucket{route=\"%s\",le=\"%s\"} %lld\n",
                   path_of(index), k < BUCKETS ? limits[k] : "+Inf", (long long)count);
    }
    text_print(text, "rung_http_request_seconds_sum{route=\"%s\"} %lld.%06lld\n", path_of(index),
               (long long)(sum_us / 1000000), (long long)(sum_us % 1000000));
    text_print(text, "rung_http_request_seconds_count{route=\"%s\"} %lld\n", path_of(index),
               (long long)count);
}

void counts_put(Counts *counts, size_t workers, Text *text)
{
    pthread_mutex_lock(&counts->lock);
    put_requests(counts, text);
    metric_head(text, "rung_http_request_seconds", "histogram",
                "From a request's headers to the end of its answer.");
    for (size_t i = 0; i < ROUTES - 1 && row_at(i); i++)
        if (is_first_of_path(i))
            put_route(counts, i, text);
    put_route(counts, ROUTES - 1, text);
    metric_number(text, "rung_http_requests_in_flight", "gauge",
                  "Requests that are not answered yet, this one too.", counts->active);
    metric_number(text, "rung_queue_length", "gauge", "Requests that wait for a worker.",
                  counts->waiting);
    metric_number(text, "rung_workers_busy", "gauge", "Workers that are at a request.",
                  counts->busy);
    pthread_mutex_unlock(&counts->lock);
    metric_number(text, "rung_workers", "gauge", "Workers that may use the database.",
                  (int64_t)workers);
}
