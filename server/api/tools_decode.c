/* tools_decode - what is this, and what stands in it; do these two belong together? For /api/v1/tools. */
#include "api/tools.h"

#include "api/json.h"
#include "base/id.h"
#include "base/text.h"
#include "keeper/keeper.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "pki/hash.h"
#include "pki/lint.h"
#include "pki/pem.h"
#include "pki/pkcs8.h"

enum { ITEMS_MOST = 50, ENTRIES_SHOWN = 100 };

struct thing {
    struct request *rq;
    struct bytes der;
    json_t *out, *details;         /* details is a member of out */
    struct findings findings;
};

static void line(struct thing *t, const char *field, const char *value, bool is_critical)
{
    json_array_append_new(t->details, json_pack("{s:s, s:o, s:b}", "field", field, "value", json_of_text(value), "critical", is_critical));
}

static void line_time(struct thing *t, const char *field, int64_t at)
{
    json_t *text = json_of_time(at);

    line(t, field, json_is_null(text) ? "none" : json_string_value(text), false);
    json_decref(text);
}

static void put(struct thing *t, const char *member, json_t *value)
{
    json_object_set_new(t->out, member, value);
}

static void put_names(struct thing *t, const struct names *names)
{
    json_t *dns = json_array(), *ip = json_array();

    for (size_t i = 0; i < names->len; i++)
        json_array_append_new(names->at[i].kind == NAME_DNS ? dns : ip, json_of_text(names->at[i].text));
    put(t, "dns_names", dns);
    put(t, "ip_addresses", ip);
}

/* one kind each: ERR_NONE, or why it is not one ----------------------------------------------------------- */

static enum err read_certificate(struct thing *t, struct error *e)
{
    struct detail *lines;
    struct cert c;
    size_t len;
    enum err r;

    /* Findings also of what the strict reader refuses: they say more than its first complaint. */
    if (lint_cert(t->der, t->rq->arena, &t->findings, NULL) != ERR_NONE)
        findings_init(&t->findings, t->rq->arena);
    r = cert_parse(t->der, t->rq->arena, &c, e);
    if (r)
        return r;
    len = cert_details(&c, t->rq->arena, &lines);
    for (size_t i = 0; i < len; i++)
        line(t, lines[i].field, lines[i].value, lines[i].is_critical);
    put(t, "title", json_of_text(c.common_name[0] != '\0' ? c.common_name : c.subject_text));
    put(t, "subject", json_of_text(c.subject_text));
    put(t, "issuer", json_of_text(c.issuer_text));
    put(t, "serial", json_of_hex(c.serial));
    put(t, "not_before", json_of_time(c.not_before));
    put(t, "not_after", json_of_time(c.not_after));
    put(t, "key_type", json_string(key_type_text(c.key.type)));
    put(t, "is_ca", json_boolean(c.is_ca));
    put(t, "thumbprint_sha1", json_of_hex(bytes_of(c.sha1, sizeof(c.sha1))));
    put(t, "thumbprint_sha256", json_of_hex(bytes_of(c.sha256, sizeof(c.sha256))));
    put_names(t, &c.names);
    return ERR_NONE;
}

static enum err read_request(struct thing *t, struct error *e)
{
    struct csr c;
    enum err r;

    r = csr_parse(t->der, t->rq->arena, &c, &t->findings, e);
    if (r)
        return r;
    put(t, "title", json_of_text(c.common_name[0] != '\0' ? c.common_name : c.names.at[0].text));
    put(t, "subject", json_of_text(c.subject));
    put(t, "key_type", json_string(key_type_text(c.key.type)));
    put_names(t, &c.names);
    line(t, "Subject", c.subject, false);
    line(t, "Public key", key_type_text(c.key.type), false);
    for (size_t i = 0; i < c.names.len; i++)
        line(t, c.names.at[i].kind == NAME_DNS ? "DNS name" : "IP address", c.names.at[i].text, false);
    line(t, "Signature", "verified: whoever made the request holds the key", false);
    return ERR_NONE;
}

static json_t *entries_of(const struct crl *c)
{
    struct der d = der_of(c->entries);
    struct crl_line entry;
    json_t *list = json_array();

    while (!der_end(&d) && json_array_size(list) < ENTRIES_SHOWN && crl_next(&d, &entry))
        json_array_append_new(list, json_pack("{s:o, s:o, s:i}", "serial", json_of_hex(entry.serial), "revoked_at", json_of_time(entry.at),
                                              "reason", entry.reason));
    return list;
}

static enum err read_crl(struct thing *t, struct error *e)
{
    struct crl c;
    enum err r;

    r = crl_parse(t->der, t->rq->arena, &c, e);
    if (r)
        return r;
    if (lint_crl(t->der, t->rq->arena, &t->findings, NULL) != ERR_NONE)
        findings_init(&t->findings, t->rq->arena);
    put(t, "title", json_of_text(c.issuer_text));
    put(t, "issuer", json_of_text(c.issuer_text));
    put(t, "this_update", json_of_time(c.this_update));
    put(t, "next_update", json_of_time(c.next_update));
    put(t, "entries", json_integer((json_int_t)c.entries_len));
    put(t, "revoked", entries_of(&c));
    line(t, "Issuer", c.issuer_text, false);
    line_time(t, "Effective date", c.this_update);
    line_time(t, "Next update", c.next_update);
    line(t, "CRL number", c.number.len > 0 ? text_hex_in(t->rq->arena, c.number) : "none", false);
    line(t, "Revoked certificates", arena_printf(t->rq->arena, "%zu", c.entries_len), false);
    return ERR_NONE;
}

