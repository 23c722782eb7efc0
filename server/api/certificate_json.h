/* certificate_json - a certificate as the REST interface tells it. Written straight to text: every issuance and every list row passes here. */
#ifndef API_CERTIFICATE_JSON_H
#define API_CERTIFICATE_JSON_H

#include "base/buf.h"
#include "base/findings.h"
#include "inventory/inventory.h"

enum { CERTIFICATE_JSON_MAX = 1024 * 1024 };

/* pem: leaf, then issuers, root left out; NULL: the member is left out, as in lists. warnings: NULL none. */
void certificate_json(struct buf *out, const struct inventory_item *item, const char *pem, const struct findings *warnings);
/* PEM blocks one after the other. */
const char *certificate_pem(struct arena *a, const struct bytes *chain, size_t len);

#endif
