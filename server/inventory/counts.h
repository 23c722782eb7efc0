/* counts - what ends when, from the counts that follow the rows. */
#ifndef INVENTORY_COUNTS_H
#define INVENTORY_COUNTS_H

#include "inventory/rows.h"
#include "store/tally.h"

/* How many that are not revoked end before each of these instants, ENDS_MAX at most. store NULL: of all. */
enum err counts_ends(const struct db *db, const char *facet, const char *store, const int64_t *at, size_t len, struct ends *out, struct error *e) MUST_CHECK;
/* The first two instants being now, and before what ends then is "expiring". */
struct inventory_counts counts_of(const struct ends *ends);
/* Of all certificates, whoever asks. */
enum err counts_whole(const struct db *db, const struct moment *at, struct inventory_counts *out, struct error *e) MUST_CHECK;

#endif
