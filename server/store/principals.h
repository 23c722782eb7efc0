/* principals - whoever can be named in a grant or in the journal: users, tokens, the setup link; and their roles. */
#ifndef STORE_PRINCIPALS_H
#define STORE_PRINCIPALS_H

#include "store/store.h"

struct principal_row {
    struct id id, parent;          /* parent: a token's owner; none */
    const char *kind;              /* "user" "token" "setup" */
    const char *name;
    const char *role;              /* "role:admin"; "" none; one row a role in a list */
    int64_t created_at, expires_at;   /* expires_at 0: never */
};
/* A name that is taken: ERR_CONFLICT. */
enum err store_principal_add(struct tx *tx, const struct principal_row *row, struct error *e) MUST_CHECK;
enum err store_principal_end(struct tx *tx, const struct id *id, const char *kind, struct error *e) MUST_CHECK;    /* ERR_ABSENT when it is not there */
enum err store_principal_by_name(const struct db *db, const char *kind, const char *name, struct arena *a,
                                 struct principal_row *out, struct error *e) MUST_CHECK;   /* without the role */
enum err store_principals(const struct db *db, struct arena *a, struct principal_row **out, size_t *len, struct error *e) MUST_CHECK;

/* Who is called so, in any case of letters, users first; kind "": whatever it is. At most 8. */
enum err store_principals_named(const struct db *db, const char *kind, const char *name, int64_t now, struct arena *a,
                                struct principal_row **out, size_t *len, struct error *e) MUST_CHECK;

/* Has anybody finished setting this server up? Since when; 0: not yet. */
enum err store_set_up_at(const struct db *db, int64_t *out, struct error *e) MUST_CHECK;
enum err store_set_up_put(struct tx *tx, struct error *e) MUST_CHECK;

#endif
