/* seen - who was seen trusting the root: one row for each program at an address. Strangers write it, so it has a most. */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "store/store.h"

enum { SEEN_MAX = 1000 };
struct seen_row {
    const char *address, *agent;   /* agent: words of base/agent.h */
    const char *name;              /* of the user who was signed in; "" nobody */
    int64_t first_at, last_at, times;
};
/* No row of the journal: strangers must not make it grow. Past SEEN_MAX those who were longest not seen go, strangers before users. */
enum err store_seen_put(struct tx *tx, const struct seen_row *row /* last_at: when */, struct error *e) MUST_CHECK;
enum err store_seen_list(const struct db *db, struct arena *a, struct seen_row **out, size_t *len, struct error *e) MUST_CHECK;

#endif
