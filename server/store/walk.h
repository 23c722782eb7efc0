/* walk - along a sort order through the versions; find.h leads straight to few of them. */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include "store/store.h"

enum walk_order { WALK_NEWEST, WALK_OLDEST, WALK_EXPIRY_UP, WALK_EXPIRY_DOWN, WALK_NAME_UP, WALK_NAME_DOWN, WALK_ORDERS };

/* What the sort indexes hold; texts are lent until the next row. Only what was wanted is filled, n, certificate_n, not_after always. */
enum { WANT_STATE = 1 << 0, WANT_ISSUER = 1 << 1, WANT_KEY_TYPE = 1 << 2, WANT_STORE = 1 << 3, WANT_SOURCE = 1 << 4, WANT_NAME = 1 << 5, WANT_ALL = (1 << 6) - 1 };
struct walk_row {
    int64_t n, certificate_n, not_before, not_after;
    unsigned flags;
    struct id issuer;
    const char *state, *key_type, *store, *source, *common_name;
};

/* Where to go on: behind this row. */
struct walk_from { bool is_set; int64_t n, not_after; const char *common_name; };
struct walk {
    enum walk_order order;
    struct walk_from from;
    int64_t min, max;              /* not_after in [min, max): orders by expiry walk nothing else; the others do not look at it */
    unsigned wants;
    bool is_superseded;            /* through earlier versions instead of the current ones */
};
/* Until each() says false. */
enum err store_walk(const struct db *db, const struct walk *walk, bool (*each)(void *arg, const struct walk_row *row), void *arg, struct error *e) MUST_CHECK;
/* One version; texts are copied. ERR_ABSENT when it is not current. */
enum err store_walk_one(const struct db *db, int64_t n, struct arena *a, struct walk_row *out, struct error *e) MUST_CHECK;

#endif
