/* ca - what the authority decides: who may have which certificate, and the making of it. */
#ifndef CA_CA_H
#define CA_CA_H

#include "access/rights.h"
#include "inventory/inventory.h"
#include "keeper/keeper.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "store/settings.h"

struct ca;

/* Loads the authorities, and their keys if the keeper is open. settings: "authority.crl_days"; NULL: the default of it. */
enum err ca_open(struct store *store, struct keeper *keeper, struct settings *settings, struct ca **out, struct error *e) MUST_CHECK;
void ca_close(struct ca *ca);
enum err ca_unsealed(struct ca *ca, struct error *e) MUST_CHECK;                     /* after keeper_unseal */
void ca_public_url(struct ca *ca, const char *url);                                  /* "http://host:8080": for authorities made from now on */

/* profiles --------------------------------------------------------------------------------------------- */
struct profile {
    const char *slug;              /* "web-server" "client" "web-server-and-client" */
    const char *label;             /* for people */
    const char *description;
    uint32_t usage, purposes;
    unsigned default_days, max_days;
    uint32_t key_types;            /* bits 1 << enum key_type that we make or accept */
};
extern const struct profile profiles[];
extern const size_t profiles_len;
const struct profile *profile_find(const char *slug);

/* authorities ------------------------------------------------------------------------------------------ */
struct authority {
    struct id id;
    struct id parent;              /* none: a root */
    const char *name;              /* label */
    const char *state;             /* "active" */
    const char *public_url;        /* what its certificates carry */
    struct id certificate_id;      /* its lineage in the inventory */
    struct bytes der;              /* its certificate */
    struct cert cert;
    enum key_type key_type;
    int64_t crl_number, crl_this_update, crl_next_update;
};
struct authority_wish {
    const char *name, *organization;   /* organization may be NULL */
    enum key_type key_type;            /* KEY_NONE: P-256 */
    unsigned years;                    /* 0: 10 for a root, 5 below one, cut to the parent's end */
    struct id parent;                  /* none: a root */
    int path_len;                      /* -1: not said: no limit for a root, none below for others */
};
enum err ca_authority_make(struct ca *ca, const struct actor *who, const struct authority_wish *wish, struct arena *a, struct authority *out, struct error *e) MUST_CHECK;
enum err ca_authorities(struct ca *ca, struct arena *a, struct authority **out, size_t *len, struct error *e) MUST_CHECK;
enum err ca_authority(struct ca *ca, const struct id *id, struct arena *a, struct authority *out, struct error *e) MUST_CHECK;
/* The issuing authority that certificates come from when none is named; ERR_CONFLICT before setup. */
enum err ca_default_issuer(struct ca *ca, struct id *out, struct error *e) MUST_CHECK;
/* Signs a fresh CRL and records it; the clock calls it before the last one ends. */
enum err ca_crl_renew(struct ca *ca, const struct actor *who, const struct id *authority, struct error *e) MUST_CHECK;
size_t ca_crls_due(struct ca *ca, struct arena *a, struct id **out);   /* authorities whose list is past half of its life */
/* Body of the list that is published now. */
enum err ca_crl(struct ca *ca, const struct id *authority, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;

/* certificates ----------------------------------------------------------------------------------------- */
struct issued {
    struct id certificate;
    int64_t version_n;
    int number;
    struct bytes der;
    struct inventory_item item;            /* number 1: as inventory_show would give it, without asking the database */
    const struct bytes *issuers;           /* issuer's certificates upward, root left out: the rest of the chain */
    size_t issuers_len;
};
struct wish {
    const char *profile;           /* NULL: "web-server" */
    const char *common_name;       /* NULL: the first DNS name, else the first address */
    const char *const *dns_names; size_t dns_len;
    const char *const *ip_addresses; size_t ip_len;
    int64_t valid_days;            /* 0: the profile's default, cut to the issuer's end when defaulted; asked for and too long: refused */
    enum key_type key_type;        /* KEY_NONE: P-256 */
    bool is_exportable;
    bool is_self_signed;
    struct bytes csr;              /* instead of key and, when dns_names and ip_addresses are empty, of names */
    struct id issuer;              /* none: default */
    struct id renews;              /* lineage that gets a new version; none: a new lineage */
    const char *label, *source;    /* source: "rest" "setup" "cli" "renewal" */
    bool is_server_key;            /* our listener's own: not exportable */
    struct id requested_by;        /* none: who calls */
    const char *made_at;           /* what a repeat is answered with; NULL: the certificate */
    enum err (*also)(struct tx *tx, const struct issued *made, void *arg, struct error *e);   /* rides in the same commit */
    void *arg;
};
/* notes: warnings that the answer shows. Nothing leaves before it is on disk. */
enum err ca_issue(struct ca *ca, const struct actor *who, const struct wish *wish, struct arena *a, struct findings *notes, struct issued *out, struct error *e) MUST_CHECK;
/* A new version of a lineage of ours: same names, profile, issuer; a fresh key of the same kind (or the same key when it came from a CSR and `csr` is empty). */
struct renewal_wish {
    struct id certificate; int64_t valid_days; struct bytes csr; const char *source;
    enum err (*also)(struct tx *tx, const struct issued *made, void *arg, struct error *e);   /* rides in the same commit; NULL: nothing */
    void *arg;
};
enum err ca_renew(struct ca *ca, const struct actor *who, const struct renewal_wish *wish, struct arena *a, struct findings *notes, struct issued *out, struct error *e) MUST_CHECK;

/* out -------------------------------------------------------------------------------------------------- */
enum export_format { EXPORT_PKCS12, EXPORT_PEM, EXPORT_DER, EXPORT_P7B };
/* Of a PFX: the place it goes to or the profile itself, never both; neither is the profile windows. */
struct export_wish { enum export_format format; const char *password; const char *pkcs12_profile, *target; bool with_key, with_root; };
struct exported { struct bytes body; const char *type, *filename; };
enum err ca_export(struct ca *ca, const struct actor *who, const struct id *certificate, const struct export_wish *wish, struct arena *a, struct exported *out, struct error *e) MUST_CHECK;
const char *ca_export_filename(const char *name, const char *ending, struct arena *a);       /* of a certificate with that name */

#endif
