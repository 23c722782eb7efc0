/* journal - what happened: append only, numbered without gaps in commit order, each row chained to the one before by SHA-256.
   Audit page, History tab and Server-Sent Events are ways to read it. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "store/store.h"

struct notes { struct note *at; size_t len; };

/* The first `limit` rows after seq; what a client that was away has missed. */
enum err journal_after(const struct db *db, int64_t seq, unsigned limit, struct arena *a, struct notes *out, struct error *e) MUST_CHECK;
/* The last `limit` rows of one thing below seq `before` (0: the newest), newest first: its History. */
enum err journal_of(const struct db *db, const char *subject, const struct id *subject_id, int64_t before, unsigned limit,
                    struct arena *a, struct notes *out, struct error *e) MUST_CHECK;
enum err journal_last(const struct db *db, int64_t *seq, struct error *e) MUST_CHECK;          /* 0: empty */
/* Walks rows after seq (0: from the start), whose hash must follow from what stands before; *last: how far it holds.
   A row changed, missing or put in: ERR_CONFLICT, and the sentence says which. */
enum err journal_verify(const struct db *db, int64_t after, int64_t *last, struct error *e) MUST_CHECK;

#endif
