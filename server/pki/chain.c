#include "pki/chain.h"

#include <stdio.h>

#include "base/time.h"
#include "pki/constraints.h"
#include "pki/der.h"
#include "pki/hash.h"

enum { DEPTH_MOST = sizeof(((struct chain *)0)->at) / sizeof(const struct cert *), VERIFIED_MOST = 100, SERIAL_LONGEST = 20, RSA_LEAST = 2048 };

/* building ---------------------------------------------------------------------------------------------- */

struct search {
    const struct cert *const *heap, *const *roots;
    size_t heap_len, roots_len;
    unsigned verified;
    struct chain path, best;   /* best: the longest seen, when none ends in a root */
};

static bool is_root(const struct search *s, const struct cert *c)
{
    for (size_t i = 0; i < s->roots_len; i++)
        if (memcmp(s->roots[i]->sha256, c->sha256, sizeof(c->sha256)) == 0)
            return true;
    return false;
}

static bool is_on_path(const struct chain *path, const struct cert *c)
{
    for (size_t i = 0; i < path->len; i++)
        if (bytes_equal(path->at[i]->subject, c->subject) && bytes_equal(path->at[i]->key.der, c->key.der))
            return true;
    return false;
}

/* By name and identifiers; the signature is asked last, since it costs. */
static bool may_have_issued(const struct cert *issuer, const struct cert *c)
{
    if (!bytes_equal(issuer->subject, c->issuer))
        return false;
    return c->aki.len == 0 || issuer->ski.len == 0 || bytes_equal(issuer->ski, c->aki);
}

static bool climb(struct search *s);

static bool climb_among(struct search *s, const struct cert *const *list, size_t len)
{
    const struct cert *last = s->path.at[s->path.len - 1];

    for (size_t i = 0; i < len && s->verified < VERIFIED_MOST; i++) {
        if (!may_have_issued(list[i], last) || is_on_path(&s->path, list[i]))
            continue;
        s->verified++;
        if (cert_verify(last, &list[i]->key, NULL) != ERR_NONE)
            continue;
        s->path.at[s->path.len++] = list[i];
        if (climb(s))
            return true;
        s->path.len--;
    }
    return false;
}

/* Roots first, so that the shortest way up is found before the others. */
static bool climb(struct search *s)
{
    if (s->path.len > s->best.len)
        s->best = s->path;
    if (is_root(s, s->path.at[s->path.len - 1])) {
        s->path.is_complete = true;
        s->best = s->path;
        return true;
    }
    if (s->path.len == DEPTH_MOST)
        return false;
    return climb_among(s, s->roots, s->roots_len) || climb_among(s, s->heap, s->heap_len);
}

void chain_build(const struct cert *leaf, const struct cert *const *heap, size_t heap_len,
                 const struct cert *const *roots, size_t roots_len, struct chain *out)
{
    struct search s = { .heap = heap, .roots = roots, .heap_len = heap_len, .roots_len = roots_len };

    s.path.at[s.path.len++] = leaf;
    climb(&s);
    *out = s.best;
}

/* checking ---------------------------------------------------------------------------------------------- */

struct check {
    const struct chain *chain;
    uint32_t purposes;
    const struct name *name;
    int64_t at;
    struct findings *out;
};

static void blame(const struct check *k, size_t place, const char *rule, const char *text)
{
    char pointer[24];

    snprintf(pointer, sizeof(pointer), "/chain/%zu", place);
    findings_add(k->out, LEVEL_ERROR, rule, pointer, "%s: %s", k->chain->at[place]->subject_text, text);
}

static void blame_if(const struct check *k, bool is_so, size_t place, const char *rule, const char *text)
{
    if (is_so)
        blame(k, place, rule, text);
}

static void check_dates(const struct check *k, size_t i)
{
    const struct cert *c = k->chain->at[i];

    blame_if(k, c->not_after < k->at, i, "expired", "it has expired");
    blame_if(k, c->not_before > k->at, i, "not-yet-valid", "it is not valid yet");
}

/* What is read here or by the checks below; constraints on policies are satisfied by asking for none. */
static bool is_understood(unsigned id)
{
    static const unsigned known[] = { EXT_BASIC, EXT_USAGE, EXT_PURPOSES, EXT_SAN, EXT_CONSTRAINTS, EXT_SKI, EXT_AKI, EXT_POLICIES,
                                      EXT_POLICY_MAP, EXT_POLICY_CONSTRAINTS, EXT_INHIBIT, EXT_POINTS, EXT_AIA, EXT_IAN };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (known[i] == id)
            return true;
    return false;
}

static void check_shape(const struct check *k, size_t i)
{
    const struct cert *c = k->chain->at[i];
    const struct extension *san = ext_find(c->extensions, c->extensions_len, EXT_SAN);

    for (size_t n = 0; n < c->extensions_len; n++)
        blame_if(k, c->extensions[n].is_critical && !is_understood(ext_id(c->extensions[n].oid)), i, "unknown-critical",
                 "it has a critical extension that nobody here knows");
    blame_if(k, c->serial.len > SERIAL_LONGEST || (c->serial.len == SERIAL_LONGEST && c->serial.at[0] >= 0x80), i, "bad-profile",
             "its serial number is longer than 20 octets");
    blame_if(k, c->subject.len == 2 && (san == NULL || !san->is_critical), i, "bad-profile",
             "its subject is empty, and no critical alternative name stands for it");
    blame_if(k, c->key.type == KEY_NONE, i, "weak-key", "its key is of a kind that is not trusted: use EC P-256, Ed25519 or RSA from 2048 bits");
    blame_if(k, c->key.modulus.len > 0 && c->key.bits < RSA_LEAST, i, "weak-key", "its RSA key has fewer than 2048 bits");
}

