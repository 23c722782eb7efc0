/* cursor - where a list goes on, unreadable to the outside: bound to its question and sort order, with a MAC of this database. */
#ifndef INVENTORY_CURSOR_H
#define INVENTORY_CURSOR_H

#include "inventory/inventory.h"
#include "store/walk.h"

const char *cursor_write(struct store *store, const struct inventory_ask *ask, enum walk_order order, const struct walk_row *last, struct arena *a);
/* ask->cursor; NULL or "" begins at the start. Anything else than what cursor_write made of the same question: ERR_INVALID at "/cursor". */
enum err cursor_read(struct store *store, const struct inventory_ask *ask, enum walk_order order, struct arena *a, struct walk_from *out, struct error *e) MUST_CHECK;

#endif
