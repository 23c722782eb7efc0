/* exchange - one request and its answer, from the first byte of its line to the last of its body.
   The network thread owns it, lends it to a worker while it is QUEUED, and gets it back by its mailbox. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/buf.h"
#include "http/conn.h"
#include "http/framing.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/target.h"

enum state { STATE_NEW, STATE_BODY, STATE_DISCARD, STATE_QUEUED, STATE_ANSWERED, STATE_SENT };
struct exchange {
    struct request rq;             /* first: handlers see only this */
    struct reply reply;
    struct MHD_Connection *mhd;
    enum state state;
    const char *version;
    struct header *headers;
    size_t headers_len;
    const char *last_end;          /* where the last header's value ended in the library's buffer */
    struct framing framing;
    struct target target;
    struct match match;
    struct buf body;
    size_t body_max, discarded;
    struct error *refusal;         /* decided before the body was read, in the arena: answered after it */
    struct exchange *next;         /* of the worker's queue, then of the mailbox */
    struct exchange *next_stream;
    struct stream *stream;         /* being fed */
    int64_t spoke_ms;              /* when the stream last said something */
};

/* The library's callbacks. */
void *exchange_new(void *net, const char *target, struct MHD_Connection *mhd);
enum MHD_Result exchange_handle(void *net, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                const char *upload, size_t *upload_len, void **context);
void exchange_over(void *net, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode why);
void exchange_free(struct exchange *x);

/* On a worker, or on the network thread for QUICK routes: from "who is it" to the answer. */
void exchange_work(struct exchange *x);
/* The surface's no, or ours where there is none. */
void exchange_refuse(struct exchange *x, const struct error *e);

/* Gives it its id, once: the journal and the answer tell it. What is answered from memory mostly needs none. */
void exchange_name(struct exchange *x);
/* begin.c: reads the head. ERR_NONE, or the refusal in *e; *is_fatal when the rest of the connection cannot be trusted. */
enum err exchange_begin(struct exchange *x, const char *method, bool *is_fatal, struct error *e) MUST_CHECK;
/* doors.c: who is it, is it our own page that asks, may it, was the password given lately. */
enum err doors_pass(struct exchange *x, struct error *e) MUST_CHECK;
/* body.c: JSON, checked by the route's shape. */
enum err body_read(struct exchange *x, struct error *e) MUST_CHECK;
/* feed.c: a stream as the body of an answer. */
struct MHD_Response *feed_build(struct exchange *x);
void feed_end(struct exchange *x);
/* Of all streams of a thread: those with something to say go on; those silent for long say a comment. */
void feed_look(struct net *n, int64_t now_ms);

#endif
