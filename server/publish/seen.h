/* seen - what the probe listener has seen, until it is written. Strangers fill it from network threads, so it is small, keeps quiet about
   repeats, takes only so much a minute and never waits: a thread of its own writes. What does not fit is forgotten; it will be seen again. */
#ifndef PUBLISH_SEEN_H
#define PUBLISH_SEEN_H

#include "store/store.h"

enum { SEEN_SLOTS = 256, SEEN_EACH_ADDRESS = 4 /* programs an hour */, SEEN_EACH_MINUTE = 60, SEEN_QUIET_SEC = 600 };

struct seen;
enum err seen_open(struct store *store, struct seen **out, struct error *e) MUST_CHECK;
void seen_close(struct seen *s);                       /* NULL is fine; what is not written yet is forgotten */
/* Any thread. agent: the header as it came, or NULL. False: a repeat, or too much. */
bool seen_note(struct seen *s, const char *address, const char *agent, int64_t now);

#endif
