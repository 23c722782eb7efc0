/* frame - what runs over a channel to the keeper: u32 length of the body, u16 verb, u16 status, body.
   Numbers stand in the host's order (both ends are one binary), fields are length-prefixed and in a fixed order.
   One question, one answer, in turn: so a read never takes more than one frame. */
#ifndef KEEPER_FRAME_H
#define KEEPER_FRAME_H

#include "base/buf.h"
#include "base/error.h"

enum verb {
    VERB_HELLO,        /* the keeper speaks once, when it has started: is_sealed, or why not */
    VERB_UNSEAL, VERB_MAKE, VERB_SEAL, VERB_LOAD, VERB_DROP, VERB_SIGN, VERB_SIGN_ONCE, VERB_TLS_HASH, VERB_TLS_DATA,
    VERB_EXPORT, VERB_SECRET_SEAL, VERB_SECRET_OPEN,
    VERB_COUNT
};

enum { FRAME_ROOM = 4096, FRAME_SMALL = 64 * 1024, FRAME_LARGE = 64 * 1024 * 1024 };

struct frame {
    uint16_t verb, status;             /* status: enum err; the body of a failure is its sentence */
    struct bytes body;                 /* lent from the room */
};
struct frame_room {                    /* where a frame is read to; large ones go to the heap until frame_wipe */
    _Alignas(8) uint8_t small[FRAME_ROOM];
    uint8_t *large;
    size_t used;
};
enum frame_got { FRAME_HERE, FRAME_END, FRAME_BROKEN };

/* body, then tail, in one write where the socket takes it. False: the other end is gone. */
bool frame_send(int fd, uint16_t verb, uint16_t status, struct bytes body, struct bytes tail);
/* ceiling: the longest body that is taken of a verb. */
enum frame_got frame_receive(int fd, size_t (*ceiling)(uint16_t verb), struct frame_room *room, struct frame *out);
size_t frame_question_ceiling(uint16_t verb);          /* what the keeper takes */
size_t frame_answer_ceiling(uint16_t verb);            /* what it gives */
void frame_wipe(struct frame_room *room);

/* fields of a body */
void frame_put_u8(struct buf *b, uint8_t value);
void frame_put_u32(struct buf *b, uint32_t value);
void frame_put_i64(struct buf *b, int64_t value);
void frame_put_bytes(struct buf *b, struct bytes field);
/* Only the length; the bytes themselves are the tail of frame_send. */
void frame_put_tail(struct buf *b, struct bytes tail);

struct fields {                        /* reads in order; a mistake is remembered and comes out at fields_done */
    const uint8_t *at, *end;
    bool is_bad;
};
struct fields fields_of(struct bytes body);
uint8_t fields_u8(struct fields *f);
uint32_t fields_u32(struct fields *f);
int64_t fields_i64(struct fields *f);
struct bytes fields_bytes(struct fields *f);           /* lent */
void fields_fixed(struct fields *f, void *out, size_t len);   /* a field of exactly that length; zeroed when it is not */
bool fields_flag(struct fields *f);                    /* 0 or 1, else a mistake */
bool fields_done(const struct fields *f);              /* all consumed, nothing wrong */

#endif
