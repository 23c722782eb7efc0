/* readers - the pool of connections that look: opened at first need, each borrowed for one look, which is one snapshot. */
#ifndef STORE_READERS_H
#define STORE_READERS_H

#include "store/connection.h"

struct readers;

struct readers *readers_new(const char *path, unsigned max);
void readers_free(struct readers *r);                              /* all must be back */
enum err readers_take(struct readers *r, struct db **out, struct error *e) MUST_CHECK;   /* waits, 5 s at most */
void readers_give(struct readers *r, struct db *db);
void readers_rest(struct readers *r);                              /* gives back the page caches of those that are free */
unsigned readers_held(void);                                       /* by the calling thread */

#endif
