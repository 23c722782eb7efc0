#include "base/actor.h"

#include <stdio.h>

struct actor actor_clock(const char *job)
{
    struct actor who = { .kind = ACTOR_CLOCK, .rights = UINT64_MAX, .if_match = -1, .source = "clock" };

    snprintf(who.name, sizeof(who.name), "clock: %s", job);
    who.request_id = id_new();
    return who;
}
