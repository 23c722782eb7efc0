/* certificates - rows of lineages, versions and what hangs on them. */
#ifndef STORE_CERTIFICATES_H
#define STORE_CERTIFICATES_H

#include "store/store.h"

/* The search text of a lineage: goes to the trigram index once per batch, because each savepoint would cost a segment of it.
   before: what is indexed now; NULL when nothing is. */
void store_search_put(struct tx *tx, int64_t certificate_n, const char *before, const char *after);

#endif
