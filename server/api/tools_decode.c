/* tools_decode - what is this, and what stands in it? For /api/v1/tools. */
#include "api/tools.h"

#include "api/json.h"
#include "api/tools_kinds.h"
#include "pki/ber.h"
#include "pki/bundle.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "pki/dek.h"
#include "pki/der.h"
#include "pki/foreign.h"
#include "pki/p12_read.h"
#include "pki/pem.h"
#include "pki/pkcs7_read.h"

enum { ITEMS_MOST = 50 };

struct decoding {
    struct request *rq;
    const char *password;
    struct pbe_budget budget;
    json_t *items;
    struct { struct bytes spki; json_t *item; bool is_key; } seen[ITEMS_MOST];
    size_t seen_len;
};

static enum err kind_foreign(struct thing *t, struct error *e)
{
    (void)t;
    return fail(e, ERR_INVALID, "this kind is not known here: certificates, requests, revocation lists, keys, PKCS #7 and PFX are");
}

static const struct kind {
    const char *label, *word;
    enum err (*read)(struct thing *t, struct error *e);    /* NULL: it holds others */
} kinds[] = {
    { "CERTIFICATE", "certificate", kind_certificate }, { "X509 CERTIFICATE", "certificate", kind_certificate },
    { "TRUSTED CERTIFICATE", "certificate", kind_certificate },
    { "CERTIFICATE REQUEST", "request", kind_request }, { "NEW CERTIFICATE REQUEST", "request", kind_request },
    { "X509 CRL", "crl", kind_crl },                    { "PRIVATE KEY", "private-key", kind_key },
    { "RSA PRIVATE KEY", "private-key", kind_key },     { "EC PRIVATE KEY", "private-key", kind_key },
    { "ENCRYPTED PRIVATE KEY", "private-key", kind_key },
    { "PKCS7", "pkcs7", NULL }, { "CMS", "pkcs7", NULL }, { "PKCS #7 SIGNED DATA", "pkcs7", NULL }, { "PKCS12", "pkcs12", NULL },
};
static const struct kind foreign = { "", "unknown", kind_foreign };

static const struct kind *kind_of(const char *label)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].label, label) == 0)
            return &kinds[i];
    return &foreign;
}

/* Bytes without a label: the first kind that reads them. All are a SEQUENCE, and no two readers take the same. */
static const struct kind *guess(struct request *rq, struct bytes der)
{
    struct bytes sound = der;
    struct findings notes;
    struct cert c;
    struct csr q;
    struct crl l;

    findings_init(&notes, rq->arena);
    if (cert_parse(der, rq->arena, &c, NULL) == ERR_NONE)
        return kind_of("CERTIFICATE");
    if (csr_parse(der, rq->arena, &q, &notes, NULL) == ERR_NONE)
        return kind_of("CERTIFICATE REQUEST");
    if (crl_parse(der, rq->arena, &l, NULL) == ERR_NONE)
        return kind_of("X509 CRL");
    if (key_form(der) != KEY_FORM_NONE)
        return kind_of("PRIVATE KEY");
    if (!p12_is_one(der) && !pkcs7_is_one(der) && ber_to_der(der, rq->arena, &sound, NULL) != ERR_NONE)
        return &foreign;
    return p12_is_one(sound) ? kind_of("PKCS12") : pkcs7_is_one(sound) ? kind_of("PKCS7") : &foreign;
}

/* one thing --------------------------------------------------------------------------------------------- */

static void begin(struct decoding *d, struct thing *t, const char *word, struct bytes der)
{
    *t = (struct thing){ .rq = d->rq, .der = der, .password = d->password, .budget = &d->budget, .details = json_array() };
    t->out = json_pack("{s:s, s:s, s:n, s:o}", "kind", word, "title", "", "problem", "details", t->details);
    findings_init(&t->findings, d->rq->arena);
}

static void finish(struct decoding *d, struct thing *t, const char *problem)
{
    if (problem != NULL)
        json_object_set_new(t->out, "problem", json_of_text(problem));
    json_object_set_new(t->out, "findings", tools_findings(&t->findings));
    json_array_append_new(d->items, t->out);
    if (!t->is_read || d->seen_len == ITEMS_MOST)
        return;
    d->seen[d->seen_len].spki = t->spki;
    d->seen[d->seen_len].is_key = t->is_key;
    d->seen[d->seen_len++].item = t->out;
}

static void describe(struct decoding *d, const struct kind *k, struct bytes der, struct bytes spki)
{
    struct error why = { 0 };
    struct thing t;
    enum err r;

    begin(d, &t, k->word, der);
    t.spki = spki;
    r = k->read(&t, &why);
    finish(d, &t, r ? why.text : NULL);
}

/* a file of several ------------------------------------------------------------------------------------- */

static const char *const inside[] = { [ITEM_CERTIFICATE] = "CERTIFICATE", [ITEM_KEY] = "PRIVATE KEY", [ITEM_REQUEST] = "CERTIFICATE REQUEST", [ITEM_CRL] = "X509 CRL" };

static void describe_inside(struct decoding *d, const struct item *item)
{
    struct thing t;

    if (item->trouble == NULL)
        return describe(d, kind_of(inside[item->kind]), item->der, item->kind == ITEM_KEY ? item->spki : (struct bytes){ 0 });
    begin(d, &t, "private-key", item->der);
    json_object_set_new(t.out, "title", json_string("Private key"));
    finish(d, &t, item->trouble);
}

static void count_lines(struct thing *t, const struct items *list)
{
    static const char *const words[] = { [ITEM_CERTIFICATE] = "Certificates", [ITEM_KEY] = "Private keys", [ITEM_REQUEST] = "Requests", [ITEM_CRL] = "Revocation lists" };
    size_t counts[4] = { 0 };

    for (size_t i = 0; i < list->len; i++)
        counts[list->at[i].kind]++;
    for (size_t i = 0; i < 4; i++)
        if (counts[i] > 0)
            kind_line(t, words[i], arena_printf(t->rq->arena, "%zu", counts[i]), false);
}

