/* stream - an answer without end (Server-Sent Events): one ring of the last 1,024 events, many readers that sleep without cost. */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/actor.h"

struct stream;      /* one reader */
struct streams;     /* the ring and its readers */

struct streams *streams_new(void);
void streams_free(struct streams *s);                                     /* after streams_end, and after the server is closed */
void streams_end(struct streams *s);                                      /* every reader's answer ends */
/* Those of one principal: what it may hear has changed. A browser comes back by itself, with the id it heard last. */
void streams_end_of(struct streams *s, const struct id *who);
/* Any thread. text: the event's "data:" line content; rights: a reader needs one of them to see it (bits). Copies. */
void streams_publish(struct streams *s, int64_t seq, const char *event, const char *text, uint64_t rights);
/* Whether anybody listens or is about to: if not, an event need not be made. A reader is expected from before it looks for what it
   missed until it is open, so that what happens between is in the ring. */
bool streams_are_wanted(struct streams *s);
void streams_expect(struct streams *s);
void streams_expect_no_more(struct streams *s);
/* A reader that first gets `catch_up` (ready event text, may be NULL), then what is published after `after_seq`. ERR_LIMIT over 3 per principal. */
enum err stream_open(struct streams *s, const struct actor *who, const char *catch_up, int64_t after_seq, struct stream **out, struct error *e) MUST_CHECK;
void stream_free(struct stream *s);                                       /* when it was not handed to reply_stream */

/* For the network thread that feeds the reader's connection. */
enum { STREAM_SLEEPS = 0, STREAM_ENDS = -1 };
/* `wake` is called from any thread, with the ring's lock held, when a sleeping reader has something: it must only set a flag. */
void stream_attach(struct stream *s, void (*wake)(void *ctx), void *ctx);
ssize_t stream_read(struct stream *s, char *out, size_t room);            /* bytes, STREAM_SLEEPS or STREAM_ENDS */
bool stream_is_awake(struct stream *s);
void stream_comment(struct stream *s);                                    /* a line that says nothing: the peer's death comes out */

#endif
