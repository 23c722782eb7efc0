/* app_open - what is opened, in which order, closed in reverse: one list. */
#ifndef APP_OPEN_H
#define APP_OPEN_H

#include <stdbool.h>

#include "app.h"
#include "base/config.h"
#include "base/error.h"

struct running;

/* without_network: everything but listeners, workers and the clock, for `signet init`. The first phase forks: no thread may run yet. */
enum err app_open(const struct config *config, bool without_network, struct running **out, struct error *e) MUST_CHECK;
void app_close(struct running *r, unsigned grace_ms);
struct app *app_of(struct running *r);
bool app_keeper_is_dead(const struct running *r);

#endif
