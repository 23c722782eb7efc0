/* inventory - lineages, their versions, and what is known of them: adding, showing, listing, counting. */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include "pki/cert.h"
#include "store/store.h"

/* One version to record. Everything is decided before; the function only writes. */
struct version_add {
    struct id certificate;         /* existing lineage, or a fresh id with is_new */
    bool is_new;
    const char *label;
    const char *store;             /* "personal" "root" "intermediate" "untrusted" */
    const char *source;            /* "rest" "setup" "cli" "renewal" "import" */
    const char *profile;           /* slug; "" none */
    struct cert cert;
    struct id issuer;              /* issuer.id; self-signed: its own row */
    bool is_issued;                /* by an authority of ours */
    struct id key;                 /* key.id; none when the key is elsewhere */
    struct id requested_by;
    unsigned flags;                /* VERSION_* */
};
enum { VERSION_SELF_SIGNED = 1 << 0, VERSION_FLAGGED = 1 << 1, VERSION_AUTHORITY = 1 << 2 };
/* Row, names, search text, tallies, the 'follow' job of every use. *n: version.n; *number: 1, 2, ... */
enum err inventory_add_version(struct tx *tx, const struct version_add *add, int64_t *n, int *number, struct error *e) MUST_CHECK;
/* Another version that is there becomes the current one; whoever uses the lineage follows. seen_n: version.n that was current when it was
   decided; another by now: ERR_CONFLICT "stale". */
enum err inventory_make_current(struct tx *tx, const struct id *certificate, int number, int64_t seen_n, struct error *e) MUST_CHECK;

struct inventory_item {            /* of the current version, or of the one asked for */
    int64_t n;                     /* version.n */
    struct id id, issuer_id, key_id;
    const char *owner, *notes;
    const char *account;           /* of the host where it lives: who uses the key there */
    const char *const *tags; size_t tags_len;
    const char *label, *subject, *common_name, *issuer_text, *key_type, *status, *source, *store, *profile;
    const char *const *dns_names; size_t dns_len;
    const char *const *ip_addresses; size_t ip_len;
    struct bytes serial, sha1, sha256, der;      /* der only from inventory_show */
    int64_t not_before, not_after, issued_at;
    bool has_private_key, is_exportable, is_self_signed, is_current, is_issued, is_archived, is_authority;
    int number;                    /* version */
    int versions;                  /* how many there are */
    int64_t row_version;           /* for ETag and If-Match */
    const char *const *used_by; size_t used_by_len;    /* "web-server", "authority" ... */
};
/* status: "valid" "expiring" (within the setting certificates.expiring_days) "expired" "not-yet-valid" "revoked", by the clock. */
enum err inventory_show(const struct db *db, const struct id *certificate, int number /* 0: current */, struct arena *a, struct inventory_item *out, struct error *e) MUST_CHECK;
enum err inventory_versions(const struct db *db, const struct id *certificate, struct arena *a, struct inventory_item **out, size_t *len, struct error *e) MUST_CHECK;
enum err inventory_by_version(const struct db *db, int64_t n, struct arena *a, struct inventory_item *out, struct error *e) MUST_CHECK;
/* Leaf first, then issuers as far as they are known; the root last, only when asked for. */
enum err inventory_chain(const struct db *db, int64_t version_n, bool with_root, struct arena *a, struct bytes **out, size_t *len, struct error *e) MUST_CHECK;
/* Of a certificate that is not stored: with its root; `more` are candidates beside those that are. */
enum err inventory_chain_of(const struct db *db, const struct cert *leaf, const struct bytes *more, size_t more_len, struct arena *a,
                            struct bytes **out, size_t *len, struct error *e) MUST_CHECK;

/* Rows are shown by the right of this number (RIGHT_READ of access/rights.h, a brother of this floor; a test holds them equal):
   on everything, or on their authority or certificate. */
enum { INVENTORY_RIGHT_READ = 4 };
struct inventory_ask {
    const char *q;                 /* search box: names (trigram), serial or thumbprint (prefix, any separators) */
    const char *filter;            /* "status:valid expires<30d issuer:\"Lab CA\" key:ec-p256 has:key is:self-signed source:rest store:personal san:*.lan serial:0a1b -status:expired words"; more words in filter.c */
    const char *sort;              /* "not_after" "-not_after" "common_name" "-common_name" "created" "-created"; default "-created" */
    unsigned limit;                /* 1..500, default 100 */
    const char *cursor;            /* opaque, MACed; bad one: ERR_INVALID at "/cursor" */
};
struct inventory_page { struct inventory_item *items; size_t len; const char *next_cursor; /* NULL: the end */ };
enum err inventory_list(struct store *store, const struct actor *who, const struct inventory_ask *ask, struct arena *a, struct inventory_page *out, struct error *e) MUST_CHECK;

/* Each current version that the actor may see counts once, by its end and whether it is revoked; the four add up to the total. Who sees all has
   the counts that follow the rows, quick at any size; who sees some has counts of their rows, a bounded way: not is_exact means that there are at
   least so many. */
struct inventory_counts { int64_t valid, expiring, expired, revoked, total; bool is_exact; };
enum err inventory_count(struct store *store, const struct actor *who, struct arena *a, struct inventory_counts *out, struct error *e) MUST_CHECK;
/* How many of those end on which day, the revoked left out; counted in the same two ways. Days since 1970, both ends included; TIMELINE_DAYS_MAX. */
enum { TIMELINE_DAYS_MAX = 36600 };
struct inventory_day { int64_t day, count; };
struct inventory_days { struct inventory_day *at; size_t len; bool is_exact; };
enum err inventory_timeline(struct store *store, const struct actor *who, int64_t from_day, int64_t to_day, struct arena *a,
                            struct inventory_days *out, struct error *e) MUST_CHECK;
/* The values that the certificates of a store have, with how many there are of each, the most first. Of a whole store from counts that follow
   the rows; of those that q and filter leave, or that the actor may see, from the rows, as above.
   filter of a value: what narrows a list to it. */
struct inventory_value { const char *value, *label, *filter; int64_t count; };
struct inventory_facet { const char *name; struct inventory_value *values; size_t len; };
struct inventory_facets { struct inventory_facet *at; size_t len; bool is_exact; };
struct inventory_facet_ask { const char *store; const char *q, *filter; };
enum err inventory_facets(struct store *store, const struct actor *who, const struct inventory_facet_ask *ask, struct arena *a,
                          struct inventory_facets *out, struct error *e) MUST_CHECK;

#endif
