#include "keeper/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/own.h"

struct head {
    uint32_t len;
    uint16_t verb, status;
};

/* How far the parts have gone out: drops what was written from the front of the list. */
static void advance(struct iovec **at, size_t *count, size_t gone)
{
    while (*count > 0 && gone >= (*at)->iov_len) {
        gone -= (*at)->iov_len;
        (*at)++;
        (*count)--;
    }
    if (*count > 0) {
        (*at)->iov_base = (char *)(*at)->iov_base + gone;
        (*at)->iov_len -= gone;
    }
}

bool frame_send(int fd, uint16_t verb, uint16_t status, struct bytes body, struct bytes tail)
{
    struct head head = { (uint32_t)(body.len + tail.len), verb, status };
    struct iovec parts[3] = {
        { &head, sizeof(head) }, { (void *)(uintptr_t)body.at, body.len }, { (void *)(uintptr_t)tail.at, tail.len }
    };
    struct iovec *at = parts;
    size_t count = 3;

    while (count > 0) {
        struct msghdr message = { .msg_iov = at, .msg_iovlen = count };
        ssize_t gone = sendmsg(fd, &message, MSG_NOSIGNAL);

        if (gone < 0 && errno == EINTR)
            continue;
        if (gone < 0)
            return false;
        advance(&at, &count, (size_t)gone);
    }
    return true;
}

/* Up to `room` bytes, at least one; 0: the other end is gone. */
static size_t some(int fd, uint8_t *at, size_t room)
{
    ssize_t got;

    do
        got = recv(fd, at, room, 0);
    while (got < 0 && errno == EINTR);
    return got > 0 ? (size_t)got : 0;
}

/* Reads on until `need` bytes are there. */
static bool fill(int fd, uint8_t *at, size_t have, size_t need)
{
    while (have < need) {
        size_t got = some(fd, at + have, need - have);

        if (got == 0)
            return false;
        have += got;
    }
    return true;
}

enum frame_got frame_receive(int fd, size_t (*ceiling)(uint16_t verb), struct frame_room *room, struct frame *out)
{
    struct head head;
    uint8_t *body = room->small + sizeof(head);
    size_t have, whole;

    room->large = NULL;
    room->used = 0;
    have = some(fd, room->small, sizeof(room->small));
    if (have == 0)
        return FRAME_END;
    if (have < sizeof(head)) {
        if (!fill(fd, room->small, have, sizeof(head)))
            return FRAME_END;
        have = sizeof(head);
    }

    memcpy(&head, room->small, sizeof(head));
    whole = sizeof(head) + head.len;
    if (head.len > ceiling(head.verb) || have > whole)
        return FRAME_BROKEN;
    room->used = whole;
    if (whole > sizeof(room->small)) {
        room->large = own_alloc(whole);
        memcpy(room->large, room->small, have);
        body = room->large + sizeof(head);
    }
    if (!fill(fd, body - sizeof(head), have, whole))
        return FRAME_END;

    *out = (struct frame){ head.verb, head.status, bytes_of(body, head.len) };
    return FRAME_HERE;
}

size_t frame_question_ceiling(uint16_t verb)
{
    if (verb == VERB_SIGN)
        return FRAME_LARGE;            /* a CRL of a million entries */
    return verb < VERB_COUNT ? FRAME_SMALL : 0;
}

size_t frame_answer_ceiling(uint16_t verb)
{
    return verb < VERB_COUNT ? FRAME_SMALL : 0;
}

void frame_wipe(struct frame_room *room)
{
    own_wipe(room->small, room->used < sizeof(room->small) ? room->used : sizeof(room->small));
    if (room->large != NULL) {
        own_wipe(room->large, room->used);
        free(room->large);
    }
    room->large = NULL;
    room->used = 0;
}

void frame_put_u8(struct buf *b, uint8_t value)
{
    buf_byte(b, value);
}

void frame_put_u32(struct buf *b, uint32_t value)
{
    buf_add(b, &value, sizeof(value));
}

void frame_put_i64(struct buf *b, int64_t value)
{
    buf_add(b, &value, sizeof(value));
}

void frame_put_bytes(struct buf *b, struct bytes field)
{
    frame_put_tail(b, field);
    buf_add(b, field.at, field.len);
}

void frame_put_tail(struct buf *b, struct bytes tail)
{
    frame_put_u32(b, (uint32_t)tail.len);
}

struct fields fields_of(struct bytes body)
{
    return (struct fields){ body.at, body.at + body.len, false };
}

static bool take(struct fields *f, void *out, size_t len)
{
    if (f->is_bad || (size_t)(f->end - f->at) < len) {
        f->is_bad = true;
        memset(out, 0, len);
        return false;
    }
    memcpy(out, f->at, len);
    f->at += len;
    return true;
}

uint8_t fields_u8(struct fields *f)
{
    uint8_t value;

    take(f, &value, sizeof(value));
    return value;
}

uint32_t fields_u32(struct fields *f)
{
    uint32_t value;

    take(f, &value, sizeof(value));
    return value;
}

int64_t fields_i64(struct fields *f)
{
    int64_t value;

    take(f, &value, sizeof(value));
    return value;
}

struct bytes fields_bytes(struct fields *f)
{
    uint32_t len = fields_u32(f);
    struct bytes field;

    if (f->is_bad || (size_t)(f->end - f->at) < len) {
        f->is_bad = true;
        return bytes_of(NULL, 0);
    }
    field = bytes_of(f->at, len);
    f->at += len;
    return field;
}

void fields_fixed(struct fields *f, void *out, size_t len)
{
    struct bytes field = fields_bytes(f);

    memset(out, 0, len);
    if (field.len != len)
        f->is_bad = true;
    else
        memcpy(out, field.at, len);
}

bool fields_flag(struct fields *f)
{
    uint8_t value = fields_u8(f);

    if (value > 1)
        f->is_bad = true;
    return value == 1;
}

bool fields_done(const struct fields *f)
{
    return !f->is_bad && f->at == f->end;
}