static void describe_many(struct decoding *d, const struct kind *k, struct bytes der)
{
    bool is_pfx = strcmp(k->word, "pkcs12") == 0;
    struct error why = { 0 };
    struct items list;
    struct thing t;
    enum err r;

    begin(d, &t, k->word, der);
    items_init(&list, d->rq->arena);
    r = bundle_read(der, d->password, &list, &why);
    json_object_set_new(t.out, "title", json_string(is_pfx ? "PFX (PKCS #12)" : "PKCS #7"));
    count_lines(&t, &list);
    if (list.len + json_array_size(d->items) >= ITEMS_MOST)
        findings_add(&t.findings, LEVEL_NOTE, "too-many", "", "only the first %d of what is in it are shown", ITEMS_MOST);
    finish(d, &t, r ? why.text : NULL);
    for (size_t i = 0; i < list.len && json_array_size(d->items) < ITEMS_MOST; i++)
        describe_inside(d, &list.at[i]);
}

/* What could not be looked into, and why. */
static void describe_trouble(struct decoding *d, const char *word, const char *title, struct bytes der, const char *problem)
{
    struct thing t;

    begin(d, &t, word, der);
    json_object_set_new(t.out, "title", json_string(title));
    finish(d, &t, problem);
}

/* `says`: what is known of a kind that is none of ours; NULL nothing. */
static void describe_any(struct decoding *d, const struct kind *k, struct bytes der, const char *says)
{
    if (k->read == NULL)
        describe_many(d, k, der);
    else if (k == &foreign && says != NULL)
        describe_trouble(d, k->word, "", der, says);
    else
        describe(d, k, der, (struct bytes){ 0 });
}

/* A key under the older encryption of OpenSSL, whose scheme stands beside it. */
static void describe_old_key(struct decoding *d, const struct pem_block *b)
{
    struct error why = { 0 };
    struct bytes der = { 0 };
    enum err r;

    if (d->password == NULL)
        return describe_trouble(d, "private-key", "Private key, encrypted", b->content, "it is encrypted: give its password to see what kind it is");
    r = dek_open(b->scheme, b->content, d->password, d->rq->arena, &der, &why);
    if (r || key_form(der) == KEY_FORM_NONE)
        return describe_trouble(d, "private-key", "Private key, encrypted", b->content, r ? why.text : "the password is wrong");
    describe(d, kind_of("PRIVATE KEY"), der, (struct bytes){ 0 });
}

/* OpenSSL writes whom it trusts for what behind a "TRUSTED CERTIFICATE". */
static struct bytes without_trust(const struct pem_block *b)
{
    struct der d = der_of(b->content);
    struct bytes whole;

    return strcmp(b->label, "TRUSTED CERTIFICATE") == 0 && der_get_whole(&d, DER_SEQUENCE, &whole) ? whole : b->content;
}

static enum err describe_pem(struct decoding *d, const char *text, struct error *e)
{
    const char *at = text, *end = text + strlen(text);
    struct pem_block b;

    for (;;) {
        enum err r = pem_next_block(&at, end, d->rq->arena, &b, e);

        if (r == ERR_ABSENT && json_array_size(d->items) > 0)
            return ERR_NONE;
        if (r)
            return fail_at(e, "/data", "%s", arena_text(d->rq->arena, e->text));
        if (json_array_size(d->items) >= ITEMS_MOST)
            return fail_at(e, "/data", "more than %d things at once", ITEMS_MOST);
        if (b.scheme != NULL)
            describe_old_key(d, &b);
        else
            describe_any(d, kind_of(b.label), without_trust(&b), foreign_label(b.label));
    }
}

/* Which key stands beside its certificate. */
static void tell_pairs(struct decoding *d)
{
    for (size_t k = 0; k < d->seen_len; k++)
        for (size_t i = 0; d->seen[k].is_key && i < d->seen_len; i++)
            if (!d->seen[i].is_key && bytes_equal(d->seen[i].spki, d->seen[k].spki))
                json_array_append_new(json_object_get(d->seen[k].item, "details"),
                                      json_pack("{s:s, s:O, s:b}", "field", "Belongs to", "value", json_object_get(d->seen[i].item, "title"), "critical", false));
}

/* A file that came in base64: PEM too, where its own base64 was taken for the file's. */
static enum err describe_file(struct decoding *d, struct bytes file, struct error *e)
{
    if (file.at[0] != DER_SEQUENCE && memmem(file.at, file.len, "-----BEGIN ", 11) != NULL && memchr(file.at, '\0', file.len) == NULL)
        return describe_pem(d, arena_copy(d->rq->arena, file.at, file.len), e);
    describe_any(d, guess(d->rq, file), file, foreign_name(file));
    return ERR_NONE;
}

enum err tools_decode(struct app *app, struct request *rq, struct error *e)
{
    struct decoding d = { .rq = rq, .password = body_text(rq, "password"), .items = json_array() };
    const char *text = body_text(rq, "data");
    struct bytes der;
    enum err r;

    (void)app;
    if (strstr(text, "-----BEGIN") != NULL) {
        r = describe_pem(&d, text, e);
    } else {
        r = tools_der(rq, text, "/data", &der, e);
        if (!r)
            r = describe_file(&d, foreign_unwrap(der, rq->arena), e);
    }
    if (r) {
        json_decref(d.items);
        return r;
    }
    tell_pairs(&d);
    reply_json(rq, 200, json_pack("{s:o}", "items", d.items));
    return ERR_NONE;
}
