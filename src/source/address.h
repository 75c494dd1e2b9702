/* PostgreSQL's object addresses (pg_depend: class, object, sub-object) and what stands there. */
#ifndef SOURCE_ADDRESS_H
#define SOURCE_ADDRESS_H

#include "model/catalog.h"

typedef struct Address {
    uint32_t class, oid;
    int32_t sub; /* column number; 0: the object itself */
} Address;

typedef struct AddressBook AddressBook;

/* On the heap; the caller frees it. */
AddressBook *address_book_new(void);
void address_book_free(AddressBook *book);

/* Sets or replaces what stands at an address; `object` is not NULL. */
void address_set(AddressBook *book, Address address, Object *object);

/* What stands there, or at the whole object when nothing stands for its part; NULL: not known. */
Object *address_get(const AddressBook *book, Address address);

/* What stands at exactly this address. */
Object *address_exact(const AddressBook *book, Address address);

#endif
