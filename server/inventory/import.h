/* import - certificates and keys of others come in: what each thing of a file is, where it goes, and to what it belongs. */
#ifndef INVENTORY_IMPORT_H
#define INVENTORY_IMPORT_H

#include "inventory/inventory.h"
#include "keeper/keeper.h"

struct import_file {
    struct bytes file;             /* PEM, DER, PKCS#7, PKCS#12, or a ZIP of these */
    const char *password;          /* NULL: none given */
    const char *name;              /* for the journal; NULL unknown */
    const char *const *members;    /* of a ZIP: these only; NULL all */
    size_t members_len;
};
struct replacement;
struct import_wish {
    const struct import_file *files;
    size_t files_len;
    bool is_many;                  /* one that is wrong does not keep out the others: it becomes an item that says why. So with a ZIP */
    const char *store;             /* "personal" "root" "intermediate" "people" "untrusted"; NULL: each where it belongs */
    bool is_exportable;            /* keys may leave again */
    bool is_preview;               /* nothing is written */
    struct replacement *replaces;  /* inventory/replace.h; NULL: each goes where it belongs */
};

struct imported {
    const char *kind;              /* "certificate" "key" "request" "crl", "file" of several that could not be read */
    const char *action;            /* "added" "joined" (next version of a lineage) "known" "key-added" "ignored" */
    const char *subject, *issuer, *key_type, *store;     /* "" where it has none */
    int64_t not_before, not_after; /* 0: none */
    struct bytes sha256;           /* of a certificate */
    bool has_key;                  /* its private key is here */
    struct id certificate;         /* none: there is none, or not yet */
    int version;                   /* 0 with it */
    const char *label;             /* how that certificate is called; "" with it */
    unsigned file;                 /* which of the files */
    const char *member;            /* and of the ZIP that it is; NULL none */
    struct id request;             /* the pending request that it completes; none */
    struct findings findings;      /* rules it breaks, why it is ignored */
};
struct import_result { struct imported *at; size_t len; unsigned written; };

/* In the order of the files. Nothing of it can be taken: ERR_INVALID at "/data" or "/password", with the kinds of pki/bundle.h; but a preview of
   many says of each why. Files that ask for more password iterations than one request computes are left over: rule "left-over", to be asked
   for by another. A certificate that breaks a rule comes in flagged. Small files are one unit of work, large ones one for each 500 certificates. */
enum err inventory_import(struct store *store, struct keeper *keeper, const struct actor *who, const struct import_wish *wish,
                          struct arena *a, struct import_result *out, struct error *e) MUST_CHECK;

#endif
