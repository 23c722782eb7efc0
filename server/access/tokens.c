/* sgn_<id: 32 hex>_<secret: 64 hex><crc: 8 hex>. The CRC tells a mistyped token from a wrong one without asking anything, and lets
   scanners find tokens that leaked. What is stored is SHA-256 of the whole text. */
#include <stdio.h>

#include "access/parts.h"
#include "base/fault.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "store/credentials.h"
#include "store/principals.h"

enum { SECRET_LEN = 32, ID_HEX = 32, SECRET_HEX = 64, CRC_HEX = 8, TOKEN_LEN = 4 + ID_HEX + 1 + SECRET_HEX + CRC_HEX };

/* CRC-32 of ISO 3309, as zlib has it. */
static uint32_t crc32_of(const char *text, size_t len)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < len; i++) {
        crc ^= (uint8_t)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
    }
    return ~crc;
}

static void token_text(const struct id *id, char out[TOKEN_LEN + 1])
{
    uint8_t secret[SECRET_LEN];
    char id_hex[ID_HEX + 1], secret_hex[SECRET_HEX + 1];
    int len;

    random_fill(secret, sizeof(secret));
    text_hex(id_bytes(id), id_hex);
    text_hex(bytes_of(secret, sizeof(secret)), secret_hex);
    len = snprintf(out, TOKEN_LEN + 1, "sgn_%s_%s", id_hex, secret_hex);
    snprintf(out + len, CRC_HEX + 1, "%08x", crc32_of(out, (size_t)len));
    own_wipe(secret, sizeof(secret));
    own_wipe(secret_hex, sizeof(secret_hex));
}

static bool is_token(const char *text)
{
    char crc[CRC_HEX + 1];

    if (strnlen(text, TOKEN_LEN + 1) != TOKEN_LEN || !text_starts(text, "sgn_") || text[4 + ID_HEX] != '_')
        return false;
    snprintf(crc, sizeof(crc), "%08x", crc32_of(text, TOKEN_LEN - CRC_HEX));
    return strcmp(crc, text + TOKEN_LEN - CRC_HEX) == 0;
}

struct new_token { struct principal_row principal; struct credential_row credential; struct id credential_id; const char *detail; };

static enum err write_token(struct tx *tx, void *arg, struct error *e)
{
    const struct new_token *t = arg;
    enum err r = store_principal_add(tx, &t->principal, e);

    if (!r)
        r = store_credential_add(tx, &t->credential_id, &t->credential, e);
    if (r)
        return r;
    tx_note(tx, "token.created", "token", &t->principal.id, t->detail);
    tx_made(tx, "/api/v1/tokens", 201);
    return ERR_NONE;
}

static enum err may_make(const struct actor *who, const char *name, enum role role, int64_t days, struct error *e)
{
    enum err r = access_check(who, RIGHT_ACCESS, "", NULL, e);

    if (!r)
        r = access_name_check(name, e);
    if (r)
        return r;
    if (days < 1 || days > TOKEN_DAYS_MAX)
        return fail_at(e, "/expires_in_days", "a token is good for 1 to %d days", TOKEN_DAYS_MAX);
    if (role <= ROLE_NONE || role >= ROLE_COUNT)
        return fail_at(e, "/role", "a role is admin, operator, requester, auditor or viewer");
    if ((role_rights(role) & ~who->rights) != 0)
        return fail(e, ERR_DENIED, "nobody can make a token that may more than themselves");
    return ERR_NONE;
}

enum err access_token_make(struct access *a, const struct actor *who, const char *name, enum role role, int64_t days,
                           struct arena *arena, const char **token, struct id *id, struct error *e)
{
    uint8_t lookup[SHA256_LEN];
    char text[TOKEN_LEN + 1];
    struct new_token t = { .credential_id = id_new() };
    enum err r = may_make(who, name, role, days, e);

