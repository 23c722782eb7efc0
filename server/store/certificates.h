/* certificates - rows of lineages, their versions, and what hangs on them. */
#ifndef STORE_CERTIFICATES_H
#define STORE_CERTIFICATES_H

#include "store/store.h"

/* A version with its lineage, its issuer's name and what is said of it. Texts and bytes live in the arena it was read to. */
struct version_row {
    int64_t n, certificate_n;      /* numbers of the rows: never shown, not used again */
    struct id certificate, issuer, key, requested_by;
    const char *label, *store, *state, *common_name, *subject, *key_type, *profile, *source;    /* state: "good" "hold" "revoked" */
    struct bytes issuer_name;      /* Name, whole DER */
    struct bytes serial, spki_sha256, ski, sha1, sha256;
    int64_t not_before, not_after, issued_at;
    int number, versions;
    unsigned flags;                /* VERSION_* of inventory/ */
    bool is_current, is_issued;    /* the one that is used; by an authority of ours */
    bool has_key, is_exportable;   /* the sealed key is here; may leave */
    int64_t row_version;           /* of the lineage, for ETag and If-Match; grows with every change */
    bool is_archived;
    const char *owner, *notes, *account;
};

/* A fresh lineage. *version_n: the number that its first version must be added with. */
enum err store_certificate_add(struct tx *tx, const struct id *id, const char *label, int64_t *n, int64_t *version_n, struct error *e) MUST_CHECK;
/* What a lineage is when it gets a version: its current one, and the numbers that the next one takes. */
struct lineage { int64_t n, current, current_not_after, next_version_n, row_version; int next_number; const char *current_state; bool is_archived; };
enum err store_certificate_find(const struct db *db, const struct id *id, struct arena *a, struct lineage *out, struct error *e) MUST_CHECK;
/* What was current steps back with its names; version_n is current from now on. */
enum err store_certificate_advance(struct tx *tx, const struct lineage *from, int64_t version_n, bool is_added, struct error *e) MUST_CHECK;
enum err store_version_step_forward(struct tx *tx, int64_t version_n, struct error *e) MUST_CHECK;       /* current again: names are the caller's */
/* row->n, certificate_n and number are given. A thumbprint or serial that is there already: ERR_CONFLICT. */
enum err store_version_add(struct tx *tx, const struct version_row *row, struct bytes der, struct error *e) MUST_CHECK;
struct name_row { const char *text; bool is_ip; };
const char *store_name_key(const struct name_row *name, struct arena *a);          /* as the table has it */
enum err store_name_add(struct tx *tx, int64_t version_n, int place, const struct name_row *name, struct error *e) MUST_CHECK;

/* ERR_ABSENT when there is none, here and below. */
enum err store_version(const struct db *db, int64_t n, struct arena *a, struct version_row *out, struct error *e) MUST_CHECK;
enum err store_version_of(const struct db *db, const struct id *certificate, int number /* 0: current */, struct arena *a,
                          struct version_row *out, struct error *e) MUST_CHECK;
/* Newest first, 1000 at most. */
enum err store_versions(const struct db *db, const struct id *certificate, struct arena *a, struct version_row **out, size_t *len, struct error *e) MUST_CHECK;
enum err store_der(const struct db *db, int64_t version_n, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* Of a current version, in the order of the certificate. */
enum err store_names(const struct db *db, int64_t version_n, struct arena *a, struct name_row **out, size_t *len, struct error *e) MUST_CHECK;
enum err store_uses(const struct db *db, int64_t certificate_n, struct arena *a, const char *const **out, size_t *len, struct error *e) MUST_CHECK;

/* Who may have signed: the certificate of our authority of that id, then CA certificates with that key identifier. DER, newest end first. */
enum { ISSUERS_MAX = 8 };
enum err store_issuers_of(const struct db *db, const struct id *issuer, struct bytes key_identifier, struct arena *a,
                          struct bytes *out, size_t *len, struct error *e) MUST_CHECK;

/* The search text of a lineage: a row, and its trigrams once per batch, because each savepoint would cost a segment of the index. */
enum err store_text_put(struct tx *tx, int64_t certificate_n, const char *body, bool is_new, struct error *e) MUST_CHECK;
enum err store_text_drop(struct tx *tx, int64_t certificate_n, struct error *e) MUST_CHECK;      /* from the index; the row goes with the lineage */

#endif
