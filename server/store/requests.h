/* requests - rows of what waits to be signed here, or to be completed with what another authority made. */
#ifndef STORE_REQUESTS_H
#define STORE_REQUESTS_H

#include "store/store.h"

struct request_row {
    struct id id;
    const char *kind;              /* "sign" "external" */
    const char *state;             /* "pending" "issued" "denied" "withdrawn" */
    struct bytes body;             /* PKCS#10, DER; only from store_request */
    const char *subject, *key_type;
    struct bytes spki_sha256;
    struct id key;                 /* external: the key that waits */
    const char *common_name;
    const char *dns_names, *ip_addresses;      /* a line each */
    const char *profile, *label, *comment;
    struct id issuer;              /* none: the default */
    int64_t valid_days;            /* 0: the profile's */
    struct id asked_by;
    const char *asked_by_name;
    int64_t asked_at;
    const char *settled_by_name, *reason;
    int64_t settled_at;
    struct id certificate;         /* what came of it */
    int number;
    int64_t version;
};
enum err store_request_add(struct tx *tx, const struct request_row *row, struct error *e) MUST_CHECK;
enum err store_request(const struct db *db, const struct id *id, struct arena *a, struct request_row *out, struct error *e) MUST_CHECK;
/* Newest first, below id `before` (none: from the newest on), in one state or in any (NULL). */
enum err store_request_page(const struct db *db, const char *state, const struct id *before, unsigned limit, struct arena *a,
                            struct request_row **out, size_t *len, struct error *e) MUST_CHECK;

struct request_waiting { struct id id; const char *kind, *label; struct bytes body; };
/* Of those with that public key, the newest first. */
enum { REQUESTS_WAITING_MAX = 8 };
enum err store_request_waiting(const struct db *db, struct bytes spki_sha256, struct arena *a, struct request_waiting *out, size_t *len,
                               struct error *e) MUST_CHECK;
enum err store_request_count_of(const struct db *db, const struct id *asked_by, int64_t *out, struct error *e) MUST_CHECK;

struct request_end { const char *state, *reason; struct id certificate; int number; };
/* From pending to its end, by whom the unit of work is. Already settled: ERR_CONFLICT. */
enum err store_request_settle(struct tx *tx, const struct id *id, const struct request_end *end, struct error *e) MUST_CHECK;
enum err store_request_forget_key(struct tx *tx, const struct id *key, struct error *e) MUST_CHECK;

#endif