static enum err read_key(struct thing *t, struct error *e)
{
    (void)e;
    put(t, "title", json_string("Private key"));
    line(t, "Private key", "it is not read here, and should not be sent around", false);
    return ERR_NONE;
}

static enum err read_foreign(struct thing *t, struct error *e)
{
    (void)t;
    return fail(e, ERR_INVALID, "this kind is not read here: certificates, requests and revocation lists are");
}

static const struct kind {
    const char *label, *word;
    enum err (*read)(struct thing *t, struct error *e);
} kinds[] = {
    { "CERTIFICATE", "certificate", read_certificate }, { "X509 CERTIFICATE", "certificate", read_certificate },
    { "CERTIFICATE REQUEST", "request", read_request }, { "NEW CERTIFICATE REQUEST", "request", read_request },
    { "X509 CRL", "crl", read_crl },                    { "PRIVATE KEY", "private-key", read_key },
    { "RSA PRIVATE KEY", "private-key", read_key },     { "EC PRIVATE KEY", "private-key", read_key },
    { "ENCRYPTED PRIVATE KEY", "private-key", read_key },
};
static const struct kind foreign = { "", "unknown", read_foreign };

static const struct kind *kind_of(const char *label)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].label, label) == 0)
            return &kinds[i];
    return &foreign;
}

/* Bytes without a label: the first kind that reads them. All three are a SEQUENCE of three, and no two readers take the same. */
static const struct kind *guess(struct request *rq, struct bytes der)
{
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
    return &foreign;
}

static json_t *describe(struct request *rq, const struct kind *k, struct bytes der)
{
    struct thing t = { .rq = rq, .der = der, .details = json_array() };
    struct error why = { 0 };
    enum err r;

    t.out = json_pack("{s:s, s:s, s:n, s:o}", "kind", k->word, "title", "", "problem", "details", t.details);
    findings_init(&t.findings, rq->arena);
    r = k->read(&t, &why);
    if (r)
        put(&t, "problem", json_of_text(why.text));
    put(&t, "findings", tools_findings(&t.findings));
    return t.out;
}

static enum err describe_pem(struct request *rq, const char *text, json_t *items, struct error *e)
{
    const char *at = text, *end = text + strlen(text), *label;
    struct bytes der;

    for (;;) {
        enum err r = pem_next(&at, end, rq->arena, &label, &der, e);

        if (r == ERR_ABSENT && json_array_size(items) > 0)
            return ERR_NONE;
        if (r)
            return fail_at(e, "/data", "%s", arena_text(rq->arena, e->text));
        if (json_array_size(items) == ITEMS_MOST)
            return fail_at(e, "/data", "more than %d things at once", ITEMS_MOST);
        json_array_append_new(items, describe(rq, kind_of(label), der));
    }
}

enum err tools_decode(struct app *app, struct request *rq, struct error *e)
{
    const char *text = body_text(rq, "data");
    json_t *items = json_array();
    struct bytes der;
    enum err r;

    (void)app;
    if (strstr(text, "-----BEGIN") != NULL) {
        r = describe_pem(rq, text, items, e);
    } else {
        r = tools_der(rq, text, "/data", &der, e);
        if (!r)
            json_array_append_new(items, describe(rq, guess(rq, der), der));
    }
    if (r) {
        json_decref(items);
        return r;
    }
    reply_json(rq, 200, json_pack("{s:o}", "items", items));
    return ERR_NONE;
}

/* match ------------------------------------------------------------------------------------------------- */

/* The keeper reads it, as any key that comes from outside; what it seals is thrown away. */
static enum err spki_of_key(struct app *app, struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_NONE, .id = id_new() };
    struct sealed_key sealed;
    struct bytes pkcs8;
    enum err r;

    r = pkcs8_of_pem(bytes_text(text), rq->arena, &pkcs8, e);
    if (!r)
        r = keeper_seal(app->keeper, &spec, pkcs8, rq->arena, &sealed, e);
    if (r == ERR_INVALID)
        return fail_at(e, "/key", "%s", arena_text(rq->arena, e->text));
    if (r)
        return r;
    *out = sealed.spki;
    return ERR_NONE;
}

static enum err spki_of_request(struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct findings notes;
    struct bytes der;
    struct csr csr;
    enum err r;

    findings_init(&notes, rq->arena);
    r = tools_der(rq, text, "/request", &der, e);
    if (r)
        return r;
    r = csr_parse(der, rq->arena, &csr, &notes, e);
    if (r)
        return fail_at(e, "/request", "%s", arena_text(rq->arena, e->text));
    *out = csr.key.der;
    return ERR_NONE;
}

static json_t *sha256_of(struct bytes from)
{
    uint8_t sha256[SHA256_LEN];

    hash_sha256(from, sha256);
    return json_of_hex(bytes_of(sha256, sizeof(sha256)));
}

enum err tools_match(struct app *app, struct request *rq, struct error *e)
{
    const char *key = body_text(rq, "key"), *request = body_text(rq, "request");
    struct bytes der, other = { 0 };
    struct cert cert;
    enum err r;

    if ((key == NULL) == (request == NULL))
        return fail_at(e, "/key", "give either a key or a request");
    r = tools_der(rq, body_text(rq, "certificate"), "/certificate", &der, e);
    if (r)
        return r;
    r = cert_parse(der, rq->arena, &cert, e);
    if (r)
        return fail_at(e, "/certificate", "%s", arena_text(rq->arena, e->text));
    r = key != NULL ? spki_of_key(app, rq, key, &other, e) : spki_of_request(rq, request, &other, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:b, s:o, s:o}", "match", bytes_equal(cert.key.der, other),
                                  "certificate_key_sha256", sha256_of(cert.key.der), "other_key_sha256", sha256_of(other)));
    return ERR_NONE;
}
