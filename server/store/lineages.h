/* lineages - what happens to a lineage as a whole: who uses it, put away, brought back, gone. */
#ifndef STORE_LINEAGES_H
#define STORE_LINEAGES_H

#include "store/certificates.h"

struct user_row {
    const char *by;                /* "web-server" "web-server-previous" "probe" "authority" "job" */
    const char *name;              /* of it: host name, authority, job; "" none */
    int version;                   /* that it uses; 0: whatever is current */
    struct id id;                  /* authority or job; none */
};
enum err store_users(const struct db *db, const struct lineage *of, const struct id *certificate, struct arena *a,
                     struct user_row **out, size_t *len, struct error *e) MUST_CHECK;

enum err store_lineage_archive(struct tx *tx, int64_t certificate_n, bool is_archived, struct error *e) MUST_CHECK;
enum err store_version_mark(struct tx *tx, int64_t version_n, unsigned bits, unsigned mask, struct error *e) MUST_CHECK;
/* Everything of it, and its private keys where no other lineage has them; the row of a key stays, without its secret. */
enum err store_lineage_end(struct tx *tx, int64_t certificate_n, const struct id *certificate, struct error *e) MUST_CHECK;

#endif
