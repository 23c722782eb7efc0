/* permissions - who may do what with the private key of one certificate, beside what roles allow everywhere. They are of the
   certificate: its next versions have them too. Whoever is in no list and has no role for it may nothing. */
#ifndef ACCESS_PERMISSIONS_H
#define ACCESS_PERMISSIONS_H

#include "access/access.h"
#include "base/findings.h"

enum { PERMISSIONS_MAX = 64 };
struct permission {
    const char *kind, *name;       /* "user" "role" "token" */
    unsigned allows;               /* enum key_allow */
};
struct permissions {
    struct permission *at;
    size_t len;
    int64_t version;               /* of this very list: the same list has the same */
};
enum err access_permissions(struct access *a, const struct id *certificate, struct arena *arena, struct permissions *out, struct error *e) MUST_CHECK;
/* This list and no other, from when it returns. who->if_match: a version. Faults point into /items. */
enum err access_permissions_put(struct access *a, const struct actor *who, const struct id *certificate, const struct permission *list, size_t len,
                                struct findings *faults, struct error *e) MUST_CHECK;
/* The one who is meant by a name as it was typed: "ops", or "token:ops" when several are called so. */
enum err access_principal_check(struct access *a, const char *typed, struct arena *arena, struct permission *out, struct error *e) MUST_CHECK;

#endif
