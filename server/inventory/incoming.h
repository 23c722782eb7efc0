/* incoming - one thing of an import on its way in: what was read and made before, and what became of it. Shared by import.c and match.c. */
#ifndef INVENTORY_INCOMING_H
#define INVENTORY_INCOMING_H

#include "inventory/import.h"
#include "inventory/replace.h"
#include "inventory/rows.h"
#include "pki/item.h"
#include "store/issuers.h"
#include "store/keys.h"

struct incoming {
    const struct item *item;
    struct cert cert;
    bool is_taken;                 /* a certificate that reads, a key that is sealed or here */
    bool is_flagged;
    struct key_row key;            /* of a key: as it will be stored */
    uint8_t spki_sha256[32];
    struct id fresh, fresh_issuer; /* ids, should it be new */
    const char *label;
    const char *filename;          /* where it came from: "web.pfx", "all.zip: web.pfx" */
    struct imported *out;
};

struct import {
    const struct import_wish *wish;
    struct arena *arena;
    struct incoming *at;
    size_t len;
    struct incoming **order;       /* what is taken: keys first, then certificates, older ones before newer */
    size_t order_len, from, to;    /* from..to of it: the unit of work under way */
    unsigned written, before;      /* rows; `before` those of earlier units */
    const struct incoming *last;   /* the certificate whose issuer was asked for last in this unit, and who that is; NULL: none yet */
    struct id last_issuer;
    struct incoming *replacing;    /* the one that becomes a lineage's next version, whatever it matches; NULL: none */
    bool is_whole;                 /* a preview went through to its end */
};

/* On the writer: decides by what is there, and records. */
enum err incoming_key(struct tx *tx, struct import *im, struct incoming *in, struct error *e) MUST_CHECK;
enum err incoming_certificate(struct tx *tx, struct import *im, struct incoming *in, struct error *e) MUST_CHECK;

/* Before anything is written: finds im->replacing, says in what it differs, and asks whoever shows the lineage. */
enum err replace_prepare(struct store *store, struct import *im, struct error *e) MUST_CHECK;

/* ERR_CONFLICT with a sentence when what is to replace something is here already. */
enum err incoming_is_known(const struct db *db, const struct import *im, struct error *e) MUST_CHECK;

bool certs_same_names(const struct cert *x, const struct cert *y);
bool certs_newer(const struct cert *c, const struct cert *than);

#endif
