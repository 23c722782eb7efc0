/* p12_frame - what a PFX (RFC 7292, 4) says before a password is tried: its MAC, its safes, how many bags; all of it paid for in advance. */
#ifndef PKI_P12_FRAME_H
#define PKI_P12_FRAME_H

#include "pki/der.h"
#include "pki/item.h"
#include "pki/pbe_open.h"

#define P12_MALFORMED(what) fail(e, ERR_INVALID, "the PFX is malformed: " what)
#define P12_BAG "1.2.840.113549.1.12.10.1."     /* and the kind: RFC 7292, 4.2 */

enum { SAFES_MAX = 16 };

struct mac {
    bool is_there;
    enum kdf_hash hash;
    struct bytes digest, salt;
    unsigned iterations;
};
struct safe {
    bool is_sealed;
    struct pbe_scheme scheme;
    struct bytes body;             /* SafeContents, or what is sealed */
};
/* One file being read. */
struct pfx {
    struct arena *arena;
    struct pbe_budget budget;      /* what its iterations may cost in all */
    unsigned bags;                 /* counted so far; P12_BAGS at most */
    struct bytes content;          /* what the MAC is over */
    struct mac mac;
    struct safe safes[SAFES_MAX];
    size_t safes_len;
    struct pbe_password tries[2];  /* the given one; else empty and absent, which derive differently */
    size_t tries_len;
    bool is_given;
    struct items found;            /* handed on when all of it was read */
};
struct bag {
    struct bytes oid;
    struct bytes value;            /* inside of the [0] */
    struct der attributes;
};

/* Fills content, mac and safes of p, whose arena is given; der: sound DER. What is sealed is not opened, its bags are not counted yet. */
enum err p12_frame(struct pfx *p, struct bytes der, struct error *e) MUST_CHECK;
enum err p12_count_bags(struct pfx *p, struct bytes safe, struct error *e) MUST_CHECK;
bool p12_next_bag(struct der *d, struct bag *out);         /* false: malformed */

#endif
