/* shelf - the public pages of one moment, by path: built from the rows, then only read. */
#ifndef PUBLISH_SHELF_H
#define PUBLISH_SHELF_H

#include "http/page.h"
#include "store/store.h"

struct shelf {
    struct shelf_entry { char path[64]; struct page *page; } *at;
    size_t len, room;
    int64_t crl_until;             /* when the first list of an active authority ends; INT64_MAX: none */
};
enum err shelf_build(struct store *store, struct shelf **out, struct error *e) MUST_CHECK;
void shelf_free(struct shelf *s);
struct page *shelf_find(const struct shelf *s, const char *path);      /* lent; NULL when there is none */

#endif
