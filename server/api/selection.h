/* selection - the certificates that a request means: by their ids, or by a question as the list knows it. */
#ifndef API_SELECTION_H
#define API_SELECTION_H

#include "api/api.h"
#include "inventory/inventory.h"

enum { SELECTED_MAX = 10000, SELECTED_IDS_MAX = 1000 };
struct selection { struct inventory_item *at; size_t len; };

/* Members ids[], or q, filter and sort. Only what the caller may read; more than `most`: ERR_INVALID. The items are in the arena, without their DER. */
enum err selection_read(struct app *app, struct request *rq, size_t most, struct selection *out, struct error *e) MUST_CHECK;
#define SELECTION_MEMBERS \
    { .name = "ids", .kind = SHAPE_TEXTS, .max = SELECTED_IDS_MAX }, \
    { .name = "q", .kind = SHAPE_TEXT, .max = 1000 }, \
    { .name = "filter", .kind = SHAPE_TEXT, .max = 1000 }, \
    { .name = "sort", .kind = SHAPE_TEXT, .max = 32 }

#endif
