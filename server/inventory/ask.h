/* ask - a question of a list made a plan: its words parsed, its order and place known, and what the actor may see. */
#ifndef INVENTORY_ASK_H
#define INVENTORY_ASK_H

#include "inventory/plan.h"

enum err ask_plan(struct store *store, const struct actor *who, const struct inventory_ask *ask, const struct db *db, struct arena *a,
                  struct plan *plan, struct error *e) MUST_CHECK;

#endif
