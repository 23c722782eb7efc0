#include "pki/item.h"

void items_init(struct items *l, struct arena *a)
{
    *l = (struct items){ .arena = a };
}

enum err items_add(struct items *l, const struct item *item, struct error *e)
{
    struct item *more;

    if (l->len == ITEMS_MAX)
        return fail(e, ERR_INVALID, "more than %d certificates at once: split the file", ITEMS_MAX);
    if (l->len == l->room) {
        more = arena_take(l->arena, (l->room * 2 + 16) * sizeof(*more));
        if (l->len > 0)
            memcpy(more, l->at, l->len * sizeof(*more));
        l->at = more;
        l->room = l->room * 2 + 16;
    }
    l->at[l->len] = *item;
    if (item->name == NULL)
        l->at[l->len].name = "";
    l->len++;
    return ERR_NONE;
}
