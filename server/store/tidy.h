/* tidy - rows whose time is over. At most 500 a call, so that nobody waits long for the writer. */
#ifndef STORE_TIDY_H
#define STORE_TIDY_H

#include "store/store.h"

/* Rows that expired before then; *gone: how many went. */
enum err store_tidy_sessions(struct tx *tx, int64_t before, int64_t *gone, struct error *e) MUST_CHECK;
enum err store_tidy_idempotency(struct tx *tx, int64_t before, int64_t *gone, struct error *e) MUST_CHECK;
enum err store_tidy_seen(struct tx *tx, int64_t before, int64_t *gone, struct error *e) MUST_CHECK;         /* last seen before */
enum err store_tidy_requests(struct tx *tx, int64_t before, int64_t *gone, struct error *e) MUST_CHECK;     /* settled before */

#endif
