/* fuzz - what every target has: the function that libFuzzer and replay.c call, and a word for what must hold of any input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);   /* 0 always; what must not be ends the process */

static inline void must(bool is_so)
{
    if (!is_so)
        abort();
}

#endif