    if (r)
        return r;
    t.principal = (struct principal_row){ .id = id_new(), .kind = "token", .name = name, .expires_at = clock_now() + days * DAYS,
                                          .role = arena_printf(arena, "role:%s", role_text(role)) };
    if (who->kind == ACTOR_USER)
        t.principal.parent = who->id;
    t.detail = arena_printf(arena, "{\"role\":\"%s\",\"days\":%d}", role_text(role), (int)days);
    token_text(&t.principal.id, text);
    access_hash(text, lookup);
    t.credential = (struct credential_row){ .principal = t.principal.id, .kind = "token", .lookup = bytes_of(lookup, sizeof(lookup)),
                                            .expires_at = t.principal.expires_at };
    fault_point("access.token");
    r = store_write(a->store, who, write_token, &t, e);
    if (!r) {
        access_wrote(a);
        *token = arena_text(arena, text);
        *id = t.principal.id;
    } else if (e != NULL && r == ERR_CONFLICT && e->kind[0] == '\0') {
        snprintf(e->field, sizeof(e->field), "/name");
    }
    own_wipe(text, sizeof(text));
    return r;
}

enum err access_token(struct access *a, const char *token, struct actor *out, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    uint8_t lookup[SHA256_LEN];
    struct entry *entry;
    enum err r;

    if (!is_token(token))
        return fail_kind(e, ERR_DENIED, "unauthenticated", "this is not a token: was it copied whole? It begins with sgn_");
    r = access_snapshot(a, &s, e);
    if (r)
        return r;
    access_hash(token, lookup);
    entry = snapshot_find(s, ENTRY_TOKEN, lookup);
    if (entry == NULL)
        return fail_kind(e, ERR_DENIED, "unauthenticated", "this token is unknown or was revoked");
    if (clock_now() >= entry->expires_at)
        return fail_kind(e, ERR_DENIED, "unauthenticated", "this token has expired: make a new one");
    access_entry_actor(entry, ACTOR_TOKEN, out);
    out->proved_at = 0;
    return ERR_NONE;
}

static enum err write_revoke(struct tx *tx, void *arg, struct error *e)
{
    const struct id *id = arg;
    enum err r = store_principal_end(tx, id, "token", e);

    if (!r)
        r = store_credential_end(tx, id, "token", e);
    if (!r)
        tx_note(tx, "token.revoked", "token", id, NULL);
    return r;
}

enum err access_token_revoke(struct access *a, const struct actor *who, const struct id *id, struct error *e)
{
    struct id which = *id;
    enum err r = access_check(who, RIGHT_ACCESS, "", NULL, e);

    if (!r)
        r = store_write(a->store, who, write_revoke, &which, e);
    if (r)
        return r;
    access_wrote(a);
    return ERR_NONE;
}

static int64_t used_at(const struct snapshot *s, const struct credential_row *list, size_t len, const struct id *id)
{
    for (size_t i = 0; i < len; i++) {
        const struct entry *entry;

        if (!id_equal(&list[i].principal, id) || list[i].lookup.len != SHA256_LEN)
            continue;
        entry = snapshot_find(s, ENTRY_TOKEN, list[i].lookup.at);
        return entry != NULL && entry->seen_at > list[i].used_at ? entry->seen_at : list[i].used_at;
    }
    return 0;
}

static const char *name_of(const struct principal_row *list, size_t len, const struct id *id)
{
    for (size_t i = 0; i < len; i++)
        if (id_equal(&list[i].id, id))
            return list[i].name;
    return "";
}

enum err access_tokens(struct access *a, struct arena *arena, struct token_row **out, size_t *len, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    CLEANUP(look_done) struct look look = { 0 };
    struct principal_row *people;
    struct credential_row *proofs;
    struct token_row *list;
    size_t people_len, proofs_len, n = 0;
    enum err r = access_snapshot(a, &s, e);

    if (!r)
        r = store_look(a->store, &look, e);
    if (!r)
        r = store_principals(look_db(&look), arena, &people, &people_len, e);
    if (!r)
        r = store_credentials(look_db(&look), arena, &proofs, &proofs_len, e);
    if (r)
        return r;
    list = arena_take(arena, (people_len + 1) * sizeof(*list));
    for (size_t i = 0; i < people_len; i++) {
        const struct principal_row *p = &people[i];

        if (strcmp(p->kind, "token") != 0)
            continue;
        list[n++] = (struct token_row){ .id = p->id, .name = p->name, .role = text_starts(p->role, "role:") ? p->role + 5 : p->role,
                                        .owner = name_of(people, people_len, &p->parent), .created_at = p->created_at,
                                        .expires_at = p->expires_at, .used_at = used_at(s, proofs, proofs_len, &p->id) };
    }
    *out = list;
    *len = n;
    return ERR_NONE;
}
