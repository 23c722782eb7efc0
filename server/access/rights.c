#include "access/rights.h"

#include <string.h>

#define B(r) RIGHT_BIT(RIGHT_##r)
#define READS (B(PUBLIC) | B(SELF) | B(READ))

/* RIGHT_SETUP is in no role: it is lent while setup is open. */
static const struct { const char *text; uint64_t rights; } roles[ROLE_COUNT] = {
    [ROLE_NONE]      = { "none", 0 },
    [ROLE_ADMIN]     = { "admin", READS | B(REQUEST) | B(ISSUE) | B(EXPORT) | B(MANAGE) | B(AUTHORITY) | B(SERVER) | B(SETTINGS)
                                  | B(ACCESS) | B(AUDIT) | B(KEYS) },
    [ROLE_OPERATOR]  = { "operator", READS | B(REQUEST) | B(ISSUE) | B(EXPORT) | B(MANAGE) },
    [ROLE_REQUESTER] = { "requester", READS | B(REQUEST) },
    [ROLE_AUDITOR]   = { "auditor", READS | B(AUDIT) },
    [ROLE_VIEWER]    = { "viewer", READS },
};

static const struct { const char *text, *does; } rights[RIGHT_COUNT] = {
    [RIGHT_NONE]      = { "none", "do this" },
    [RIGHT_PUBLIC]    = { "public", "see what is public" },
    [RIGHT_SELF]      = { "self", "see itself" },
    [RIGHT_SETUP]     = { "setup", "set this server up" },
    [RIGHT_READ]      = { "read", "see the inventory" },
    [RIGHT_REQUEST]   = { "request", "ask for certificates" },
    [RIGHT_ISSUE]     = { "issue", "issue certificates" },
    [RIGHT_EXPORT]    = { "export", "take private keys out" },
    [RIGHT_MANAGE]    = { "manage", "change what is noted of certificates" },
    [RIGHT_AUTHORITY] = { "authority", "make or change authorities" },
    [RIGHT_SERVER]    = { "server", "change the certificate of this server" },
    [RIGHT_SETTINGS]  = { "settings", "see or change settings" },
    [RIGHT_ACCESS]    = { "access", "see or change users and tokens" },
    [RIGHT_AUDIT]     = { "audit", "read the journal" },
    [RIGHT_KEYS]      = { "keys", "say who may do what with this private key" },
};

bool role_parse(const char *text, enum role *out)
{
    for (enum role r = ROLE_ADMIN; r < ROLE_COUNT; r++)
        if (strcmp(roles[r].text, text) == 0) {
            *out = r;
            return true;
        }
    return false;
}

const char *role_text(enum role r)
{
    return roles[r].text;
}

const char *right_text(enum right r)
{
    return rights[r].text;
}

uint64_t role_rights(enum role r)
{
    return roles[r].rights;
}

uint64_t key_rights(unsigned allows)
{
    return ((allows & KEY_USE) != 0 ? B(ISSUE) : 0) | ((allows & KEY_EXPORT) != 0 ? B(EXPORT) : 0) | ((allows & KEY_MANAGE) != 0 ? B(KEYS) : 0);
}

bool access_may(const struct actor *who, enum right right, const char *scope, const struct id *scope_id)
{
    if (right <= RIGHT_NONE || right >= RIGHT_COUNT)
        return false;
    if (right == RIGHT_PUBLIC || (who->rights & RIGHT_BIT(right)) != 0)
        return true;
    if (scope == NULL || scope[0] == '\0' || strcmp(scope, "*") == 0 || scope_id == NULL)
        return false;
    for (size_t i = 0; i < who->grants_len; i++) {
        const struct grant *g = &who->grants[i];

        if ((g->rights & RIGHT_BIT(right)) != 0 && strcmp(g->scope, scope) == 0 && id_equal(&g->scope_id, scope_id))
            return true;
    }
    return false;
}

enum err access_check(const struct actor *who, enum right right, const char *scope, const struct id *scope_id, struct error *e)
{
    if (access_may(who, right, scope, scope_id))
        return ERR_NONE;
    if (right <= RIGHT_NONE || right >= RIGHT_COUNT)
        return fail(e, ERR_DENIED, "nobody may do this");
    return fail(e, ERR_DENIED, "\"%s\" may not %s: the right \"%s\" is missing, an administrator can grant it",
                who->name[0] != '\0' ? who->name : "nobody", rights[right].does, rights[right].text);
}
