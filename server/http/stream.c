#include "http/stream.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/own.h"

enum { RING = 1024, PER_PRINCIPAL = 3, TEXT_MAX = 64 * 1024, CATCH_UP_MAX = 4 * 1024 * 1024 };

struct event {
    int64_t seq;
    uint64_t rights;
    struct bytes text;             /* owned; "id:", "event:", "data:" and the empty line */
};
struct streams {
    pthread_mutex_t lock;          /* guards all below, and every reader */
    struct event ring[RING];
    uint64_t head;                 /* events ever published; the next goes to ring[head % RING] */
    struct stream *readers;
    unsigned expected;             /* readers that are about to be opened */
    bool has_ended;
};
struct stream {
    struct streams *of;
    struct stream *next, *before;
    struct id who;
    char name[64];
    uint64_t rights;
    int64_t after_seq;
    uint64_t at;                   /* the next of the ring to look at */
    struct buf pending;            /* formatted, not yet handed out from `sent` on */
    size_t sent;
    bool is_asleep, has_ended;
    void (*wake)(void *ctx);
    void *ctx;
};

struct streams *streams_new(void)
{
    struct streams *s = own_alloc(sizeof(*s));

    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void streams_free(struct streams *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < RING; i++)
        free((void *)s->ring[i].text.at);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* With the lock held. */
static void wake(struct stream *r)
{
    if (!r->is_asleep)
        return;
    r->is_asleep = false;
    if (r->wake != NULL)
        r->wake(r->ctx);
}

static void wake_all(struct streams *s)
{
    for (struct stream *r = s->readers; r != NULL; r = r->next)
        wake(r);
}

void streams_end(struct streams *s)
{
    pthread_mutex_lock(&s->lock);
    s->has_ended = true;
    wake_all(s);
    pthread_mutex_unlock(&s->lock);
}

void streams_end_of(struct streams *s, const struct id *who)
{
    pthread_mutex_lock(&s->lock);
    for (struct stream *r = s->readers; r != NULL; r = r->next) {
        if (id_equal(&r->who, who)) {
            r->has_ended = true;
            wake(r);
        }
    }
    pthread_mutex_unlock(&s->lock);
}

/* One line of data each line of text; a CR would end a line too (HTML, 9.2.6). */
static void add_data(struct buf *b, const char *text)
{
    for (;;) {
        size_t len = strcspn(text, "\r\n");

        buf_text(b, "data: ");
        buf_add(b, text, len);
        buf_byte(b, '\n');
        if (text[len] == '\0')
            return;
        text += len + 1;
    }
}

void streams_publish(struct streams *s, int64_t seq, const char *event, const char *text, uint64_t rights)
{
    struct buf b;
    struct event *slot;
    const void *old;

    buf_init(&b, TEXT_MAX);
    buf_room(&b, strlen(text) + 128);
    buf_printf(&b, "id: %" PRId64 "\nevent: %s\n", seq, event);
    add_data(&b, text);
    buf_byte(&b, '\n');
    if (b.is_over) {
        buf_done(&b);
        return;
    }

    pthread_mutex_lock(&s->lock);
    slot = &s->ring[s->head % RING];
    old = slot->text.at;
    *slot = (struct event){ seq, rights, buf_bytes(&b) };
    s->head++;
    wake_all(s);
    pthread_mutex_unlock(&s->lock);
    free((void *)old);
}

bool streams_are_wanted(struct streams *s)
{
    bool are_wanted;

    pthread_mutex_lock(&s->lock);
    are_wanted = s->readers != NULL || s->expected > 0;
    pthread_mutex_unlock(&s->lock);
    return are_wanted;
}

void streams_expect(struct streams *s)
{
    pthread_mutex_lock(&s->lock);
    s->expected++;
    pthread_mutex_unlock(&s->lock);
}

void streams_expect_no_more(struct streams *s)
{
    pthread_mutex_lock(&s->lock);
    s->expected--;
    pthread_mutex_unlock(&s->lock);
}

static bool is_of(const struct stream *r, const struct actor *who)
{
    return id_equal(&r->who, &who->id) && strcmp(r->name, who->name) == 0;
}

/* With the lock held: the first of the ring that the reader has not seen. When that is the oldest of a full ring, what it has not
   seen may have left already: it begins one earlier, which is too late by the rule of refill. */
static uint64_t begin_at(const struct streams *s, int64_t after_seq)
{
    uint64_t oldest = s->head > RING ? s->head - RING : 0;
    uint64_t at = oldest;

    while (at < s->head && s->ring[at % RING].seq <= after_seq)
        at++;
    return at == oldest && oldest > 0 ? oldest - 1 : at;
}

enum err stream_open(struct streams *s, const struct actor *who, const char *catch_up, int64_t after_seq, struct stream **out, struct error *e)
{
    struct stream *r = own_alloc(sizeof(*r));
    unsigned held = 0;

