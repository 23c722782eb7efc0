/* random - the one source of randomness: getrandom(2). It never falls back; without entropy the process ends. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

void random_fill(void *at, size_t len);

#endif