/* The signature of the last one is that of a root, which is trusted for itself. */
static void check_link(const struct check *k, size_t i)
{
    const struct cert *c = k->chain->at[i], *issuer;
    struct error e = { 0 };

    if (i + 1 == k->chain->len)
        return;
    issuer = k->chain->at[i + 1];
    if (!may_have_issued(issuer, c))
        return blame(k, i, "broken-chain", "the next certificate of the chain is not its issuer");
    if (cert_verify(c, &issuer->key, &e) == ERR_NONE)
        return;
    blame(k, i, sig_alg_read(c->signature_algorithm) == SIG_WEAK ? "weak-signature" : "bad-signature", e.text);
}

/* Of every certificate but the first. `below` counts those between it and the leaf that are not self-issued. */
static void check_issuer(const struct check *k, size_t i, int below)
{
    const struct cert *c = k->chain->at[i];

    blame_if(k, !c->is_ca, i, "not-a-ca", "it is not the certificate of a CA");
    blame_if(k, c->has_usage && (c->usage & USE_CERT_SIGN) == 0, i, "not-a-ca", "its key may not sign certificates");
    blame_if(k, c->is_ca && c->path_len >= 0 && below > c->path_len, i, "path-length", "more CAs stand below it than it allows");
    blame_if(k, c->subject.len == 2, i, "bad-profile", "it is a CA without a name");
    blame_if(k, c->ski.len == 0, i, "bad-profile", "it is a CA without a subject key identifier");
}

/* On all below it but self-issued CAs: RFC 5280, 6.1.3 (b). */
static void check_constraints(const struct check *k, size_t i)
{
    const struct cert *c = k->chain->at[i];
    const struct extension *x = ext_find(c->extensions, c->extensions_len, EXT_CONSTRAINTS);
    const char *why;

    if (x == NULL)
        return;
    for (size_t n = 0; n < i; n++) {
        char text[128];

        if (n > 0 && cert_is_self_issued(k->chain->at[n]))
            continue;
        if (constraints_allow(x->value, k->chain->at[n], &why))
            continue;
        snprintf(text, sizeof(text), "%s in it is not allowed by the name constraints of its CA", why);
        blame(k, n, "name-constraints", text);
    }
}

/* An intermediate with purposes passes on no others; a root does not say. */
static void check_purposes(const struct check *k, size_t i)
{
    const struct cert *c = k->chain->at[i];

    if (k->purposes == 0 || (c->purposes & FOR_ANY) != 0)
        return;
    if (c->has_purposes)
        blame_if(k, (c->purposes & k->purposes) != k->purposes, i, "wrong-purpose", "it is not meant for this purpose");
    else
        blame_if(k, i == 0 && k->name != NULL && !c->is_ca, i, "wrong-purpose", "it does not say what it is meant for (extended key usage)");
}

static void check_leaf_usage(const struct check *k)
{
    static const uint32_t live = USE_DIGITAL_SIGNATURE | USE_KEY_ENCIPHERMENT | USE_KEY_AGREEMENT;
    const struct cert *c = k->chain->at[0];

    /* A path may end in a CA, too (RFC 5280, 6.1); whether it may serve is asked by those who let it. */
    blame_if(k, (k->purposes & (FOR_SERVER | FOR_CLIENT)) != 0 && c->has_usage && !c->is_ca && (c->usage & live) == 0, 0, "wrong-usage",
             "its key usage allows neither signatures nor key exchange");
}

static void check_name(const struct check *k)
{
    const struct cert *c = k->chain->at[0];
    const struct extension *san = ext_find(c->extensions, c->extensions_len, EXT_SAN);

    if (k->name == NULL)
        return;
    if (san == NULL)
        return blame(k, 0, "name-mismatch", "it has no alternative name, and clients ask for nothing else");
    blame_if(k, san->is_critical && c->subject.len > 2, 0, "bad-profile", "its alternative name is critical beside a subject");
    for (size_t i = 0; i < c->names.len; i++)
        if (name_covers(&c->names.at[i], k->name))
            return;
    blame(k, 0, "name-mismatch", "it is not for the name that was asked");
}

/* A root that names an authority above itself, other than by its own key identifier, is none. */
static void check_root(const struct check *k)
{
    size_t last = k->chain->len - 1;
    const struct cert *c = k->chain->at[last];
    const struct extension *x = ext_find(c->extensions, c->extensions_len, EXT_AKI);
    struct ext_aki aki;

    if (x == NULL || !cert_is_self_issued(c) || !ext_aki(x->value, &aki))
        return;
    blame_if(k, aki.has_issuer || aki.has_serial, last, "bad-profile", "its authority key identifier names an issuer, but it is a root");
    blame_if(k, aki.has_id && !bytes_equal(aki.id, c->ski), last, "bad-profile", "its authority key identifier is not its own, but it is a root");
}

void chain_check(const struct chain *c, uint32_t purposes, const struct name *name, int64_t at, struct findings *out)
{
    struct check k = { c, purposes, name, at, out };
    int below = 0;

    if (c->len == 0)
        return findings_add(out, LEVEL_ERROR, "untrusted", "/chain", "there is no certificate");
    for (size_t i = 0; i < c->len; i++) {
        check_dates(&k, i);
        check_shape(&k, i);
        check_link(&k, i);
        check_purposes(&k, i);
        if (i == 0)
            continue;
        check_issuer(&k, i, below);
        check_constraints(&k, i);
        below += !cert_is_self_issued(c->at[i]);
    }
    check_leaf_usage(&k);
    check_name(&k);
    check_root(&k);
    blame_if(&k, !c->is_complete, c->len - 1, "untrusted", "the chain does not lead to a root that is known here");
}
