/* tally - counts that are kept, not counted: how many current versions end on a day, and how many have each value of a facet. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "store/store.h"

/* How many current versions end on a day since 1970, as the counts of `tally` have it, without the revoked ones. The caller bounds the days. */
struct day_row { int64_t day, count; };
enum err store_tally_days(const struct db *db, int64_t from, int64_t to, struct arena *a, struct day_row **out, size_t *len, struct error *e) MUST_CHECK;
/* facet: "expiry" counts all stores, "personal/expiry" one of them. Given are days, in any order; counted is what ends before and on each, and all. */
enum { ENDS_MAX = 8 };
struct ends_at { int64_t day, before, on; };
struct ends { struct ends_at at[ENDS_MAX]; size_t len; int64_t good, revoked; };
enum err store_tally_ends(const struct db *db, const char *facet, struct ends *out, struct error *e) MUST_CHECK;
/* Current versions, not revoked, that end within [from, to). */
enum err store_ending(const struct db *db, const char *store /* NULL: all */, int64_t from, int64_t to, int64_t *out, struct error *e) MUST_CHECK;
/* The values of a facet of a store, such as "personal/key" or "personal/tag"; the most first. */
struct value_row { const char *value; int64_t count; };
enum err store_tally_values(const struct db *db, const char *facet, unsigned limit, struct arena *a, struct value_row **out, size_t *len, struct error *e) MUST_CHECK;

#endif
