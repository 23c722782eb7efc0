/* plan - a certificate decided: may they, which profile, names, times, serial, key. All that is slow, random or read. */
#ifndef CA_PLAN_H
#define CA_PLAN_H

#include "ca/held.h"
#include "ca/names.h"
#include "pki/tbs.h"
#include "store/issuers.h"
#include "store/keys.h"

struct plan {
    const struct wish *wish;
    const struct profile *profile;
    const struct held *held;           /* NULL: signed by its own key */
    struct bytes lent_spki;            /* a renewal of a key that is elsewhere; empty else */
    int64_t days_otherwise;            /* of a renewal: as the version before; 0: the profile's */
    int64_t now;
    struct csr csr;
    bool has_csr, has_key;             /* has_key: made here */
    bool is_allowed;                   /* asked already, for the lineage that is renewed */
    enum key_type key_type;
    struct names names;
    const char *common_name;           /* NULL: none fits */
    struct id key_id;
    struct sealed_key sealed;
    struct tbs tbs;
};

/* Faults of the input come back together in `faults`, the first in e. */
enum err ca_plan(struct ca *ca, const struct roll *roll, const struct actor *who, struct arena *a, struct findings *faults,
                 struct plan *plan, struct error *e) MUST_CHECK;

/* From the plan to the disk: build, lint, sign, record. ca_issue and ca_renew are this with their own plans. */
enum err ca_carry_out(struct ca *ca, const struct roll *roll, const struct actor *who, struct plan *plan, struct arena *a,
                      struct findings *notes, struct issued *out, struct error *e) MUST_CHECK;

#endif
