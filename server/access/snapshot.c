#include <stdlib.h>

#include "access/parts.h"
#include "base/text.h"
#include "base/time.h"
#include "store/credentials.h"
#include "store/grants.h"
#include "store/principals.h"
#include "store/sessions.h"

struct rows {                      /* all that is read for one snapshot */
    struct principal_row *principals;
    struct credential_row *credentials;
    struct session_row *sessions;
    struct grant_row *grants;
    size_t principals_len, credentials_len, sessions_len, grants_len;
    int64_t set_up_at;
};

static enum err read_rows(struct store *store, struct arena *a, struct rows *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(store, &look, e);

    if (!r)
        r = store_principals(look_db(&look), a, &out->principals, &out->principals_len, e);
    if (!r)
        r = store_credentials(look_db(&look), a, &out->credentials, &out->credentials_len, e);
    if (!r)
        r = store_sessions(look_db(&look), clock_now(), a, &out->sessions, &out->sessions_len, e);
    if (!r)
        r = store_grants(look_db(&look), a, &out->grants, &out->grants_len, e);
    if (!r)
        r = store_set_up_at(look_db(&look), &out->set_up_at, e);
    return r;
}

/* The first of its rows, which stand together in order of their ids. */
static const struct principal_row *principal_of(const struct rows *rows, const struct id *id)
{
    size_t low = 0, high = rows->principals_len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(rows->principals[mid].id.b, id->b, sizeof(id->b)) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < rows->principals_len && id_equal(&rows->principals[low].id, id))
        return &rows->principals[low];
    return NULL;
}

static unsigned roles_of(const struct rows *rows, const struct principal_row *p)
{
    const struct id id = p->id;
    unsigned roles = 0;
    enum role role;

    for (; p < rows->principals + rows->principals_len && id_equal(&p->id, &id); p++)
        if (text_starts(p->role, "role:") && role_parse(p->role + 5, &role))
            roles |= 1U << role;
    return roles;
}

static uint64_t rights_of(const struct rows *rows, const struct principal_row *p)
{
    unsigned roles = roles_of(rows, p);
    uint64_t rights = 0;

    for (enum role role = ROLE_ADMIN; role < ROLE_COUNT; role++)
        if ((roles & 1U << role) != 0)
            rights |= role_rights(role);
    return rights;
}

static void fill(struct entry *entry, enum entry_kind kind, struct bytes lookup, const struct principal_row *p, int64_t expires_at)
{
    entry->kind = kind;
    memcpy(entry->lookup, lookup.at, SHA256_LEN);
    entry->principal = p->id;
    strncpy(entry->name, p->name, sizeof(entry->name) - 1);
    entry->expires_at = expires_at;
}

static bool add_session(const struct rows *rows, const struct session_row *row, struct entry *entry)
{
    const struct principal_row *p = principal_of(rows, &row->principal);

    if (p == NULL || row->lookup.len != SHA256_LEN)
        return false;
    fill(entry, ENTRY_SESSION, row->lookup, p, row->expires_at);
    entry->rights = rights_of(rows, p);
    entry->proved_at = row->proved_at;
    entry->seen_at = entry->stored_at = row->seen_at;
    return true;
}

/* A token may what its role allows and its owner still may; without the owner nothing. */
static bool add_token(const struct rows *rows, const struct credential_row *row, struct entry *entry)
{
    const struct principal_row *p = principal_of(rows, &row->principal), *owner = NULL;

    if (p == NULL || row->lookup.len != SHA256_LEN)
        return false;
    if (!id_is_none(&p->parent)) {
        owner = principal_of(rows, &p->parent);
        if (owner == NULL)
            return false;
    }
    fill(entry, ENTRY_TOKEN, row->lookup, p, p->expires_at);
    entry->rights = rights_of(rows, p) & (owner != NULL ? rights_of(rows, owner) : UINT64_MAX);
    entry->seen_at = entry->stored_at = row->used_at;
    return true;
}

static bool add_setup(const struct rows *rows, const struct credential_row *row, struct entry *entry)
{
    const struct principal_row *p = principal_of(rows, &row->principal);

    if (p == NULL || row->lookup.len != SHA256_LEN || rows->set_up_at > 0)
        return false;
    fill(entry, ENTRY_SETUP, row->lookup, p, 0);
    entry->rights = RIGHT_BIT(RIGHT_PUBLIC) | RIGHT_BIT(RIGHT_SELF) | RIGHT_BIT(RIGHT_SETUP);
    return true;
}

