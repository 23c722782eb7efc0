#include "pki/explain.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "base/time.h"

enum { APPLE_DAYS = 825, MATCHES_MAX = 64 };

const struct explanation *explain_rule(const char *rule)
{
    for (size_t i = 0; i < explanations_len; i++)
        if (strcmp(explanations[i].rule, rule) == 0)
            return &explanations[i];
    return NULL;
}

/* words in a text --------------------------------------------------------------------------------------- */

struct match {
    size_t at, len;
    struct said said;
    bool is_vague;
};
struct matches {
    struct bytes text;
    struct match at[MATCHES_MAX];
    size_t len;
};

static bool is_word(uint8_t c)
{
    return isalnum(c) || c == '_';
}

/* A code must stand for itself: 0x800B0109 is not in 0x800B01090, and 18 not in 180. */
static bool stands_alone(struct bytes text, size_t at, size_t len)
{
    if (is_word(text.at[at]) && at > 0 && is_word(text.at[at - 1]))
        return false;
    return !is_word(text.at[at + len - 1]) || at + len == text.len || !is_word(text.at[at + len]);
}

static void add_match(struct matches *m, size_t at, size_t len, struct said said, bool is_vague)
{
    if (m->len < MATCHES_MAX)
        m->at[m->len++] = (struct match){ at, len, said, is_vague };
}

/* Where it stands first. Programs differ in letter case, and so do those who copy. */
static void look_for(struct matches *m, const char *needle, struct said said, bool is_vague)
{
    size_t len = strlen(needle);
    int first = tolower((unsigned char)needle[0]);

    for (size_t at = 0; at + len <= m->text.len; at++) {
        if (tolower(m->text.at[at]) != first || strncasecmp((const char *)m->text.at + at, needle, len) != 0 || !stands_alone(m->text, at, len))
            continue;
        add_match(m, at, len, said, is_vague);
        return;
    }
}

/* As openssl s_client, verify and nginx write the numbers. */
static void look_for_number(struct matches *m, const struct openssl_words *o, struct said said)
{
    static const char *const before[] = { "error:num=", "return code: ", "verify error ", "verify error: ", "verify error: (", "verify result: ", "X509_V_ERR " };
    char needle[64];

    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        snprintf(needle, sizeof(needle), "%s%d", before[i], o->number);
        look_for(m, needle, said, false);
    }
    snprintf(needle, sizeof(needle), "error %d at", o->number);       /* openssl verify */
    look_for(m, needle, said, false);
}

static void look_for_openssl(struct matches *m)
{
    char needle[96];

    for (size_t i = 0; i < explain_openssl_len; i++) {
        const struct openssl_words *o = &explain_openssl[i];
        struct said said = { "OpenSSL, curl, Node.js, Python", o->constant, o->rule };

        snprintf(needle, sizeof(needle), "X509_V_ERR_%s", o->constant);
        look_for(m, needle, said, false);
        look_for(m, o->constant, said, false);
        look_for(m, o->sentence, said, false);
        look_for_number(m, o, said);
    }
}

/* "self-signed certificate" stands inside "self-signed certificate in certificate chain": the longer one is meant. */
static bool is_inside_another(const struct matches *m, const struct match *one)
{
    for (size_t i = 0; i < m->len; i++) {
        const struct match *other = &m->at[i];

        if (other->len > one->len && other->at <= one->at && one->at + one->len <= other->at + other->len)
            return true;
    }
    return false;
}

static bool is_said(const struct said *list, size_t len, const struct said *one)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i].rule, one->rule) == 0 && strcmp(list[i].program, one->program) == 0)
            return true;
    return false;
}

static size_t keep(const struct matches *m, bool is_vague, struct said out[SAID_MAX])
{
    size_t len = 0;

    for (size_t i = 0; i < m->len && len < SAID_MAX; i++)
        if (m->at[i].is_vague == is_vague && !is_inside_another(m, &m->at[i]) && !is_said(out, len, &m->at[i].said))
            out[len++] = m->at[i].said;
    return len;
}

size_t explain_text(struct bytes text, struct said out[SAID_MAX])
{
    struct matches m = { .text = text };
    size_t len;

    for (size_t i = 0; i < explain_words_len; i++) {
        const struct words *w = &explain_words[i];

        look_for(&m, w->code, (struct said){ w->program, w->code, w->rule }, w->is_vague);
    }
    look_for_openssl(&m);
    len = keep(&m, false, out);
    return len > 0 ? len : keep(&m, true, out);
}

/* a chain ----------------------------------------------------------------------------------------------- */

/* A server leaves its root out, so above a CA without its issuer it is the root that is not known. */
const char *explain_untrusted(const struct chain *c)
{
    if (c->len != 1)
        return "untrusted";
    return cert_is_self_issued(c->at[0]) ? "self-signed" : "incomplete-chain";
}

void explain_clients(const struct cert *leaf, struct findings *out)
{
    int64_t days = (leaf->not_after - leaf->not_before) / DAYS;

    if (leaf->is_ca)
        return;
    if (days > APPLE_DAYS)
        findings_add(out, LEVEL_WARNING, "too-long", "/chain/0", "it is valid for %lld days: Apple's programs take servers with no more than %d", (long long)days, APPLE_DAYS);
    if (leaf->key.type == KEY_ED25519 || leaf->key.type == KEY_EC_P521)
        findings_add(out, LEVEL_WARNING, "key-type", "/chain/0", "its key is %s: no browser takes Ed25519, and Chrome and Edge take no P-521", key_type_text(leaf->key.type));
}
