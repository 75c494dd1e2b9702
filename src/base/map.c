/* Open addressing with linear probing; FNV-1a over the key. Nothing is ever removed. */
#include "base/map.h"

typedef struct Slot {
    const char *key;
    void *value;
    uint64_t hash;
} Slot;

struct Map {
    Arena *arena;
    Slot *slots;
    size_t count, room;
};

static uint64_t key_hash(const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
    return hash;
}

Map *map_new(Arena *arena)
{
    Map *map = arena_alloc(arena, sizeof(Map));
    map->arena = arena;
    map->room = 16;
    map->slots = arena_alloc_array(arena, map->room, sizeof(Slot));
    return map;
}

static Slot *slot_find(Slot *slots, size_t room, const char *key, uint64_t hash)
{
    size_t i = (size_t)hash & (room - 1);
    while (slots[i].key && (slots[i].hash != hash || strcmp(slots[i].key, key) != 0))
        i = (i + 1) & (room - 1);
    return &slots[i];
}

void *map_get(const Map *map, const char *key)
{
    return slot_find(map->slots, map->room, key, key_hash(key))->value;
}

static void map_grow(Map *map)
{
    size_t room = map->room * 2;
    Slot *slots = arena_alloc_array(map->arena, room, sizeof(Slot));
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].key)
            *slot_find(slots, room, map->slots[i].key, map->slots[i].hash) = map->slots[i];
    map->slots = slots;
    map->room = room;
}

void *map_set(Map *map, const char *key, void *value)
{
    if (map->count * 2 >= map->room)
        map_grow(map);
    uint64_t hash = key_hash(key);
    Slot *slot = slot_find(map->slots, map->room, key, hash);
    void *before = slot->value;
    if (!slot->key) {
        slot->key = arena_string(map->arena, key);
        slot->hash = hash;
        map->count++;
    }
    slot->value = value;
    return before;
}

size_t map_count(const Map *map)
{
    return map->count;
}
