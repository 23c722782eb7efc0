/* events - /api/v1/events: the journal as Server-Sent Events. A reader that was away is told what it missed, if that is not too much. */
#include "api/api.h"
#include "api/tables.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "http/stream.h"
#include "store/journal.h"

enum { MISSED_MOST = 1000, EVENT_MOST = 64 * 1024, CATCH_UP_MOST = 4 * 1024 * 1024 };

/* Who may hear of it: whoever may see the thing. */
static uint64_t rights_for(const char *act)
{
    static const struct { const char *begins; enum right right; } rows[] = {
        { "session.", RIGHT_ACCESS }, { "user.", RIGHT_ACCESS }, { "token.", RIGHT_ACCESS }, { "setting.", RIGHT_SETTINGS },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (text_starts(act, rows[i].begins))
            return RIGHT_BIT(rows[i].right);
    return RIGHT_BIT(RIGHT_READ);
}

/* By hand: this runs on the writer thread for each commit. */
static void add_quoted(struct buf *b, const char *text)
{
    bool is_clean = text_is_utf8(bytes_text(text));

    buf_byte(b, '"');
    for (;;) {
        size_t plain = 0;
        unsigned char c;

        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\' && (is_clean || (unsigned char)text[plain] < 0x80))
            plain++;
        buf_add(b, text, plain);
        c = (unsigned char)text[plain];
        if (c == '\0')
            break;
        if (c < 0x20)
            buf_printf(b, "\\u%04x", c);
        else if (c >= 0x80)
            buf_byte(b, '?');
        else
            buf_printf(b, "\\%c", c);
        text += plain + 1;
    }
    buf_byte(b, '"');
}

/* Detail is JSON made by us; a line break in it would end the event's line. */
static void add_detail(struct buf *b, const char *json)
{
    for (;;) {
        size_t plain = strcspn(json, "\r\n");

        buf_add(b, json, plain);
        if (json[plain] == '\0')
            return;
        buf_byte(b, ' ');
        json += plain + 1;
    }
}

static void add_data(struct buf *b, const struct note *n)
{
    char at[TIME_TEXT], id[ID_TEXT];

    time_text(n->at, at);
    id_text(&n->subject_id, id);
    buf_printf(b, "{\"seq\":%lld,\"at\":\"%s\",\"act\":", (long long)n->seq, at);
    add_quoted(b, n->act);
    buf_text(b, ",\"subject\":");
    add_quoted(b, n->subject);
    if (id_is_none(&n->subject_id))
        buf_text(b, ",\"subject_id\":null,\"actor\":");
    else
        buf_printf(b, ",\"subject_id\":\"%s\",\"actor\":", id);
    add_quoted(b, n->actor_name);
    buf_text(b, ",\"detail\":");
    add_detail(b, n->detail != NULL && n->detail[0] != '\0' ? n->detail : "{}");
    buf_byte(b, '}');
}

/* A stream asks who its reader is only when it opens: it ends with the token, the session or the password that opened it. */
static bool ends_streams(const char *act)
{
    static const char *const acts[] = { "token.revoked", "session.closed", "user.password" };

    for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
        if (strcmp(act, acts[i]) == 0)
            return true;
    return false;
}

static void publish(struct streams *streams, const struct note *n)
{
    struct buf b;

    buf_init(&b, EVENT_MOST);
    buf_room(&b, 512);
    add_data(&b, n);
    buf_byte(&b, '\0');
    if (!b.is_over)
        streams_publish(streams, n->seq, n->act, (const char *)b.at, rights_for(n->act));
    buf_done(&b);
}

void api_events_heard(struct app *app, const struct note *notes, size_t len)
{
    bool are_wanted = streams_are_wanted(app->streams);

    for (size_t i = 0; i < len; i++) {
        if (ends_streams(notes[i].act))
            streams_end_of(app->streams, &notes[i].subject_id);
        if (are_wanted)
            publish(app->streams, &notes[i]);
    }
}

static void add_event(struct buf *b, const struct actor *who, const struct note *n)
{
    if ((who->rights & rights_for(n->act)) == 0)
        return;
    buf_printf(b, "id: %lld\nevent: %s\ndata: ", (long long)n->seq, n->act);
    add_data(b, n);
    buf_text(b, "\n\n");
}

/* What a reader of that id has missed, as ready text; too much, or a journal that does not know the id: look at everything again. */
static const char *catch_up(struct request *rq, const struct notes *missed, int64_t last)
{
    struct buf b;
    const char *text;

    buf_init(&b, CATCH_UP_MOST);
    for (size_t i = 0; i < missed->len && missed->len <= MISSED_MOST; i++)
        add_event(&b, &rq->who, &missed->at[i]);
    if (missed->len > MISSED_MOST || b.is_over) {
        buf_done(&b);
        return arena_printf(rq->arena, "id: %lld\nevent: reset\ndata: {}\n\n", (long long)last);
    }
    text = b.len > 0 ? arena_copy(rq->arena, b.at, b.len) : NULL;
    buf_done(&b);
    return text;
}

static enum err read_missed(struct app *app, struct request *rq, int64_t seen, const char **text, int64_t *after, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct notes missed = { 0 };
    int64_t last;
    enum err r = store_look(app->store, &look, e);

    if (!r)
        r = journal_last(look_db(&look), &last, e);
    if (!r && seen >= 0 && seen <= last)
        r = journal_after(look_db(&look), seen, MISSED_MOST + 1, rq->arena, &missed, e);
    if (r)
        return r;
    *after = last;
    *text = NULL;
    if (seen > last)
        missed.len = MISSED_MOST + 1;
    if (missed.len > 0)
        *text = catch_up(rq, &missed, last);
    if (missed.len > 0 && missed.len <= MISSED_MOST)
        *after = missed.at[missed.len - 1].seq;
    return ERR_NONE;
}

static enum err open_stream(struct app *app, struct request *rq, int64_t seen, struct stream **out, struct error *e)
{
    const char *text;
    int64_t after;
    enum err r = read_missed(app, rq, seen, &text, &after, e);

    return r ? r : stream_open(app->streams, &rq->who, text, after, out, e);
}

static enum err listen(struct app *app, struct request *rq, struct error *e)
{
    const char *id = request_header(rq, "Last-Event-ID");
    struct stream *stream;
    int64_t seen = -1;
    enum err r;

    if (id != NULL && !text_number(id, 0, INT64_MAX, &seen))
        seen = INT64_MAX;
    streams_expect(app->streams);
    r = open_stream(app, rq, seen, &stream, e);
    streams_expect_no_more(app->streams);
    if (r)
        return r;
    reply_stream(rq, stream);
    return ERR_NONE;
}

const struct route events_routes[] = {
    { "GET", "/api/v1/events", listen, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
