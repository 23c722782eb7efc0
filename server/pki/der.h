/* der - X.690 DER: a backward writer (content first, then its tag) and a strict reader. Nothing here allocates but the writer. */
#ifndef PKI_DER_H
#define PKI_DER_H

#include "base/arena.h"
#include "base/error.h"

enum {
    DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_OCTET_STRING = 0x04, DER_NULL = 0x05, DER_OID = 0x06,
    DER_ENUMERATED = 0x0a, DER_UTF8 = 0x0c, DER_PRINTABLE = 0x13, DER_T61 = 0x14, DER_IA5 = 0x16, DER_UTC_TIME = 0x17,
    DER_TIME = 0x18, DER_BMP = 0x1e, DER_SEQUENCE = 0x30, DER_SET = 0x31
};
#define DER_CONTEXT(n) (0x80 | (n))         /* [n] IMPLICIT primitive */
#define DER_CONTEXT_CONS(n) (0xa0 | (n))    /* [n] constructed */

/* writer -------------------------------------------------------------------------------------------------
   Written back to front: the last field of a SEQUENCE first, then der_wrap. Linear, no length pre-pass. */
struct der_writer {
    uint8_t *at;          /* start of what is written so far */
    uint8_t *base, *end;  /* malloc'd room; grows at the front */
};
void der_begin(struct der_writer *w, size_t guess);
void der_done(struct der_writer *w);                               /* wipes and frees; fine after der_take */
struct bytes der_written(const struct der_writer *w);              /* lent */
struct bytes der_take(struct der_writer *w, struct arena *a);      /* copied to the arena; the writer is done */
size_t der_mark(const struct der_writer *w);                       /* how much is written: pass it to der_wrap */
void der_wrap(struct der_writer *w, size_t mark, uint8_t tag);     /* tag and length around what was written since mark */
void der_raw(struct der_writer *w, struct bytes ready);            /* bytes that are DER already */
void der_prim(struct der_writer *w, uint8_t tag, struct bytes content);
void der_int(struct der_writer *w, int64_t value);
void der_uint_bytes(struct der_writer *w, struct bytes big_endian);   /* INTEGER from magnitude: minimal, positive */
void der_bool(struct der_writer *w, bool value);
void der_null(struct der_writer *w);
void der_oid(struct der_writer *w, const char *dotted);            /* constant of ours; aborts on a bad one */
void der_bits(struct der_writer *w, struct bytes octets, unsigned unused);
void der_named_bits(struct der_writer *w, uint32_t bits);          /* KeyUsage: bit 0 is the first, trailing zeros cut */
void der_time(struct der_writer *w, int64_t at);                   /* UTCTime to 2049, GeneralizedTime after: RFC 5280, 4.1.2.5 */

/* reader: strict DER (definite minimal lengths, minimal INTEGERs, BOOLEAN 00/FF), low tags only --------- */
struct der {
    const uint8_t *at, *end;
};
struct der der_of(struct bytes from);
bool der_end(const struct der *d);                                              /* all consumed */
bool der_peek(const struct der *d, uint8_t *tag);
/* Reads one element. Content in *in; false: not well-formed or not that tag, nothing consumed. */
bool der_enter(struct der *d, uint8_t tag, struct der *in);
bool der_next(struct der *d, uint8_t *tag, struct bytes *content, struct bytes *whole);
bool der_get(struct der *d, uint8_t tag, struct bytes *content);
bool der_get_whole(struct der *d, uint8_t tag, struct bytes *whole);            /* with its tag and length */
bool der_optional(struct der *d, uint8_t tag, struct der *in, bool *is_there);  /* false only when malformed */
bool der_get_int(struct der *d, int64_t *out);
bool der_get_uint(struct der *d, struct bytes *magnitude);                      /* non-negative INTEGER, no leading zero; one octet 00 for zero */
bool der_get_bool(struct der *d, bool *out);
bool der_get_oid(struct der *d, struct bytes *content);                         /* checked: minimal arcs, not empty */
bool der_get_bits(struct der *d, struct bytes *octets, unsigned *unused);       /* unused bits must be zero */
bool der_get_time(struct der *d, int64_t *out);                                 /* UTCTime or GeneralizedTime in the forms of RFC 5280; which of them fits the year is for lint */
bool der_oid_is(struct bytes oid, const char *dotted);
char *der_oid_text(struct arena *a, struct bytes oid);
/* One element, the whole tree of it well-formed and at most `depth` deep; for imports before anything else reads them. */
bool der_is_sound(struct bytes from, unsigned depth);

#endif
