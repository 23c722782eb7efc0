/* import - certificates and keys of others come in: what each thing of a file is, where it goes, and to what it belongs. */
#ifndef INVENTORY_IMPORT_H
#define INVENTORY_IMPORT_H

#include "inventory/inventory.h"
#include "keeper/keeper.h"

struct import_wish {
    struct bytes file;             /* PEM, DER, PKCS#7, PKCS#12 */
    const char *password;          /* NULL: none given */
    const char *store;             /* "personal" "root" "intermediate" "untrusted"; NULL: each where it belongs */
    const char *filename;          /* for the journal; NULL unknown */
    bool is_exportable;            /* keys may leave again */
    bool is_preview;               /* nothing is written */
};

struct imported {
    const char *kind;              /* "certificate" "key" "request" "crl" */
    const char *action;            /* "added" "joined" (next version of a lineage) "known" "key-added" "ignored" */
    const char *subject, *issuer, *key_type, *store;     /* "" where it has none */
    int64_t not_before, not_after; /* 0: none */
    struct bytes sha256;           /* of a certificate */
    bool has_key;                  /* its private key is here */
    struct id certificate;         /* none: there is none, or not yet */
    int version;                   /* 0 with it */
    struct findings findings;      /* rules it breaks, why it is ignored */
};
struct import_result { struct imported *at; size_t len; unsigned written; };

/* In the order of the file. Nothing of it can be taken: ERR_INVALID at "/data" or "/password", with the kinds of pki/bundle.h. A certificate that
   breaks a rule comes in flagged. Small files are one unit of work, large ones one for each 500 certificates. */
enum err inventory_import(struct store *store, struct keeper *keeper, const struct actor *who, const struct import_wish *wish,
                          struct arena *a, struct import_result *out, struct error *e) MUST_CHECK;

#endif
