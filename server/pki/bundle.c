#include "pki/bundle.h"

#include "base/text.h"
#include "pki/ber.h"
#include "pki/dek.h"
#include "pki/der.h"
#include "pki/foreign.h"
#include "pki/key_read.h"
#include "pki/p12_read.h"
#include "pki/pem.h"
#include "pki/pkcs7_read.h"

enum { SEALED_MAX = 32 };      /* encrypted things in one PEM file */

struct bundle {
    const char *password;
    struct pbe_budget budget;
    unsigned sealed;
    struct items *out;
};

/* Certificate, list or request: what follows the first three fields of their signed part. */
static bool signed_kind(struct bytes der, enum item_kind *out)
{
    struct der d = der_of(der), in, tbs, skipped;
    bool is_tagged, has_number;
    struct bytes ignored;
    uint8_t tag;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_enter(&in, DER_SEQUENCE, &tbs) || !der_optional(&tbs, DER_CONTEXT_CONS(0), &skipped, &is_tagged))
        return false;
    has_number = der_get(&tbs, DER_INTEGER, &ignored);
    if (is_tagged) {
        *out = ITEM_CERTIFICATE;
        return true;
    }
    if (!der_enter(&tbs, DER_SEQUENCE, &skipped) || !der_enter(&tbs, DER_SEQUENCE, &skipped))
        return false;
    if (!der_peek(&tbs, &tag) || tag == DER_CONTEXT_CONS(0))
        *out = ITEM_REQUEST;
    else if (tag == DER_UTC_TIME || tag == DER_TIME)
        *out = ITEM_CRL;
    else
        *out = ITEM_CERTIFICATE;
    return has_number || *out == ITEM_CRL;
}

/* A key that was encrypted in OpenSSL's old way; `scheme` NULL: in no way, or in one that stands in the key itself. */
static enum err read_key(struct bundle *b, struct bytes der, const char *scheme, struct item *out, struct error *e)
{
    enum err r;

    if (scheme == NULL)
        return key_read(der, b->password, &b->budget, b->out->arena, out, e);
    r = dek_open(scheme, der, b->password == NULL ? "" : b->password, b->out->arena, &der, e);
    if (r == ERR_NONE && (key_form(der) == KEY_FORM_NONE || key_form(der) == KEY_FORM_ENCRYPTED))  /* one wrong password in 256 leaves good padding */
        r = fail_kind(e, ERR_INVALID, "wrong-password", "the password is wrong");
    if (r && b->password == NULL && strcmp(e->kind, "wrong-password") == 0)
        return fail_kind(e, ERR_INVALID, "wrong-password", "the private key is encrypted: give its password");
    return r ? r : key_read(der, NULL, &b->budget, b->out->arena, out, e);
}

/* A key that is not taken does not keep out what stands beside it; a password that is wrong does, because another can be given. */
static enum err add_key(struct bundle *b, struct bytes der, const char *scheme, struct error *e)
{
    struct item item = { .kind = ITEM_KEY };
    struct error why = { 0 };

    if ((scheme != NULL || key_form(der) == KEY_FORM_ENCRYPTED) && ++b->sealed > SEALED_MAX)
        return fail(e, ERR_INVALID, "the file has more than %d encrypted keys: split it", SEALED_MAX);
    if (read_key(b, der, scheme, &item, &why) != ERR_NONE) {
        if (strcmp(why.kind, "wrong-password") == 0 || strcmp(why.kind, "too-many-iterations") == 0)
            return why.field[0] != '\0' ? fail_at(e, why.field, "%s", why.text) : fail_kind(e, ERR_INVALID, why.kind, "%s", why.text);
        item.trouble = arena_text(b->out->arena, why.text);
        item.trouble_kind = arena_text(b->out->arena, why.kind);
    }
    return items_add(b->out, &item, e);
}

static enum err add_der(struct bundle *b, struct bytes der, struct error *e)
{
    struct item item = { .der = der };
    struct bytes sound;
    enum err r;

    if (p12_is_one(der))
        return p12_read(der, b->password, b->out, e);
    if (pkcs7_is_one(der))
        return pkcs7_read(der, b->out, e);
    if (key_form(der) != KEY_FORM_NONE)
        return add_key(b, der, NULL, e);
    if (signed_kind(der, &item.kind))
        return items_add(b->out, &item, e);
    if (der.at[0] != DER_SEQUENCE)
        return fail(e, ERR_INVALID, "%s", foreign_name(der) != NULL ? foreign_name(der) : "this is no certificate, key, PKCS#7 or PKCS#12 file");
    /* Lengths left open: DER's reader sees nothing in it. What is cut off says so. */
    r = ber_to_der(der, b->out->arena, &sound, e);
    if (r)
        return r;
    if (!bytes_equal(sound, der) && p12_is_one(sound))
        return p12_read(der, b->password, b->out, e);
    if (!bytes_equal(sound, der) && pkcs7_is_one(sound))
        return pkcs7_read(der, b->out, e);
    return fail(e, ERR_INVALID, "this is no certificate, key, PKCS#7 or PKCS#12 file");
}

