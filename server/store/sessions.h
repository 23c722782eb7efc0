/* sessions - who is signed in. Only the SHA-256 of the cookie is kept. */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "store/store.h"

struct session_row {
    struct bytes lookup;           /* SHA-256 of the cookie */
    struct id principal;
    int64_t created_at, seen_at, expires_at, proved_at;
    const char *source, *agent;    /* only read by store_session_add */
};
enum err store_session_add(struct tx *tx, const struct session_row *row, struct error *e) MUST_CHECK;      /* created, seen and proved now */
enum err store_session_seen(struct tx *tx, struct bytes lookup, int64_t at, struct error *e) MUST_CHECK;
enum err store_session_proved(struct tx *tx, struct bytes lookup, struct error *e) MUST_CHECK;             /* ERR_ABSENT when it has ended */
enum err store_session_end(struct tx *tx, struct bytes lookup, struct error *e) MUST_CHECK;
enum err store_session_end_of(struct tx *tx, const struct id *principal, struct error *e) MUST_CHECK;
enum err store_session_tidy(struct tx *tx, int64_t idle_before, struct error *e) MUST_CHECK;
enum err store_sessions(const struct db *db, int64_t now, struct arena *a, struct session_row **out, size_t *len, struct error *e) MUST_CHECK;

#endif
