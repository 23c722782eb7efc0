/* describe - what people say of a certificate: its name, whose it is, tags, notes, the account on its host. It goes into the search text and stays from version to version. */
#ifndef INVENTORY_DESCRIBE_H
#define INVENTORY_DESCRIBE_H

#include "base/findings.h"
#include "inventory/inventory.h"

enum { LABEL_MAX = 128, OWNER_MAX = 128, TAG_MAX = 64, NOTES_MAX = 8000, ACCOUNT_MAX = 128 };
struct description {
    const char *label, *owner, *notes;             /* NULL: stays */
    const char *account;                           /* of the host where it lives: NT SERVICE\…, a Unix user or group */
    const char *const *tags; size_t tags_len;      /* with sets_tags all of them, else more of them */
    const char *const *untags; size_t untags_len;
    bool sets_tags;
};
/* Every fault with its pointer: /label, /owner, /notes, /account, /tags/N. If-Match of the actor holds. */
enum err inventory_describe(struct store *store, const struct actor *who, const struct id *certificate, const struct description *wish,
                            struct findings *faults, struct error *e) MUST_CHECK;

/* Nothing, or a name that goes into a script as it is: else a fault at /account. */
void description_check_account(const char *text, struct findings *faults);

/* The search text of a fresh version, with what people said in the one before. */
const char *description_kept(struct arena *a, const char *head, const char *before);

#endif
