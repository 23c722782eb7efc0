/* detail - the JSON of journal notes: made by hand, before the write; values are escaped here. */
#ifndef BASE_DETAIL_H
#define BASE_DETAIL_H

#include "base/arena.h"

/* A JSON string with its quotes, from clean UTF-8. */
const char *detail_quote(struct arena *a, const char *text);

#endif
