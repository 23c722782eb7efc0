/* rows - what the files of inventory/ share: a version's row made an item, and what a row says by the clock. */
#ifndef INVENTORY_ROWS_H
#define INVENTORY_ROWS_H

#include "inventory/inventory.h"
#include "store/certificates.h"
#include "store/settings.h"

enum { VERSION_HAS_KEY = 1 << 8, VERSION_ARCHIVED = 1 << 9 };     /* beside the flags of inventory.h; the sort indexes carry them */

enum status { STATUS_VALID, STATUS_EXPIRING, STATUS_EXPIRED, STATUS_NOT_YET, STATUS_REVOKED, STATUS_COUNT };
const char *status_text(enum status s);
bool status_parse(const char *text, enum status *out);
/* expiring_at: what ends before then is "expiring". A certificate is good in the second of its notAfter: RFC 5280, 4.1.2.5. */
enum status status_at(int64_t now, int64_t expiring_at, int64_t not_before, int64_t not_after, bool is_revoked);

struct moment { int64_t now, expiring_at; };
enum err moment_now(const struct db *db, struct moment *out, struct error *e) MUST_CHECK;
/* Everything but der, for all rows at once. out: room for len. */
enum err items_of(const struct db *db, const struct version_row *rows, size_t len, const struct moment *at, struct arena *a,
                  struct inventory_item *out, struct error *e) MUST_CHECK;

#endif
