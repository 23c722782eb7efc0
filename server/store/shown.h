/* shown - which version this server shows under which name, the changes of it, and who uses which lineage. */
#ifndef STORE_SHOWN_H
#define STORE_SHOWN_H

#include "store/store.h"

struct shown_row {
    const char *sni;               /* "" is the default */
    struct id certificate;         /* lineage; only read */
    int64_t version_n;
    int64_t previous_n;            /* 0: none */
};
struct shown {
    struct shown_row *at;
    size_t len;
};
enum err store_shown(const struct db *db, struct arena *a, struct shown *out, struct error *e) MUST_CHECK;
/* Replaces all rows, and what is "in use by" the web server. */
enum err store_shown_put(struct tx *tx, const struct shown *rows, const struct id *certificates, size_t certificates_len, struct error *e) MUST_CHECK;

struct swap_row {
    struct id id, asked_by;
    int64_t generation;
    const char *state;             /* "pending" "kept" "returned" */
    struct shown before, after;    /* sni and version_n only */
    int64_t at, confirm_by;        /* confirm_by 0: needs none */
    const char *reason;
};
/* ERR_CONFLICT when the generation is taken or another change is pending: somebody was quicker. */
enum err store_swap_add(struct tx *tx, const struct swap_row *row, struct error *e) MUST_CHECK;
enum err store_swap_last(const struct db *db, struct arena *a, struct swap_row *out, struct error *e) MUST_CHECK;      /* ERR_ABSENT: none yet */
enum err store_swap_settle(struct tx *tx, const struct id *id, const char *state, struct error *e) MUST_CHECK;        /* ERR_CONFLICT: not pending any more */

/* by: "web-server", "probe", "authority" */
enum err store_use_put(struct tx *tx, const char *by, const struct id *certificate, const char *note, struct error *e) MUST_CHECK;
enum err store_use_of(const struct db *db, const char *by, struct id *certificate, struct error *e) MUST_CHECK;
/* Does a certificate of this SHA-256 stand among the trusted roots? */
bool store_root_is_known(const struct db *db, struct bytes sha256);

#endif
