/* help - a keeper of one's own in a directory of one's own, and bodies to have signed, right and wrong. */
#ifndef TESTS_KEEPER_HELP_H
#define TESTS_KEEPER_HELP_H

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "keeper/keeper.h"
#include "pki/der.h"
#include "pki/tbs.h"

struct home {
    char folder[64], ring[96];
    struct keeper *k;
    struct arena *a;
};

static inline void home_make(struct home *h)
{
    snprintf(h->folder, sizeof(h->folder), "/tmp/keeper-test-XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    snprintf(h->ring, sizeof(h->ring), "%s/keeper.ring", h->folder);
    h->k = NULL;
    h->a = arena_new();
}

static inline enum err home_start(struct home *h, struct error *e)
{
    struct keeper_options how = { .ring_path = h->ring, .hand = 2, .work = 2 };

    return keeper_start(&how, &h->k, e);
}

static inline void home_done(struct home *h)
{
    keeper_stop(h->k);
    unlink(h->ring);
    assert_int_equal(rmdir(h->folder), 0);   /* nothing else was left there */
    arena_free(h->a);
}

static inline struct key_spec spec_subject(enum key_type type)
{
    return (struct key_spec){ .purpose = PURPOSE_SUBJECT, .type = type, .id = id_new(), .path_len = -1 };
}

static inline struct key_spec spec_ca(struct bytes name, int64_t not_after)
{
    return (struct key_spec){ .purpose = PURPOSE_CA, .type = KEY_EC_P256, .id = id_new(), .path_len = -1, .name = name, .not_after = not_after };
}

/* A Name of one common name. */
static inline struct bytes name_make(const char *common_name, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, 64);
    der_prim(&w, DER_UTF8, bytes_text(common_name));
    der_oid(&w, "2.5.4.3");
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_SET);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* A certificate's body as told; what is not told is right. */
struct body {
    int version;                       /* as written: 2 is version 3 */
    unsigned serial_len;
    bool has_negative_serial;
    enum sig_alg alg;
    struct bytes issuer, subject, spki;
    int64_t not_after;
    bool has_basic, is_ca, has_basic_twice;
    int path_len;
    uint32_t usage;
};

static inline void body_extension(struct der_writer *w, const char *oid, struct der_writer *value)
{
    size_t mark = der_mark(w);

    der_prim(w, DER_OCTET_STRING, der_written(value));
    der_bool(w, true);
    der_oid(w, oid);
    der_wrap(w, mark, DER_SEQUENCE);
    der_done(value);
}

static inline void body_basic(struct der_writer *w, const struct body *b)
{
    struct der_writer value;

    der_begin(&value, 64);
    if (b->path_len >= 0)
        der_int(&value, b->path_len);
    if (b->is_ca)
        der_bool(&value, true);
    der_wrap(&value, 0, DER_SEQUENCE);
    body_extension(w, "2.5.29.19", &value);
}

static inline struct bytes body_make(const struct body *b, struct arena *a)
{
    uint8_t serial[32];
    struct der_writer w, value;
    size_t mark;

    memset(serial, b->has_negative_serial ? 0x81 : 0x41, sizeof(serial));
    der_begin(&w, 512);
    if (b->usage != 0) {
        der_begin(&value, 16);
        der_named_bits(&value, b->usage);
        body_extension(&w, "2.5.29.15", &value);
    }
    for (int i = 0; i < b->has_basic + b->has_basic_twice; i++)
        body_basic(&w, b);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_CONTEXT_CONS(3));
    der_raw(&w, b->spki);
    der_raw(&w, b->subject);
    mark = der_mark(&w);
    der_time(&w, b->not_after);
    der_time(&w, 1700000000);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_raw(&w, b->issuer);
    der_raw(&w, sig_alg_der(b->alg));
    der_prim(&w, DER_INTEGER, bytes_of(serial, b->serial_len));
    mark = der_mark(&w);
    der_int(&w, b->version);
    der_wrap(&w, mark, DER_CONTEXT_CONS(0));
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* CertificationRequestInfo */
static inline struct bytes request_make(struct bytes subject, struct bytes spki, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, 256);
    der_wrap(&w, 0, DER_CONTEXT_CONS(0));
    der_raw(&w, spki);
    der_raw(&w, subject);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

static inline struct bytes crl_make(struct bytes issuer, enum sig_alg alg, int64_t this_update, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, 256);
    der_time(&w, this_update + 7 * DAYS);
    der_time(&w, this_update);
    der_raw(&w, issuer);
    der_raw(&w, sig_alg_der(alg));
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* Around a test: a home with its keeper started, and its end. */
static inline int home_up(void **state)
{
    struct home *h = calloc(1, sizeof(*h));
    struct error e = { 0 };

    home_make(h);
    assert_ok(home_start(h, &e));
    *state = h;
    return 0;
}

static inline int home_down(void **state)
{
    home_done(*state);
    free(*state);
    return 0;
}

#endif
