/* pfx_target - where a PFX goes, and so which profile it must have: what the programs there read, and what they do not. */
#ifndef PKI_PFX_TARGET_H
#define PKI_PFX_TARGET_H

#include "pki/pkcs12.h"

enum { PFX_READERS_MAX = 6 };

struct pfx_target {
    const char *slug;
    const char *label;                          /* for people */
    const char *profile;                        /* of pfx_profiles */
    const char *readers[PFX_READERS_MAX + 1];   /* programs that open it; ends in NULL */
    const char *note;                           /* the trap that the choice avoids */
};
const struct pfx_target *pfx_target(const char *slug);        /* NULL: unknown */
/* What was asked for, either of which may be NULL: the target decides the profile, without both it is windows. *out stays NULL when no PFX is made. */
enum err pfx_target_choose(const char *target, const char *profile, bool is_pfx, const struct pfx_profile **out, struct error *e) MUST_CHECK;
extern const struct pfx_target pfx_targets[];
extern const size_t pfx_targets_len;

#endif
