/* ask - a question of a list made a plan: its words parsed, its order and place known, and what the actor may see. */
#ifndef INVENTORY_ASK_H
#define INVENTORY_ASK_H

#include "inventory/plan.h"

enum err ask_plan(struct store *store, const struct actor *who, const struct inventory_ask *ask, const struct db *db, struct arena *a,
                  struct plan *plan, struct error *e) MUST_CHECK;
/* For counts: all rows of the plan with all that the index has of them, a bounded way. has_more: there are at least these. */
enum err ask_rows(struct plan *plan, struct arena *a, struct planned *out, struct error *e) MUST_CHECK;

#endif
