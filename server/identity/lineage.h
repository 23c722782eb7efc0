/* lineage - a certificate gets another version by hand: from a file, or an earlier one comes back. What shows it follows in the same commit:
   proved before by the swap's own checks; refused, nothing has changed. */
#ifndef IDENTITY_LINEAGE_H
#define IDENTITY_LINEAGE_H

#include "identity/identity.h"
#include "inventory/replace.h"

/* wish->replaces names the lineage; its hooks are set here. accepts: all but certificate and hostnames are read. Confirmed too late or never, the
   version that was shown comes back, and the lineage goes back to it. swap->steps_len 0: this server does not show it. A preview tells what would be in the differences of wish->replaces and in swap->steps. */
enum err identity_replace(struct identity *i, const struct actor *who, struct import_wish *wish, const struct swap_wish *accepts, struct arena *a,
                          struct findings *faults, struct import_result *out, struct swap_result *swap, struct error *e) MUST_CHECK;

struct return_wish { struct id certificate; int number; bool accept_expired, accept_revoked; struct swap_wish accepts; };
enum err identity_return_to(struct identity *i, const struct actor *who, const struct return_wish *wish, struct arena *a,
                            struct findings *faults, struct swap_result *swap, struct error *e) MUST_CHECK;

#endif
