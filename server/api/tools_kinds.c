/* One kind each: its lines as the tab Details shows them, and its fields for programs. */
#include "api/tools_kinds.h"

#include "api/json.h"
#include "base/text.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "pki/hash.h"
#include "pki/lint.h"
#include "pki/pbe_open.h"

enum { ENTRIES_SHOWN = 100 };

void kind_line(struct thing *t, const char *field, const char *value, bool is_critical)
{
    json_array_append_new(t->details, json_pack("{s:s, s:o, s:b}", "field", field, "value", json_of_text(value), "critical", is_critical));
}

static void line_time(struct thing *t, const char *field, int64_t at)
{
    json_t *text = json_of_time(at);

    kind_line(t, field, json_is_null(text) ? "none" : json_string_value(text), false);
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

enum err kind_certificate(struct thing *t, struct error *e)
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
        kind_line(t, lines[i].field, lines[i].value, lines[i].is_critical);
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
    t->spki = c.key.der;
    t->is_read = true;
    return ERR_NONE;
}

enum err kind_request(struct thing *t, struct error *e)
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
    kind_line(t, "Subject", c.subject, false);
    kind_line(t, "Public key", key_type_text(c.key.type), false);
    for (size_t i = 0; i < c.names.len; i++)
        kind_line(t, c.names.at[i].kind == NAME_DNS ? "DNS name" : "IP address", c.names.at[i].text, false);
    kind_line(t, "Signature", "verified: whoever made the request holds the key", false);
    t->spki = c.key.der;
    t->is_read = true;
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

enum err kind_crl(struct thing *t, struct error *e)
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
    kind_line(t, "Issuer", c.issuer_text, false);
    line_time(t, "Effective date", c.this_update);
    line_time(t, "Next update", c.next_update);
    kind_line(t, "CRL number", c.number.len > 0 ? text_hex_in(t->rq->arena, c.number) : "none", false);
    kind_line(t, "Revoked certificates", arena_printf(t->rq->arena, "%zu", c.entries_len), false);
    return ERR_NONE;
}

/* keys: what they are, never what stands in them ---------------------------------------------------------- */

static void put_public_half(struct thing *t, const struct item *item)
{
    uint8_t sha256[SHA256_LEN];
    struct spki spki;

    if (spki_parse(item->spki, &spki, NULL) != ERR_NONE)
        return;
    hash_sha256(item->spki, sha256);
    put(t, "key_type", json_string(key_type_text(spki.type)));
    kind_line(t, "Private key", key_type_text(spki.type), false);
    kind_line(t, "Public key (SHA-256)", text_hex_in(t->rq->arena, bytes_of(sha256, sizeof(sha256))), false);
    t->spki = item->spki;
    t->is_read = true;
    t->is_key = true;
}

enum err kind_key(struct thing *t, struct error *e)
{
    bool is_encrypted = key_form(t->der) == KEY_FORM_ENCRYPTED;
    struct item item = { .spki = t->spki };
    struct pbe_scheme scheme;
    struct bytes sealed;
    enum err r = ERR_NONE;

    put(t, "title", json_string(is_encrypted ? "Private key, encrypted" : "Private key"));
    if (is_encrypted && key_sealed(t->der, &scheme, &sealed, NULL) == ERR_NONE)
        kind_line(t, "Encrypted", arena_printf(t->rq->arena, "under a password, with %u rounds", scheme.iterations), false);
    if (is_encrypted && t->password == NULL)
        return fail(e, ERR_INVALID, "it is encrypted: give its password to see what kind it is");
    if (item.spki.len == 0)
        r = key_read(t->der, t->password, t->budget, t->rq->arena, &item, e);
    if (r)
        return r;
    put_public_half(t, &item);
    return ERR_NONE;
}
