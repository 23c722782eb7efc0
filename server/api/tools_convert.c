/* tools_convert - PEM, DER, PKCS #7 and PFX into each other. A key passes through the keeper, which judges it, and is kept nowhere. */
#include "api/tools.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "keeper/keeper.h"
#include "pki/bundle.h"
#include "pki/pem.h"
#include "pki/pfx_target.h"
#include "pki/pkcs12.h"
#include "pki/pkcs7.h"

enum { CERTS_MOST = 100, PEM_KEY_ITERATIONS = 100000, STEM_MAX = 64, OUT_MAX = 4 * 1024 * 1024 };

struct work {
    struct app *app;
    struct request *rq;
    struct items items;
    const struct item *key;              /* NULL: none */
    struct bytes *certs;                 /* leaf first */
    size_t certs_len;
    bool has_own_leaf;                   /* the first belongs to the key */
    const char *new_password;            /* NULL: none */
    const struct pfx_profile *profile;   /* of a PFX */
};

/* what came --------------------------------------------------------------------------------------------- */

static enum err take_key(struct work *w, const struct item *item, struct error *e)
{
    if (item->trouble != NULL)
        return fail_at(e, "/data", "%s", item->trouble);
    if (w->key != NULL)
        return fail_at(e, "/data", "there is more than one private key in it: give one at a time");
    w->key = item;
    return ERR_NONE;
}

static enum err sort_items(struct work *w, struct cert *certs, size_t *len, struct error *e)
{
    enum err r = ERR_NONE;

    for (size_t i = 0; !r && i < w->items.len; i++) {
        const struct item *item = &w->items.at[i];

        if (item->kind == ITEM_KEY) {
            r = take_key(w, item, e);
        } else if (item->kind == ITEM_CERTIFICATE) {
            if (*len == CERTS_MOST)
                return fail_at(e, "/data", "more than %d certificates", CERTS_MOST);
            r = cert_parse(item->der, w->rq->arena, &certs[*len], e);
            if (r)
                return fail_at(e, "/data", "certificate %zu: %s", *len + 1, arena_text(w->rq->arena, e->text));
            (*len)++;
        }
    }
    return r;
}

/* The one of the key; else one that issued none of the others. */
static size_t find_leaf(struct work *w, const struct cert *certs, size_t len)
{
    for (size_t i = 0; w->key != NULL && i < len; i++)
        if (bytes_equal(certs[i].key.der, w->key->spki)) {
            w->has_own_leaf = true;
            return i;
        }
    for (size_t i = 0; i < len; i++) {
        bool is_issuer = false;

        for (size_t k = 0; k < len; k++)
            is_issuer |= k != i && bytes_equal(certs[k].issuer, certs[i].subject);
        if (!is_issuer)
            return i;
    }
    return 0;
}

/* As servers want it: the leaf, then upward; what is not on the way stays behind, in the order of the file. */
static void put_in_order(struct work *w, const struct cert *certs, size_t len)
{
    bool *is_taken = arena_take(w->rq->arena, len * sizeof(bool) + 1);
    size_t at = find_leaf(w, certs, len);

    w->certs = arena_take(w->rq->arena, len * sizeof(*w->certs) + 1);
    while (at < len) {
        size_t next = 0;

        w->certs[w->certs_len++] = certs[at].der;
        is_taken[at] = true;
        while (next < len && (is_taken[next] || !bytes_equal(certs[next].subject, certs[at].issuer)))
            next++;
        at = next;
    }
    for (size_t i = 0; i < len; i++)
        if (!is_taken[i])
            w->certs[w->certs_len++] = certs[i].der;
}

static enum err read_all(struct work *w, struct error *e)
{
    struct cert *certs = arena_take(w->rq->arena, CERTS_MOST * sizeof(*certs));
    struct bytes file;
    size_t len = 0;
    enum err r;

    items_init(&w->items, w->rq->arena);
    r = tools_file(w->rq, body_text(w->rq, "data"), &file, e);
    if (!r)
        r = bundle_read(file, body_text(w->rq, "password"), &w->items, e);
    if (!r)
        r = sort_items(w, certs, &len, e);
    if (r)
        return r;
    if (len > 0)
        put_in_order(w, certs, len);
    return ERR_NONE;
}

/* the key ----------------------------------------------------------------------------------------------- */

static enum err write_key(struct work *w, const struct export_scheme *scheme, struct bytes *out, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_NONE, .id = id_new(), .is_exportable = true, .path_len = -1 };
    struct sealed_key sealed;
    enum err r;

    r = keeper_seal(w->app->keeper, &spec, w->key->der, w->rq->arena, &sealed, e);
    if (r == ERR_INVALID)
        return fail_at(e, "/data", "%s", arena_text(w->rq->arena, e->text));
    return r ? r : keeper_export(w->app->keeper, sealed.blob, scheme, scheme->is_bare ? "" : w->new_password, w->rq->arena, out, e);
}

static enum err plain_key(struct work *w, struct bytes *out, const char **label, struct error *e)
{
    struct export_scheme scheme = { .is_bare = w->new_password == NULL, .scheme = PBE_AES256_SHA256, .iterations = PEM_KEY_ITERATIONS };

    *label = scheme.is_bare ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY";
    return write_key(w, &scheme, out, e);
}

/* forms ------------------------------------------------------------------------------------------------- */

static enum err to_pem(struct work *w, struct bytes *out, struct error *e)
{
    static const char *const labels[] = { [ITEM_REQUEST] = "CERTIFICATE REQUEST", [ITEM_CRL] = "X509 CRL" };
    struct bytes key;
    const char *label;
    struct buf text;
    enum err r = ERR_NONE;

