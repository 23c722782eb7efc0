/* export - a certificate as the file its target opens. A private key leaves only after the journal says so on disk. */
#include <ctype.h>

#include "base/fault.h"
#include "ca/held.h"
#include "pki/pem.h"
#include "pki/pfx_target.h"
#include "pki/pkcs7.h"
#include "store/keys.h"

enum { PEM_KEY_ITERATIONS = 100000, NAME_MAX_LEN = 64 };

struct taking {
    const struct export_wish *wish;
    struct inventory_item item;
    struct bytes *chain;
    size_t chain_len;
    struct key_row key;
    const struct pfx_profile *profile;      /* of a PFX */
    bool with_key;
    const char *detail;
};

static const struct { const char *word, *type, *ending; } forms[] = {
    [EXPORT_PKCS12] = { "pkcs12", "application/x-pkcs12", "pfx" },
    [EXPORT_PEM] = { "pem", "application/pem-certificate-chain", "pem" },
    [EXPORT_DER] = { "der", "application/pkix-cert", "cer" },
    [EXPORT_P7B] = { "p7b", "application/x-pkcs7-certificates", "p7b" },
};

static enum err check_wish(const struct export_wish *wish, bool *with_key, struct error *e)
{
    bool has_password = wish->password != NULL && wish->password[0] != '\0';
    enum err r;

    *with_key = wish->format == EXPORT_PKCS12 || (wish->format == EXPORT_PEM && wish->with_key);
    if (wish->with_key && !*with_key)
        return fail_at(e, "/format", "%s holds no private key: take pkcs12 or pem", forms[wish->format].word);
    if (wish->format != EXPORT_PKCS12 && (!*with_key || !has_password))
        return ERR_NONE;
    r = pbe_password_check(wish->password == NULL ? "" : wish->password, e);
    if (r && e->field[0] == '\0')
        strcpy(e->field, "/password");
    return r;
}

static enum err read_rows(struct ca *ca, const struct id *certificate, struct taking *t, struct arena *a, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r;

    r = store_look(ca->store, &look, e);
    if (r)
        return r;
    r = inventory_show(look_db(&look), certificate, 0, a, &t->item, e);
    if (r)
        return r;
    r = inventory_chain(look_db(&look), t->item.n, t->wish->with_root, a, &t->chain, &t->chain_len, e);
    if (r || !t->with_key)
        return r;
    if (id_is_none(&t->item.key_id))
        return fail_kind(e, ERR_CONFLICT, "no-private-key", "the private key of this certificate is not stored here: export without it");
    return store_key(look_db(&look), &t->item.key_id, a, &t->key, e);
}

static enum err check_key(const struct key_row *key, struct error *e)
{
    if (key->blob.len == 0)
        return fail_kind(e, ERR_CONFLICT, "no-private-key", "the private key of this certificate was destroyed");
    if (!key->is_exportable)
        return fail_kind(e, ERR_DENIED, "not-exportable", "this private key was made not exportable: issue a certificate with an exportable key instead");
    return ERR_NONE;
}

/* pkcs12 ---------------------------------------------------------------------------------------------- */

static enum err body_pkcs12(struct ca *ca, const struct taking *t, struct arena *a, struct bytes *out, struct error *e)
{
    struct export_scheme scheme = { .scheme = t->profile->scheme, .iterations = t->profile->iterations };
    struct pfx_wish wish = { .profile = t->profile, .friendly_name = t->item.label, .certs = t->chain, .certs_len = t->chain_len, .password = t->wish->password };
    enum err r;

    r = keeper_export(ca->keeper, t->key.blob, &scheme, t->wish->password, a, &wish.key, e);
    if (r)
        return r;
    r = pfx_write(&wish, a, out, e);
    if (r)
        return r;
    return pfx_check(*out, &wish, a, e);
}

/* pem ------------------------------------------------------------------------------------------------- */

static enum err key_pem(struct ca *ca, const struct taking *t, struct arena *a, const char **out, struct error *e)
{
    const char *password = t->wish->password;
    struct export_scheme scheme = { .is_bare = password == NULL || password[0] == '\0', .scheme = PBE_AES256_SHA256, .iterations = PEM_KEY_ITERATIONS };
    struct bytes der;
    enum err r;

    r = keeper_export(ca->keeper, t->key.blob, &scheme, scheme.is_bare ? "" : password, a, &der, e);
    if (r)
        return r;
    *out = pem_text(a, scheme.is_bare ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY", der);
    return ERR_NONE;
}

static enum err body_pem(struct ca *ca, const struct taking *t, struct arena *a, struct bytes *out, struct error *e)
{
    const char *key = "";
    const char *text = "";
    enum err r;

