/* rows - a list in an arena that grows while a query walks. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"

/* The list with room for one more than len. */
static inline void *rows_room(struct arena *a, void *list, size_t *room, size_t len, size_t size)
{
    void *wider;

    if (len < *room)
        return list;
    *room = *room > 0 ? *room * 2 : 8;
    wider = arena_take(a, *room * size);
    if (len > 0)
        memcpy(wider, list, len * size);
    return wider;
}

#endif
