/* profiles - /api/v1/profiles: the kinds of certificate that may be asked for. */
#include "api/json.h"
#include "api/tables.h"
#include "access/rights.h"
#include "ca/ca.h"
#include "http/request.h"

static const struct { uint32_t bit; const char *word; } usages[] = {
    { USE_DIGITAL_SIGNATURE, "digitalSignature" }, { USE_NON_REPUDIATION, "nonRepudiation" }, { USE_KEY_ENCIPHERMENT, "keyEncipherment" },
    { USE_DATA_ENCIPHERMENT, "dataEncipherment" }, { USE_KEY_AGREEMENT, "keyAgreement" }, { USE_CERT_SIGN, "keyCertSign" }, { USE_CRL_SIGN, "cRLSign" },
};
static const struct { uint32_t bit; const char *word; } purposes[] = {
    { FOR_SERVER, "serverAuth" }, { FOR_CLIENT, "clientAuth" }, { FOR_OCSP, "OCSPSigning" }, { FOR_CODE, "codeSigning" }, { FOR_EMAIL, "emailProtection" },
};

/* Those that we make; what a request may bring beside is the authority's affair. */
static json_t *key_types(const struct profile *p)
{
    json_t *list = json_array();

    for (enum key_type t = KEY_EC_P256; t <= KEY_RSA_OTHER; t++) {
        if ((p->key_types & 1u << t) != 0 && key_type_is_made(t))
            json_array_append_new(list, json_string(key_type_text(t)));
    }
    return list;
}

static json_t *usage_words(const struct profile *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(usages) / sizeof(*usages); i++) {
        if ((p->usage & usages[i].bit) != 0)
            json_array_append_new(list, json_string(usages[i].word));
    }
    return list;
}

static json_t *purpose_words(const struct profile *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
        if ((p->purposes & purposes[i].bit) != 0)
            json_array_append_new(list, json_string(purposes[i].word));
    }
    return list;
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    json_t *items = json_array();

    (void)app;
    (void)e;
    for (size_t i = 0; i < profiles_len; i++) {
        const struct profile *p = &profiles[i];

        json_array_append_new(items, json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o}", "slug", p->slug, "label", p->label,
                                               "description", p->description, "default_days", (int)p->default_days,
                                               "max_days", (int)p->max_days, "key_types", key_types(p), "usages", usage_words(p),
                                               "purposes", purpose_words(p)));
    }
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

const struct route profiles_routes[] = {
    { "GET", "/api/v1/profiles", list, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
