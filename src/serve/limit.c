/* Buckets in a table of fixed size. Keys share a bucket when their keyed hashes meet: nobody can
 * choose whose, and no flood of keys makes it larger or pushes others out. */
#include "serve/limit.h"
#include "base/arena.h"
#include "base/crypto.h"

#include <pthread.h>

enum { BUCKETS = 16384, SECOND_US = 1000000 };

typedef struct Bucket {
    int64_t debt_us; /* time until it is full again, at `since_us` */
    int64_t since_us;
} Bucket;

struct Limit {
    pthread_mutex_t lock;
    unsigned char key[KEY_SIZE];
    int64_t cost_us, most_us;
    Bucket buckets[BUCKETS];
};

Limit *limit_new(int most, int seconds)
{
    Limit *limit = calloc(1, sizeof *limit);
    if (!limit)
        arena_exhausted();
    pthread_mutex_init(&limit->lock, NULL);
    key_random(limit->key);
    limit->cost_us = (int64_t)seconds * SECOND_US;
    limit->most_us = limit->cost_us * most;
    return limit;
}

void limit_free(Limit *limit)
{
    if (limit)
        pthread_mutex_destroy(&limit->lock);
    free(limit);
}

void limit_set_rate(Limit *limit, int rate, int burst)
{
    pthread_mutex_lock(&limit->lock);
    limit->cost_us = rate ? SECOND_US / rate : 0;
    limit->most_us = limit->cost_us * burst;
    pthread_mutex_unlock(&limit->lock);
}

static Bucket *find(Limit *limit, const char *key)
{
    char hex[HASH_HEX_SIZE], head[9];
    hmac_hex(limit->key, sizeof limit->key, key, strlen(key), hex);
    snprintf(head, sizeof head, "%.8s", hex);
    return &limit->buckets[strtoul(head, NULL, 16) % BUCKETS];
}

int64_t limit_take(Limit *limit, const char *key, int64_t now_us)
{
    int64_t wait_us = 0;
    Bucket *bucket = find(limit, key);
    pthread_mutex_lock(&limit->lock);
    int64_t passed = now_us - bucket->since_us;
    bucket->debt_us = bucket->debt_us > passed ? bucket->debt_us - passed : 0;
    bucket->since_us = now_us;
    if (!limit->cost_us || bucket->debt_us + limit->cost_us <= limit->most_us)
        bucket->debt_us += limit->cost_us;
    else
        wait_us = bucket->debt_us + limit->cost_us - limit->most_us;
    pthread_mutex_unlock(&limit->lock);
    return (wait_us + SECOND_US - 1) / SECOND_US;
}

void limit_return(Limit *limit, const char *key)
{
    Bucket *bucket = find(limit, key);
    pthread_mutex_lock(&limit->lock);
    bucket->debt_us = bucket->debt_us > limit->cost_us ? bucket->debt_us - limit->cost_us : 0;
    pthread_mutex_unlock(&limit->lock);
}