    r->of = s;
    r->who = who->id;
    r->rights = who->rights;
    r->after_seq = after_seq;
    memcpy(r->name, who->name, sizeof(r->name));
    r->name[sizeof(r->name) - 1] = '\0';
    buf_init(&r->pending, CATCH_UP_MAX);
    buf_text(&r->pending, catch_up != NULL && catch_up[0] != '\0' ? catch_up : ": hello\n\n");

    pthread_mutex_lock(&s->lock);
    for (struct stream *other = s->readers; other != NULL; other = other->next)
        held += is_of(other, who) ? 1 : 0;
    if (held < PER_PRINCIPAL && !s->has_ended) {
        r->at = begin_at(s, after_seq);
        r->next = s->readers;
        if (r->next != NULL)
            r->next->before = r;
        s->readers = r;
        pthread_mutex_unlock(&s->lock);
        *out = r;
        return ERR_NONE;
    }
    pthread_mutex_unlock(&s->lock);
    buf_done(&r->pending);
    free(r);
    return fail(e, ERR_LIMIT, "%s has %d event streams open already: close one first", who->name, PER_PRINCIPAL);
}

void stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->of->lock);
    if (s->before != NULL)
        s->before->next = s->next;
    else
        s->of->readers = s->next;
    if (s->next != NULL)
        s->next->before = s->before;
    pthread_mutex_unlock(&s->of->lock);
    buf_done(&s->pending);
    free(s);
}

void stream_attach(struct stream *s, void (*wake)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&s->of->lock);
    s->wake = wake;
    s->ctx = ctx;
    pthread_mutex_unlock(&s->of->lock);
}

/* With the lock held: moves what is due from the ring into `pending`, an event at a time. */
static void refill(struct stream *s)
{
    struct streams *of = s->of;

    if (of->head > RING && s->at < of->head - RING) {
        s->at = of->head;
        buf_text(&s->pending, "event: reset\ndata: {}\n\n");   /* too slow: the page loads its lists again */
    }
    while (s->pending.len == 0 && s->at < of->head) {
        const struct event *event = &of->ring[s->at++ % RING];

        if (event->seq > s->after_seq && (event->rights & s->rights) != 0)
            buf_add(&s->pending, event->text.at, event->text.len);
    }
}

ssize_t stream_read(struct stream *s, char *out, size_t room)
{
    ssize_t got;

    pthread_mutex_lock(&s->of->lock);
    if (s->sent == s->pending.len && !s->has_ended) {
        buf_done(&s->pending);
        s->sent = 0;
        refill(s);
    }
    if (s->has_ended) {
        got = STREAM_ENDS;
    } else if (s->pending.len > s->sent) {
        size_t len = s->pending.len - s->sent;

        len = len < room ? len : room;
        memcpy(out, s->pending.at + s->sent, len);
        s->sent += len;
        got = (ssize_t)len;
    } else {
        got = s->of->has_ended ? STREAM_ENDS : STREAM_SLEEPS;
        s->is_asleep = got == STREAM_SLEEPS;
    }
    pthread_mutex_unlock(&s->of->lock);
    return got;
}

bool stream_is_awake(struct stream *s)
{
    bool is_awake;

    pthread_mutex_lock(&s->of->lock);
    is_awake = !s->is_asleep;
    pthread_mutex_unlock(&s->of->lock);
    return is_awake;
}

void stream_comment(struct stream *s)
{
    pthread_mutex_lock(&s->of->lock);
    if (s->sent == s->pending.len) {
        buf_done(&s->pending);
        s->sent = 0;
        buf_text(&s->pending, ":\n\n");
    }
    s->is_asleep = false;
    pthread_mutex_unlock(&s->of->lock);
}