    if (t->with_key) {
        r = key_pem(ca, t, a, &key, e);
        if (r)
            return r;
    }
    for (size_t i = 0; i < t->chain_len; i++)
        text = arena_printf(a, "%s%s", text, pem_text(a, "CERTIFICATE", t->chain[i]));
    *out = bytes_text(arena_printf(a, "%s%s", text, key));
    return ERR_NONE;
}

static enum err body_of(struct ca *ca, const struct taking *t, struct arena *a, struct bytes *out, struct error *e)
{
    switch (t->wish->format) {
    case EXPORT_PKCS12:
        return body_pkcs12(ca, t, a, out, e);
    case EXPORT_PEM:
        return body_pem(ca, t, a, out, e);
    case EXPORT_P7B:
        *out = pkcs7_certs(a, t->chain, t->chain_len);
        return ERR_NONE;
    case EXPORT_DER:
        *out = t->item.der;
        return ERR_NONE;
    }
    return fail(e, ERR_BUG, "an export format without a writer");
}

/* ----------------------------------------------------------------------------------------------------- */

static enum err record(struct tx *tx, void *arg, struct error *e)
{
    const struct taking *t = arg;

    (void)e;
    tx_note(tx, "certificate.exported", "certificate", &t->item.id, t->detail);
    return ERR_NONE;
}

static const char *detail_of(const struct taking *t, struct arena *a)
{
    const char *profile = t->profile == NULL ? "" : t->profile->slug, *target = t->wish->target == NULL ? "" : t->wish->target;

    return arena_printf(a, "{\"format\":\"%s\",\"pkcs12_profile\":\"%s\",\"target\":\"%s\",\"with_key\":true,\"encrypted\":%s,\"version\":%d}",
                        forms[t->wish->format].word, profile, target,
                        t->wish->password != NULL && t->wish->password[0] != '\0' ? "true" : "false", t->item.number);
}

/* Safe on every file system: letters, digits, dot and hyphen; a wildcard's star is spelled out. */
const char *ca_export_filename(const char *from, const char *ending, struct arena *a)
{
    char *name = arena_take(a, NAME_MAX_LEN + 16);
    size_t len = 0;

    if (from[0] == '*') {
        memcpy(name, "wildcard", 8);
        len = 8;
        from++;
    }
    for (; *from != '\0' && len < NAME_MAX_LEN; from++) {
        bool is_safe = (unsigned char)*from < 0x80 && (isalnum((unsigned char)*from) || *from == '-' || (*from == '.' && len > 0));

        name[len++] = is_safe ? *from : '_';
    }
    if (len == 0)
        memcpy(name, "certificate", 11);
    return arena_printf(a, "%s.%s", name, ending);
}

static const char *filename_of(const struct taking *t, struct arena *a)
{
    return ca_export_filename(t->item.common_name[0] != '\0' ? t->item.common_name : t->item.label, forms[t->wish->format].ending, a);
}

static enum err check_rights(const struct actor *who, const struct id *certificate, bool with_key, struct error *e)
{
    enum err r = access_check(who, RIGHT_READ, "certificate", certificate, e);

    if (r || !with_key)
        return r;
    return access_check(who, RIGHT_EXPORT, "certificate", certificate, e);
}

enum err ca_export(struct ca *ca, const struct actor *who, const struct id *certificate, const struct export_wish *wish, struct arena *a,
                   struct exported *out, struct error *e)
{
    struct taking t = { .wish = wish };
    struct bytes body;
    enum err r;

    r = pfx_target_choose(wish->target, wish->pkcs12_profile, wish->format == EXPORT_PKCS12, &t.profile, e);
    if (r)
        return r;
    r = check_wish(wish, &t.with_key, e);
    if (r)
        return r;
    r = check_rights(who, certificate, t.with_key, e);
    if (r)
        return r;
    r = read_rows(ca, certificate, &t, a, e);
    if (r)
        return r;
    if (t.with_key) {
        r = check_key(&t.key, e);
        if (r)
            return r;
    }
    r = body_of(ca, &t, a, &body, e);
    if (r)
        return r;
    if (t.with_key) {
        t.detail = detail_of(&t, a);
        r = store_write(ca->store, who, record, &t, e);
        if (r)
            return r;
        fault_point("export.committed");
    }

    *out = (struct exported){ .body = body, .type = t.with_key && wish->format == EXPORT_PEM ? "application/x-pem-file" : forms[wish->format].type,
                              .filename = filename_of(&t, a) };
    return ERR_NONE;
}
