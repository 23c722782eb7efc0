/* save - an answer that is a file becomes one. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include "base/bytes.h"

/* "-" is standard output. A file with a key is ours alone from its first byte on; an existing one is not overwritten. Returns the exit code. */
int cli_save(const char *path, struct bytes body);

#endif
