/* first_run - what the setup wizard and `signet init` do alike: this server's names, its authorities, its own certificate. */
#ifndef IDENTITY_FIRST_RUN_H
#define IDENTITY_FIRST_RUN_H

#include "identity/identity.h"
#include "store/settings.h"

struct first_run { struct settings *settings; struct ca *ca; struct identity *identity; };

struct first_names {
    const char *const *hostnames; size_t hostnames_len;
    const char *const *ip_addresses; size_t ip_len;
    const char *public_http_url;       /* NULL: http://<first host name>:<plain_port> */
    unsigned plain_port;
};
/* Every name is checked and normalised; faults go to `faults` with their pointers ("/hostnames/2"). Recorded as settings. */
enum err first_run_names(const struct first_run *f, const struct actor *who, const struct first_names *names, struct arena *a, struct findings *faults, struct error *e) MUST_CHECK;
/* "<name> Root CA" and below it "<name> Issuing CA". Made already: those are given back. */
enum err first_run_authorities(const struct first_run *f, const struct actor *who, const char *name, const char *organization, enum key_type key_type,
                               unsigned years, struct arena *a, struct authority *root, struct authority *issuing, struct error *e) MUST_CHECK;
/* A certificate for the names of the settings, shown at once. Shown already: a fresh one replaces it. */
enum err first_run_certificate(const struct first_run *f, const struct actor *who, struct arena *a, struct findings *faults, struct swap_result *out, struct error *e) MUST_CHECK;

#endif