/* A token has the grants of its role only while its owner may all that the role may. */
static unsigned roles_held(const struct rows *rows, const struct principal_row *p)
{
    const struct principal_row *owner = id_is_none(&p->parent) ? NULL : principal_of(rows, &p->parent);
    unsigned roles = roles_of(rows, p);

    for (enum role role = ROLE_ADMIN; owner != NULL && role < ROLE_COUNT; role++)
        if ((role_rights(role) & ~rights_of(rows, owner)) != 0)
            roles &= ~(1U << role);
    return roles;
}

static void add_holder(struct snapshot *s, const struct rows *rows, const struct principal_row *p)
{
    enum role role;

    if (strcmp(p->kind, "role") == 0) {
        if (role_parse(p->name, &role))
            s->role_ids[role] = p->id;
        return;
    }
    if (s->holders_len > 0 && id_equal(&s->holders[s->holders_len - 1].principal, &p->id))
        return;
    s->holders[s->holders_len++] = (struct holder){ .principal = p->id, .roles = roles_held(rows, p) };
}

static void freeze_grants(struct snapshot *s, const struct rows *rows)
{
    s->holders = own_alloc((rows->principals_len + 1) * sizeof(*s->holders));
    s->grants = own_alloc((rows->grants_len + 1) * sizeof(*s->grants));
    for (size_t i = 0; i < rows->principals_len; i++)
        add_holder(s, rows, &rows->principals[i]);
    for (size_t i = 0; i < rows->grants_len; i++) {
        const struct grant_row *row = &rows->grants[i];

        s->grants[s->grants_len++] = (struct held_grant){ .principal = row->principal,
            .grant = { .rights = key_rights(row->allows), .scope = "certificate", .scope_id = row->certificate } };
    }
}

static int by_lookup(const void *x, const void *y)
{
    return memcmp(((const struct entry *)x)->lookup, ((const struct entry *)y)->lookup, SHA256_LEN);
}

static bool has_admin(const struct rows *rows)
{
    for (size_t i = 0; i < rows->principals_len; i++)
        if (strcmp(rows->principals[i].kind, "user") == 0 && strcmp(rows->principals[i].role, "role:admin") == 0)
            return true;
    return false;
}

static struct snapshot *freeze(const struct rows *rows)
{
    struct snapshot *s = own_alloc(sizeof(*s));

    s->refs = 1;
    s->entries = own_alloc((rows->sessions_len + rows->credentials_len + 1) * sizeof(*s->entries));
    s->is_set_up = rows->set_up_at > 0;
    s->has_admin = has_admin(rows);
    for (size_t i = 0; i < rows->sessions_len; i++)
        s->len += add_session(rows, &rows->sessions[i], &s->entries[s->len]);
    for (size_t i = 0; i < rows->credentials_len; i++) {
        const struct credential_row *row = &rows->credentials[i];

        if (strcmp(row->kind, "token") == 0)
            s->len += add_token(rows, row, &s->entries[s->len]);
        else if (strcmp(row->kind, "setup") == 0)
            s->len += add_setup(rows, row, &s->entries[s->len]);
    }
    freeze_grants(s, rows);
    qsort(s->entries, s->len, sizeof(*s->entries), by_lookup);
    return s;
}

static void lend_seen(struct snapshot *s, const struct snapshot *before)
{
    for (size_t i = 0; i < before->len; i++) {
        struct entry *old = &before->entries[i], *entry = snapshot_find(s, old->kind, old->lookup);
        int64_t at = old->seen_at;

        if (entry != NULL && entry->seen_at < at)
            entry->seen_at = at;
    }
}

enum err snapshot_load(struct store *store, const struct snapshot *before, struct snapshot **out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct rows rows = { 0 };
    enum err r = read_rows(store, a, &rows, e);

    if (r)
        return r;
    *out = freeze(&rows);
    if (before != NULL)
        lend_seen(*out, before);
    return ERR_NONE;
}

void snapshot_unref(struct snapshot *s)
{
    if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    free(s->entries);
    free(s->holders);
    free(s->grants);
    free(s);
}

struct entry *snapshot_find(const struct snapshot *s, enum entry_kind kind, const uint8_t lookup[SHA256_LEN])
{
    struct entry wanted;
    struct entry *found;

    memcpy(wanted.lookup, lookup, SHA256_LEN);
    found = s->len > 0 ? bsearch(&wanted, s->entries, s->len, sizeof(wanted), by_lookup) : NULL;
    return found != NULL && found->kind == kind ? found : NULL;
}
