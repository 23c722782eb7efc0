/* lineage - a certificate as a whole: who uses it, which protects it; put away and brought back; gone. */
#ifndef INVENTORY_LINEAGE_H
#define INVENTORY_LINEAGE_H

#include "base/findings.h"
#include "inventory/inventory.h"

/* One that would miss it. Computed from what is shown, issued by and queued now. */
struct user {
    const char *by;                /* "web-server" "web-server-previous" "probe" "authority" "job" */
    const char *name;              /* "" none */
    int version;                   /* 0: whatever is current */
    struct id id;                  /* authority or job; none */
    const char *text;              /* one sentence: who, and what to do to be rid of it */
};
struct users { struct user *at; size_t len; };
enum err inventory_users(const struct db *db, const struct id *certificate, struct arena *a, struct users *out, struct error *e) MUST_CHECK;

/* In use: ERR_CONFLICT kind "in-use", every user in *users and, as a sentence, in faults. Archived already, or not: nothing happens. */
enum err inventory_archive(struct store *store, const struct actor *who, const struct id *certificate, bool is_archived, struct arena *a,
                           struct users *users, struct findings *faults, struct error *e) MUST_CHECK;
/* Only what is archived, or what is called by its name; its private key is destroyed unless another certificate has it. For ever. */
enum err inventory_delete(struct store *store, const struct actor *who, const struct id *certificate, const char *name /* NULL: archived only */,
                          struct arena *a, struct users *users, struct findings *faults, struct error *e) MUST_CHECK;

#endif