/* PEM --------------------------------------------------------------------------------------------------- */

static const struct { const char *label; enum { BLOCK_ITEM, BLOCK_KEY, BLOCK_ANY } how; enum item_kind kind; } labels[] = {
    { "CERTIFICATE", BLOCK_ITEM, ITEM_CERTIFICATE }, { "X509 CERTIFICATE", BLOCK_ITEM, ITEM_CERTIFICATE },
    { "TRUSTED CERTIFICATE", BLOCK_ITEM, ITEM_CERTIFICATE },
    { "CERTIFICATE REQUEST", BLOCK_ITEM, ITEM_REQUEST }, { "NEW CERTIFICATE REQUEST", BLOCK_ITEM, ITEM_REQUEST }, { "X509 CRL", BLOCK_ITEM, ITEM_CRL },
    { "PRIVATE KEY", BLOCK_KEY, ITEM_KEY }, { "RSA PRIVATE KEY", BLOCK_KEY, ITEM_KEY }, { "EC PRIVATE KEY", BLOCK_KEY, ITEM_KEY },
    { "ENCRYPTED PRIVATE KEY", BLOCK_KEY, ITEM_KEY }, { "PKCS7", BLOCK_ANY, ITEM_CERTIFICATE }, { "CMS", BLOCK_ANY, ITEM_CERTIFICATE },
    { "PKCS #7 SIGNED DATA", BLOCK_ANY, ITEM_CERTIFICATE }, { "PKCS12", BLOCK_ANY, ITEM_CERTIFICATE },
};

/* OpenSSL writes whom it trusts for what behind such a certificate. */
static struct bytes first_element(struct bytes der)
{
    struct bytes whole;
    struct der d = der_of(der);

    return der_get_whole(&d, DER_SEQUENCE, &whole) ? whole : der;
}

/* A key of another program's form is told of: beside a certificate it would be missed. */
static enum err add_foreign(struct bundle *b, const struct pem_block *block, struct error *e)
{
    struct arena *a = b->out->arena;
    const char *says = foreign_label(block->label);
    struct item item = { .kind = ITEM_KEY, .trouble_kind = "unsupported-algorithm" };

    if (!text_ends(block->label, "PRIVATE KEY"))
        return ERR_NONE;
    item.trouble = says != NULL ? says : arena_printf(a, "a \"%s\" is not supported: RSA, EC (P-256, P-384, P-521) and Ed25519 are", block->label);
    return items_add(b->out, &item, e);
}

static enum err add_block(struct bundle *b, const struct pem_block *block, struct error *e)
{
    struct bytes der = block->content;

    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
        struct item item = { .kind = labels[i].kind, .der = der };

        if (strcmp(labels[i].label, block->label) != 0)
            continue;
        if (strcmp(block->label, "TRUSTED CERTIFICATE") == 0)
            item.der = first_element(der);
        return labels[i].how == BLOCK_KEY ? add_key(b, der, block->scheme, e) : labels[i].how == BLOCK_ANY ? add_der(b, der, e) : items_add(b->out, &item, e);
    }
    return add_foreign(b, block, e);
}

static enum err add_pem(struct bundle *b, struct bytes file, struct error *e)
{
    const char *at = (const char *)file.at, *end = at + file.len;
    struct pem_block block = { .label = "" };
    size_t before = b->out->len;
    enum err r;

    for (;;) {
        r = pem_next_block(&at, end, b->out->arena, &block, e);
        if (r == ERR_ABSENT)
            break;
        if (r == ERR_NONE)
            r = add_block(b, &block, e);
        if (r)
            return r;
    }
    if (b->out->len == before && foreign_label(block.label) != NULL)
        return fail(e, ERR_INVALID, "%s", foreign_label(block.label));
    if (b->out->len == before)
        return fail(e, ERR_INVALID, "the file has no certificate and no key in it%s%.64s", block.label[0] != '\0' ? ", only: " : "", block.label);
    if (e != NULL)
        *e = (struct error){ 0 };
    return ERR_NONE;
}

static bool is_pem(struct bytes file)
{
    return memmem(file.at, file.len, "-----BEGIN ", 11) != NULL;
}

enum err bundle_read(struct bytes file, const char *password, struct items *out, struct error *e)
{
    struct bundle b = { .password = password, .out = out };
    enum err r;

    if (file.len == 0)
        return fail_at(e, "/data", "the file is empty");
    if (file.len > BUNDLE_MAX)
        return fail_at(e, "/data", "the file has %zu octets: %d is the most", file.len, BUNDLE_MAX);
    file = foreign_unwrap(file, out->arena);
    r = file.len == 0 ? fail(e, ERR_INVALID, "the file is empty") : file.at[0] != DER_SEQUENCE && is_pem(file) ? add_pem(&b, file, e) : add_der(&b, file, e);
    out->spent += b.budget.spent;
    if (r && e != NULL && e->field[0] == '\0')
        strcpy(e->field, strcmp(e->kind, "wrong-password") == 0 ? "/password" : "/data");
    return r;
}
