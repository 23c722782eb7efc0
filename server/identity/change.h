/* change - one change of what the listener shows: proved, recorded, put on the wire. Shared by what selects, goes back and follows. */
#ifndef IDENTITY_CHANGE_H
#define IDENTITY_CHANGE_H

#include "identity/parts.h"

/* What will be recorded: the change, and what is shown after it. */
struct change {
    struct swap_row swap;
    struct id settles;             /* a pending change that this one ends; none: no such */
    struct id *certificates;       /* of swap.after: who is in use */
    size_t certificates_len;
    const char *act, *detail;
    struct id subject;
    /* A lineage that goes back with it, unless it has moved on meanwhile; none: no such. */
    struct { struct id certificate; int64_t from_n; int from, to; } returns;
};

enum err change_record(struct tx *tx, void *arg, struct error *e) MUST_CHECK;    /* on the writer; arg: the change */

struct shown_row *change_row(struct shown *rows, const char *sni);              /* NULL: no row of that name */
struct shown change_rows_after(const struct shown *before, const struct showing *s, const char *const *snis, size_t len, struct arena *a);
struct canary change_canary(const struct showing *s, const char *sni);
enum err change_prove(struct tls_identity *fresh, const struct showing *s, const char *const *snis, size_t len, struct error *e) MUST_CHECK;
void change_certificates(struct change *c, struct arena *a);                    /* fills certificates from swap.after */
const char *change_detail(const struct change *c, const char *name, struct arena *a);
/* Publish: after the record is on disk; what is pending is waited for from then on. Commit is both. Take *fresh. */
void change_publish(struct identity *i, const struct change *c, struct tls_identity **fresh, struct steps *steps);
enum err change_commit(struct identity *i, const struct actor *who, struct change *c, struct tls_identity **fresh, struct steps *steps, struct error *e) MUST_CHECK;
void change_result(const struct change *c, const struct steps *steps, struct swap_result *out);

static inline void tls_identity_drop(struct tls_identity **t)
{
    tls_identity_unref(*t);
}

#endif
