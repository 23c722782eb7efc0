/* identity - what this server itself shows: selecting, proving, confirming, going back. Rows decide after a crash: old or new, never none, never a mix. */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "ca/ca.h"
#include "http/tls.h"

struct identity;

struct identity_options {
    struct store *store;
    struct keeper *keeper;
    struct ca *ca;
    struct settings *settings;         /* server.hostnames, server.ip_addresses: the names this server is reached by */
    struct tls_slot *https, *probe;
};
/* Builds from the rows of `shown`; before setup, or when nothing can be built: a self-signed one made for the purpose. */
enum err identity_open(const struct identity_options *how, struct identity **out, struct error *e) MUST_CHECK;   /* sealed: shows nothing yet */
enum err identity_unsealed(struct identity *i, struct error *e) MUST_CHECK;                                     /* after keeper_unseal */
void identity_close(struct identity *i);

struct swap_step { const char *name, *result, *text; };    /* name: "key" "dates" "use" "chain" "names" "canary" "record" "switch"; result: "ok" "warning" "failed" "skipped" */
struct swap_wish {
    struct id certificate;
    const char *const *hostnames; size_t hostnames_len;    /* SNI names that get it; empty: the default */
    unsigned confirm_within_sec;                            /* 0: kept at once; at most 3600 */
    bool accept_untrusted, accept_name_mismatch;
};
struct swap_result {
    struct id swap;
    const char *state;                                      /* "kept" "pending" */
    struct swap_step *steps; size_t steps_len;
    uint64_t generation;
    int64_t confirm_by;
};
/* Refused: ERR_INVALID, every failing check in `faults` (pointer "/certificate_id" ...) and in out->steps; nothing has changed. */
enum err identity_select(struct identity *i, const struct actor *who, const struct swap_wish *wish, struct arena *a, struct findings *faults, struct swap_result *out, struct error *e) MUST_CHECK;
/* Counts only from a connection that was shown the new certificate: generation and name of the connection that asks. From an older one:
   ERR_CONFLICT kind "old-connection". The local socket (GENERATION_LOCAL) proves it by a handshake of our own instead. */
#define GENERATION_LOCAL UINT64_MAX
enum err identity_confirm(struct identity *i, const struct actor *who, uint64_t generation, const char *shown_name, struct error *e) MUST_CHECK;
enum err identity_rollback(struct identity *i, const struct actor *who, struct arena *a, struct swap_result *out, struct error *e) MUST_CHECK;
void identity_tick(struct identity *i);                     /* from the clock, each second: returns unconfirmed swaps */
/* A lineage in use got a new version: the job 'follow'. */
enum err identity_follow(struct identity *i, const struct id *certificate, struct error *e) MUST_CHECK;
/* The server's own certificate is due at two thirds of its life: renews and swaps by the same path. Called by the clock. */
enum err identity_renew_due(struct identity *i, struct error *e) MUST_CHECK;
/* Called at start and by the clock: a leaf of our root for the probe listener. */
enum err identity_probe(struct identity *i, struct error *e) MUST_CHECK;

struct identity_row { const char *sni; struct id certificate; int64_t version_n, previous_n; };
struct identity_view {
    struct identity_row *rows; size_t rows_len;             /* empty: the self-signed one made for the purpose */
    uint64_t generation;
    bool is_pending; struct id swap; int64_t confirm_by;
    bool can_rollback;                                      /* there is a previous certificate to go back to */
    const char *const *names; size_t names_len;             /* host names and addresses the server is reached by */
    struct bytes leaf;                                      /* DER that is shown by default */
};
enum err identity_view(struct identity *i, struct arena *a, struct identity_view *out, struct error *e) MUST_CHECK;
struct candidate { struct id certificate; const char *issued_to, *issued_by; int64_t not_after; bool is_usable, is_shown;
                   const char *const *reasons; size_t reasons_len; const bool *matches; /* one per name of the view */ };
enum err identity_candidates(struct identity *i, struct arena *a, struct candidate **out, size_t *len, struct error *e) MUST_CHECK;
#endif
