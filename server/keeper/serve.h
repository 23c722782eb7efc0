/* serve - the life of the keeper's process, from the fork to the end of its sockets. */
#ifndef KEEPER_SERVE_H
#define KEEPER_SERVE_H

#include "keeper/keeper.h"

/* Three kinds of channel, each with threads of its own, so that nothing waits behind what is slower than it. */
enum lane { LANE_HAND, LANE_WORK, LANE_SLOW, LANE_COUNT };

enum { SERVE_CHANNELS = 128 };
struct serve_start {
    const struct keeper_options *how;
    int life;                          /* says how the start went, and ends the process when it closes */
    size_t len;
    struct { int fd; enum lane lane; } at[SERVE_CHANNELS];
};

_Noreturn void serve(const struct serve_start *start);

#endif
