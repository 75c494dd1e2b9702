/* A hash table with open addressing: it holds as many entries as a database has objects. */
#include "source/address.h"

typedef struct Entry {
    uint64_t key;
    Object *object;
} Entry;

struct AddressBook {
    Entry *entries;
    size_t count, room; /* room is a power of two */
};

AddressBook *address_book_new(void)
{
    AddressBook *book = calloc(1, sizeof *book);
    if (!book || !(book->entries = calloc(1024, sizeof *book->entries)))
        abort();
    book->room = 1024;
    return book;
}

void address_book_free(AddressBook *book)
{
    if (book)
        free(book->entries);
    free(book);
}

/* A class is one of the server's own tables, whose numbers are below 16384, and a column's number
 * has 16 bits (access/transam.h, access/attnum.h). */
static uint64_t key_of(Address address)
{
    return (uint64_t)(address.class & 0xFFFF) << 48 | (uint64_t)(address.sub & 0xFFFF) << 32 |
           address.oid;
}

static Entry *find(const AddressBook *book, uint64_t key)
{
    uint64_t hash = key * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t at = (size_t)(hash >> 20);; at++) {
        Entry *entry = &book->entries[at & (book->room - 1)];
        if (!entry->object || entry->key == key)
            return entry;
    }
}

static void grow(AddressBook *book)
{
    AddressBook larger = {calloc(book->room * 2, sizeof(Entry)), book->count, book->room * 2};
    if (!larger.entries)
        abort();
    for (size_t i = 0; i < book->room; i++)
        if (book->entries[i].object)
            *find(&larger, book->entries[i].key) = book->entries[i];
    free(book->entries);
    *book = larger;
}

void address_set(AddressBook *book, Address address, Object *object)
{
    if (book->count * 4 >= book->room * 3)
        grow(book);
    Entry *entry = find(book, key_of(address));
    if (!entry->object)
        book->count++;
    *entry = (Entry){key_of(address), object};
}

Object *address_exact(const AddressBook *book, Address address)
{
    return find(book, key_of(address))->object;
}

Object *address_get(const AddressBook *book, Address address)
{
    Object *object = address_exact(book, address);
    if (!object && address.sub)
        object = address_exact(book, (Address){address.class, address.oid, 0});
    return object;
}
