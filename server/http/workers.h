/* workers - the threads that run handlers, and two more for what is HEAVY (password hashing, derivations), behind all others: sixteen
   logins never hold up a list, and exports no handshake. */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include <stdbool.h>

#include "base/error.h"

struct exchange;
struct workers;

enum err workers_open(unsigned threads, struct workers **out, struct error *e) MUST_CHECK;
/* False when the lane is full: answer 503. */
bool workers_push(struct workers *w, struct exchange *x, bool is_heavy);
unsigned workers_queued(struct workers *w);
/* What is queued is refused, what runs is waited for. */
void workers_stop(struct workers *w);
void workers_free(struct workers *w);

#endif
