/* item - what a file from elsewhere holds: one flat list, whatever form the file has. */
#ifndef PKI_ITEM_H
#define PKI_ITEM_H

#include "base/arena.h"
#include "base/error.h"

enum item_kind { ITEM_CERTIFICATE, ITEM_KEY, ITEM_REQUEST, ITEM_CRL, ITEM_FILE /* one of several that could not be read */ };
struct item {
    enum item_kind kind;
    struct bytes der;              /* of a key: PKCS#8, in the arena, which wipes it */
    struct bytes spki;             /* of a key: its public half */
    const char *name;              /* friendly name; "" none */
    const char *trouble;           /* of a key or file that is not taken: why; NULL fine */
    const char *trouble_kind;
    unsigned file;                 /* which of several it came from */
    const char *member;            /* of the archive that file is; NULL it is none */
};

enum { ITEMS_MAX = 20000 };
struct items {
    struct arena *arena;
    struct item *at;
    size_t len, room;
    uint64_t spent;                /* password iterations that were computed for all of it */
};
void items_init(struct items *l, struct arena *a);
/* Past ITEMS_MAX: ERR_INVALID. */
enum err items_add(struct items *l, const struct item *item, struct error *e) MUST_CHECK;

#endif
