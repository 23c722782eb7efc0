/* sign - what authority and issue share: lint first, then the keeper's signature, then the whole object. */
#ifndef CA_SIGN_H
#define CA_SIGN_H

#include "ca/held.h"
#include "pki/tbs.h"
#include "store/crls.h"

/* A broken rule stops here: ERR_INVALID, with a journal row that names it. Warnings go to notes (may be NULL). */
enum err sign_lint(struct ca *ca, const struct actor *who, struct bytes tbs, struct arena *a, struct findings *notes, struct error *e) MUST_CHECK;
enum err sign_whole(struct ca *ca, const struct keeper_key *key, enum signed_shape shape, enum sig_alg alg, struct bytes tbs,
                    struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* An empty list of that authority; the number is at least the clock's, so that a restored copy never goes back. */
struct crl_wish { struct id authority; struct bytes name; const uint8_t *ski; const struct keeper_key *key; enum sig_alg alg; int64_t last_number, days; };
enum err sign_crl(struct ca *ca, const struct crl_wish *wish, int64_t now, struct arena *a, struct crl_row *out, struct error *e) MUST_CHECK;
int64_t sign_crl_days(struct ca *ca);      /* setting authority.crl_days */

#endif
