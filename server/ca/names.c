#include "ca/names.h"

#include "base/text.h"

enum { COMMON_NAME_MAX = 64 };   /* ub-common-name: RFC 5280, A.1 */

struct gathering {
    struct arena *arena;
    struct findings *faults;
    struct name *at;
    size_t len;
};

/* The same name twice is one SAN; the first place counts. */
static void gather(struct gathering *g, const struct name *name)
{
    for (size_t i = 0; i < g->len; i++) {
        if (name_equal(&g->at[i], name))
            return;
    }
    g->at[g->len++] = *name;
}

/* "*.lan": OpenSSL, GnuTLS and Firefox match no wildcard with a single label behind it. */
static void gather_at(struct gathering *g, const struct name *name, const char *pointer)
{
    gather(g, name);
    if (name->kind == NAME_DNS && text_starts(name->text, "*.") && strchr(name->text + 2, '.') == NULL)
        findings_add(g->faults, LEVEL_ERROR, "wildcard-too-wide", pointer, "clients accept no wildcard right below %s: name the hosts, or use one below a domain of yours",
                     name->text + 2);
}

static void gather_dns(struct gathering *g, const char *text, const char *pointer)
{
    size_t len = strlen(text);
    struct name name;
    struct error e = { 0 };

    if (name_ip(text, len, g->arena, &name, NULL) == ERR_NONE)
        findings_add(g->faults, LEVEL_ERROR, "address-as-name", pointer, "%s is an IP address: put it under ip_addresses", name.text);
    else if (name_dns(text, len, g->arena, &name, &e) != ERR_NONE)
        findings_add(g->faults, LEVEL_ERROR, "bad-dns-name", pointer, "%s", e.text);
    else
        gather_at(g, &name, pointer);
}

static void gather_ip(struct gathering *g, const char *text, const char *pointer)
{
    size_t len = strlen(text);
    struct name name;
    struct error e = { 0 };

    if (name_ip(text, len, g->arena, &name, &e) == ERR_NONE)
        gather(g, &name);
    else if (name_dns(text, len, g->arena, &name, NULL) == ERR_NONE)
        findings_add(g->faults, LEVEL_ERROR, "name-as-address", pointer, "%s is a DNS name: put it under dns_names", name.text);
    else
        findings_add(g->faults, LEVEL_ERROR, "bad-ip-address", pointer, "%s", e.text);
}

static void gather_wish(struct gathering *g, const struct wish *wish)
{
    for (size_t i = 0; i < wish->dns_len; i++)
        gather_dns(g, wish->dns_names[i], arena_printf(g->arena, "/dns_names/%zu", i));
    for (size_t i = 0; i < wish->ip_len; i++)
        gather_ip(g, wish->ip_addresses[i], arena_printf(g->arena, "/ip_addresses/%zu", i));
}

static const struct name *first_fitting(const struct gathering *g, enum name_kind kind)
{
    for (size_t i = 0; i < g->len; i++) {
        if (g->at[i].kind == kind && strlen(g->at[i].text) <= COMMON_NAME_MAX)
            return &g->at[i];
    }
    return NULL;
}

static const struct name *find_same(const struct gathering *g, const struct name *wanted)
{
    for (size_t i = 0; i < g->len; i++) {
        if (name_equal(&g->at[i], wanted))
            return &g->at[i];
    }
    return NULL;
}

/* Asked for: must be one of the names, and short enough. */
static const char *asked_common_name(struct gathering *g, const char *text)
{
    const struct name *same;
    struct name name;
    struct error e = { 0 };

    if (name_any(text, strlen(text), g->arena, &name, &e) != ERR_NONE) {
        findings_add(g->faults, LEVEL_ERROR, "bad-common-name", "/common_name", "%s", e.text);
        return NULL;
    }
    same = find_same(g, &name);
    if (same == NULL)
        findings_add(g->faults, LEVEL_ERROR, "cn-not-san", "/common_name",
                     "%s must also stand under dns_names or ip_addresses: clients look only there", name.text);
    else if (strlen(same->text) > COMMON_NAME_MAX)
        findings_add(g->faults, LEVEL_ERROR, "cn-too-long", "/common_name", "a common name has at most %d characters", COMMON_NAME_MAX);
    return same == NULL ? NULL : same->text;
}

/* A request's own is kept if it is one of the names; else, and without one, the first DNS name, then the first address. */
static const char *default_common_name(struct gathering *g, const struct csr *csr)
{
    const struct name *best = NULL;
    struct name name;

    if (csr != NULL && csr->common_name[0] != '\0' &&
        name_any(csr->common_name, strlen(csr->common_name), g->arena, &name, NULL) == ERR_NONE)
        best = find_same(g, &name);
    if (best == NULL || strlen(best->text) > COMMON_NAME_MAX)
        best = first_fitting(g, NAME_DNS);
    if (best == NULL)
        best = first_fitting(g, NAME_IP);
    return best == NULL ? NULL : best->text;
}

/* Only a common name: it is lent as the one name, as it is for a request without SANs. */
static void lend_common_name(struct gathering *g, const char *text)
{
    struct name name;
    struct error e = { 0 };

    if (name_any(text, strlen(text), g->arena, &name, &e) == ERR_NONE)
        gather_at(g, &name, "/common_name");
    else
        findings_add(g->faults, LEVEL_ERROR, "bad-common-name", "/common_name", "%s", e.text);
}

/* A renewal is for the names of what it renews: whoever sends a request for others shall not believe that they were taken. */
static void tell_left_out(struct gathering *g, const struct csr *csr)
{
    for (size_t i = 0; i < csr->names.len; i++) {
        if (find_same(g, &csr->names.at[i]) != NULL)
            continue;
        findings_add(g->faults, LEVEL_WARNING, "names-kept", "/csr", "the request asks for %s too: a renewal keeps the names that it renews", csr->names.at[i].text);
        return;
    }
}

void ca_names(const struct wish *wish, const struct csr *csr, struct arena *a, struct findings *faults, struct names *out, const char **common_name)
{
    struct gathering g = { .arena = a, .faults = faults };
    bool has_own = wish->dns_len > 0 || wish->ip_len > 0;

    if (wish->dns_len > NAMES_MAX || wish->ip_len > NAMES_MAX || wish->dns_len + wish->ip_len > NAMES_MAX) {
        findings_add(faults, LEVEL_ERROR, "too-many-names", "/dns_names", "at most %d names in one certificate: make several", NAMES_MAX);
        return;
    }
    g.at = arena_take(a, (NAMES_MAX + 1) * sizeof(*g.at));
    gather_wish(&g, wish);
    if (csr != NULL && !id_is_none(&wish->renews))
        tell_left_out(&g, csr);
    if (!has_own && csr != NULL) {
        for (size_t i = 0; i < csr->names.len && i < NAMES_MAX; i++)
            gather_at(&g, &csr->names.at[i], "/csr");
    }
    if (!has_own && csr == NULL && wish->common_name != NULL)
        lend_common_name(&g, wish->common_name);
    if (findings_count(faults, LEVEL_ERROR) > 0)
        return;
    if (g.len == 0) {
        findings_add(faults, LEVEL_ERROR, "no-name", "/dns_names", "give at least one DNS name or IP address");
        return;
    }

    *common_name = wish->common_name != NULL ? asked_common_name(&g, wish->common_name) : default_common_name(&g, csr);
    *out = (struct names){ g.at, g.len };
}
