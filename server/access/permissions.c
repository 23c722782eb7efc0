#include "access/permissions.h"

#include <strings.h>

#include "access/parts.h"
#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "store/certificates.h"
#include "store/grants.h"
#include "store/principals.h"

static const char *const kinds[] = { "user", "role", "token" };

static bool is_kind(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static const char *list_json(struct arena *a, const struct grant_row *rows, size_t len)
{
    const char *list = "";

    for (size_t i = 0; i < len; i++)
        list = arena_printf(a, "%s%s{\"kind\":\"%s\",\"name\":%s,\"use\":%s,\"export\":%s,\"manage\":%s}", list, i > 0 ? "," : "", rows[i].kind,
                            detail_quote(a, rows[i].name), (rows[i].allows & KEY_USE) != 0 ? "true" : "false",
                            (rows[i].allows & KEY_EXPORT) != 0 ? "true" : "false", (rows[i].allows & KEY_MANAGE) != 0 ? "true" : "false");
    return arena_printf(a, "[%s]", list);
}

/* 52 bits of its hash: what JSON and an ETag carry exactly. */
static int64_t version_of(struct arena *a, const struct grant_row *rows, size_t len)
{
    uint8_t hash[SHA256_LEN];
    uint64_t n = 0;

    hash_sha256(bytes_text(list_json(a, rows, len)), hash);
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | hash[i];
    return (int64_t)(n >> 12);
}

static enum err read_grants(const struct db *db, const struct id *certificate, struct arena *a, struct grant_row **rows, size_t *len, struct error *e)
{
    struct lineage lineage;
    enum err r = store_certificate_find(db, certificate, a, &lineage, e);

    return r ? r : store_grants_on(db, certificate, a, rows, len, e);
}

enum err access_permissions(struct access *a, const struct id *certificate, struct arena *arena, struct permissions *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct grant_row *rows;
    size_t len;
    enum err r = store_look(a->store, &look, e);

    if (r == ERR_NONE)
        r = read_grants(look_db(&look), certificate, arena, &rows, &len, e);
    if (r)
        return r;
    *out = (struct permissions){ .at = arena_take(arena, (len + 1) * sizeof(*out->at)), .len = len, .version = version_of(arena, rows, len) };
    for (size_t i = 0; i < len; i++)
        out->at[i] = (struct permission){ .kind = rows[i].kind, .name = rows[i].name, .allows = rows[i].allows };
    return ERR_NONE;
}

struct putting {
    struct id certificate;
    const struct permission *list;
    size_t len;
    struct findings *faults;
    size_t faults_before;              /* what stood there when we were asked: the writer may run us twice */
};

static enum err resolve(const struct db *db, const struct putting *p, size_t i, struct arena *a, struct grant_row *rows, struct error *e)
{
    const struct permission *item = &p->list[i];
    struct principal_row who = { 0 };
    struct error why = { 0 };
    enum err r;

    if (!is_kind(item->kind)) {
        findings_add(p->faults, LEVEL_ERROR, "unknown-kind", arena_printf(a, "/items/%zu/kind", i), "user, role or token");
        return ERR_NONE;
    }
    r = store_principal_by_name(db, item->kind, item->name, a, &who, &why);
    if (r != ERR_NONE && r != ERR_ABSENT)
        return fail(e, r, "%s", why.text);
    if (r == ERR_ABSENT)
        findings_add(p->faults, LEVEL_ERROR, "unknown-name", arena_printf(a, "/items/%zu/name", i), "there is no %s called \"%s\": look at the spelling, or take it out", item->kind, item->name);
    if ((item->allows & KEY_ALL) == 0)
        findings_add(p->faults, LEVEL_ERROR, "allows-nothing", arena_printf(a, "/items/%zu", i), "allow use, export or manage, or take it out of the list");
    for (size_t k = 0; k < i; k++)
        if (!id_is_none(&who.id) && id_equal(&rows[k].principal, &who.id))
            findings_add(p->faults, LEVEL_ERROR, "twice", arena_printf(a, "/items/%zu/name", i), "\"%s\" is in the list already", item->name);
    rows[i] = (struct grant_row){ .principal = who.id, .certificate = p->certificate, .kind = item->kind, .name = item->name, .allows = item->allows & KEY_ALL };
    return ERR_NONE;
}

static enum err resolve_all(const struct db *db, const struct putting *p, struct arena *a, struct grant_row *rows, struct error *e)
{
    enum err r = ERR_NONE;

    for (size_t i = 0; r == ERR_NONE && i < p->len; i++)
        r = resolve(db, p, i, a, rows, e);
    return r ? r : findings_fail(p->faults, e);
}

static enum err record(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const struct putting *p = arg;
    int64_t seen = tx_actor(tx)->if_match;
    struct grant_row *rows = arena_take(a, (p->len + 1) * sizeof(*rows)), *before, *after;
    size_t before_len, after_len;
    enum err r;

    memset(rows, 0, (p->len + 1) * sizeof(*rows));
    p->faults->len = p->faults_before;
    r = read_grants(tx_db(tx), &p->certificate, a, &before, &before_len, e);
    if (r)
        return r;
    if (seen >= 0 && seen != version_of(a, before, before_len))
        return fail_kind(e, ERR_CONFLICT, "precondition", "these permissions have changed since they were read: look again");
    r = resolve_all(tx_db(tx), p, a, rows, e);
    if (r == ERR_NONE)
        r = store_grants_put(tx, &p->certificate, rows, p->len, e);
    if (r == ERR_NONE)
        r = store_grants_on(tx_db(tx), &p->certificate, a, &after, &after_len, e);
    if (r)
        return r;
    tx_note(tx, "permissions.changed", "certificate", &p->certificate,
            arena_printf(a, "{\"before\":%s,\"after\":%s}", list_json(a, before, before_len), list_json(a, after, after_len)));
    fault_point("permissions.recorded");
    return ERR_NONE;
}

enum err access_permissions_put(struct access *a, const struct actor *who, const struct id *certificate, const struct permission *list, size_t len,
                                struct findings *faults, struct error *e)
{
    struct putting p = { .certificate = *certificate, .list = list, .len = len, .faults = faults, .faults_before = faults->len };
    enum err r = access_check(who, RIGHT_KEYS, "certificate", certificate, e);

    if (r)
        return r;
    if (len > PERMISSIONS_MAX)
        return fail_at(e, "/items", "a list names at most %d", PERMISSIONS_MAX);
    r = store_write(a->store, who, record, &p, e);
    if (r == ERR_NONE)
        access_wrote(a);
    return r;
}

/* Names --------------------------------------------------------------------------------------------------------- */

static const char *trimmed(struct arena *a, const char *text)
{
    size_t len;

    text += strspn(text, " \t");
    for (len = strlen(text); len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t');)
        len--;
    return arena_printf(a, "%.*s", (int)len, text);
}

/* "token:ops" is a kind and a name. */
static const char *split(const char *name, const char **kind)
{
    *kind = "";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        size_t len = strlen(kinds[i]);

        if (strncasecmp(name, kinds[i], len) != 0 || name[len] != ':')
            continue;
        *kind = kinds[i];
        return name + len + 1 + strspn(name + len + 1, " ");
    }
    return name;
}

static enum err several(struct arena *a, const char *name, const struct principal_row *rows, size_t len, struct error *e)
{
    const char *list = "";

    for (size_t i = 0; i < len; i++)
        list = arena_printf(a, "%s%s%s:%s", list, i > 0 ? ", " : "", rows[i].kind, rows[i].name);
    return fail_at(e, "/name", "several are called \"%s\": write one of %s", name, list);
}

enum err access_principal_check(struct access *a, const char *typed, struct arena *arena, struct permission *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct principal_row *rows;
    const char *kind, *name = split(trimmed(arena, typed), &kind);
    size_t len;
    enum err r;

    if (name[0] == '\0')
        return fail_at(e, "/name", "type the name of a user, a role or a token");
    if (strncasecmp(name, "NT ", 3) == 0 || strncasecmp(name, "BUILTIN\\", 8) == 0)
        return fail_at(e, "/name", "\"%s\" is an account of a Windows machine, not of this server: there the install script of this certificate grants it the key", name);
    r = store_look(a->store, &look, e);
    if (r == ERR_NONE)
        r = store_principals_named(look_db(&look), kind, name, clock_now(), arena, &rows, &len, e);
    if (r)
        return r;
    if (len == 0)
        return fail_at(e, "/name", "no %s here is called \"%s\": look at the spelling; roles are admin, operator, requester, auditor and viewer",
                       kind[0] != '\0' ? kind : "user, role or token", name);
    if (len > 1)
        return several(arena, name, rows, len, e);
    *out = (struct permission){ .kind = rows[0].kind, .name = rows[0].name };
    return ERR_NONE;
}