    buf_init(&text, OUT_MAX);
    for (size_t i = 0; i < w->certs_len; i++)
        buf_text(&text, pem_text(w->rq->arena, "CERTIFICATE", w->certs[i]));
    for (size_t i = 0; i < w->items.len; i++)
        if (w->items.at[i].kind == ITEM_REQUEST || w->items.at[i].kind == ITEM_CRL)
            buf_text(&text, pem_text(w->rq->arena, labels[w->items.at[i].kind], w->items.at[i].der));
    if (w->key != NULL)
        r = plain_key(w, &key, &label, e);
    if (!r && w->key != NULL)
        buf_text(&text, pem_text(w->rq->arena, label, key));
    if (!r)
        *out = arena_bytes(w->rq->arena, buf_bytes(&text));
    buf_wipe(&text);
    return r;
}

/* Room for one thing: the certificate, else the key, else what is there. */
static enum err to_der(struct work *w, struct bytes *out, struct error *e)
{
    const char *label;

    if (w->certs_len == 0 && w->key != NULL)
        return plain_key(w, out, &label, e);
    *out = w->certs_len > 0 ? w->certs[0] : w->items.at[0].der;
    return ERR_NONE;
}

static enum err to_p7b(struct work *w, struct bytes *out, struct error *e)
{
    if (w->certs_len == 0)
        return fail_at(e, "/data", "there is no certificate in it, and PKCS #7 holds nothing else");
    *out = pkcs7_certs(w->rq->arena, w->certs, w->certs_len);
    return ERR_NONE;
}

static enum err check_pfx(const struct work *w, struct error *e)
{
    enum err r;

    if (w->key == NULL)
        return fail_at(e, "/data", "a PFX needs the private key: put the PEM of certificate and key one behind the other");
    if (!w->has_own_leaf)
        return fail_at(e, "/data", "none of the certificates belongs to the private key: the public keys differ");
    r = pbe_password_check(w->new_password == NULL ? "" : w->new_password, e);
    return r ? fail_at(e, "/new_password", "%s", arena_text(w->rq->arena, e->text)) : ERR_NONE;
}

static enum err to_pfx(struct work *w, struct bytes *out, struct error *e)
{
    struct pfx_wish wish = { .profile = w->profile, .certs = w->certs, .certs_len = w->certs_len, .password = w->new_password };
    struct export_scheme scheme;
    struct cert leaf;
    enum err r;

    r = check_pfx(w, e);
    if (r)
        return r;
    scheme = (struct export_scheme){ .scheme = w->profile->scheme, .iterations = w->profile->iterations };
    r = cert_parse(w->certs[0], w->rq->arena, &leaf, e);
    if (!r)
        r = write_key(w, &scheme, &wish.key, e);
    if (r)
        return r;
    wish.friendly_name = leaf.common_name[0] != '\0' ? leaf.common_name : leaf.names.len > 0 ? leaf.names.at[0].text : "certificate";
    r = pfx_write(&wish, w->rq->arena, out, e);
    return r ? r : pfx_check(*out, &wish, w->rq->arena, e);
}

static const struct form {
    const char *word, *type, *ending;
    enum err (*write)(struct work *w, struct bytes *out, struct error *e);
} forms[] = {
    { "pem", "application/x-pem-file", "pem", to_pem },
    { "der", "application/octet-stream", "der", to_der },
    { "p7b", "application/x-pkcs7-certificates", "p7b", to_p7b },
    { "pkcs12", "application/x-pkcs12", "pfx", to_pfx },
};

/* ------------------------------------------------------------------------------------------------------- */

static const struct form *form_of(const char *word)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (strcmp(forms[i].word, word) == 0)
            return &forms[i];
    return NULL;
}

/* Its own name with another ending; only what every file system takes. */
static const char *name_of(struct request *rq, const struct form *form)
{
    const char *given = body_text(rq, "filename"), *dot = given == NULL ? NULL : strrchr(given, '.');
    size_t len = given == NULL ? 0 : dot != NULL && dot > given ? (size_t)(dot - given) : strlen(given);
    char *stem = arena_copy(rq->arena, given == NULL ? "" : given, len > STEM_MAX ? STEM_MAX : len);

    for (char *c = stem; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80 || (!isalnum((unsigned char)*c) && *c != '-' && (*c != '.' || c == stem)))
            *c = '_';
    return arena_printf(rq->arena, "%s.%s", stem[0] != '\0' ? stem : "converted", form->ending);
}

/* An empty one is none: the key is not encrypted then. */
static enum err read_new_password(struct work *w, struct error *e)
{
    const char *text = body_text(w->rq, "new_password");
    enum err r;

    if (text == NULL || text[0] == '\0')
        return ERR_NONE;
    r = pbe_password_check(text, e);
    if (r)
        return fail_at(e, "/new_password", "%s", arena_text(w->rq->arena, e->text));
    w->new_password = text;
    return ERR_NONE;
}

enum err tools_convert(struct app *app, struct request *rq, struct error *e)
{
    const struct form *form = form_of(body_text(rq, "format"));
    struct work w = { .app = app, .rq = rq };
    struct bytes out = { 0 };
    enum err r;

    if (form == NULL)
        return fail_at(e, "/format", "there is no such form: pem, der, p7b or pkcs12");
    r = pfx_target_choose(body_text(rq, "target"), body_text(rq, "pkcs12_profile"), form->write == to_pfx, &w.profile, e);
    if (!r)
        r = read_new_password(&w, e);
    if (!r)
        r = read_all(&w, e);
    if (!r)
        r = form->write(&w, &out, e);
    if (r)
        return r;
    reply_bytes(rq, 200, form->type, out);
    reply_download(rq, name_of(rq, form));
    return ERR_NONE;
}
