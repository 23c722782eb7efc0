#include "identity/first_run.h"

#include "base/text.h"
#include "identity/parts.h"
#include "store/settings_names.h"

/* Appends the normal form of each to a comma-separated list. */
static const char *normal(const char *const *texts, size_t len, bool is_ip, const char *member, struct arena *a, struct findings *faults)
{
    const char *list = "";

    for (size_t n = 0; n < len; n++) {
        struct name name;
        struct error why;
        enum err r = is_ip ? name_ip(texts[n], strlen(texts[n]), a, &name, &why) : name_dns(texts[n], strlen(texts[n]), a, &name, &why);

        if (r)
            findings_add(faults, LEVEL_ERROR, "name", arena_printf(a, "/%s/%zu", member, n), "%s", why.text);
        else if (!is_ip && name.text[0] == '*')
            findings_add(faults, LEVEL_ERROR, "name", arena_printf(a, "/%s/%zu", member, n), "A server has a name of its own: no wildcard here.");
        else
            list = arena_printf(a, "%s%s%s", list, *list != '\0' ? "," : "", name.text);
    }
    return list;
}

/* As given, or of the first name and the plain port. */
static const char *url_of(const struct first_names *names, const char *hosts, const char *addresses, struct arena *a, struct findings *faults)
{
    const char *url = names->public_http_url, *list = *hosts != '\0' ? hosts : addresses;
    const char *first = arena_copy(a, list, strcspn(list, ","));
    bool is_v6 = strchr(first, ':') != NULL;
    struct error why = { 0 };

    if (url == NULL || *url == '\0')
        return names->plain_port == 80 ? arena_printf(a, "http://%s%s%s", is_v6 ? "[" : "", first, is_v6 ? "]" : "")
                                       : arena_printf(a, "http://%s%s%s:%u", is_v6 ? "[" : "", first, is_v6 ? "]" : "", names->plain_port);
    if (setting_http_url(url, a, &url, &why) != ERR_NONE)
        findings_add(faults, LEVEL_ERROR, "url", "/public_http_url", "%s", why.text);
    return url;
}

enum err first_run_names(const struct first_run *f, const struct actor *who, const struct first_names *names, struct arena *a, struct findings *faults, struct error *e)
{
    const char *hosts = normal(names->hostnames, names->hostnames_len, false, "hostnames", a, faults);
    const char *addresses = normal(names->ip_addresses, names->ip_len, true, "ip_addresses", a, faults);
    struct setting_change changes[] = {
        { "server.hostnames", hosts },
        { "server.ip_addresses", addresses },
        { "server.public_http_url", url_of(names, hosts, addresses, a, faults) },
    };
    enum err r;

    if (names->hostnames_len + names->ip_len == 0)
        findings_add(faults, LEVEL_ERROR, "name", "/hostnames", "Give at least one host name or IP address by which this server is reached.");
    r = findings_fail(faults, e);
    if (!r)
        r = settings_change(f->settings, who, changes, sizeof(changes) / sizeof(*changes), e);
    if (!r)
        ca_public_url(f->ca, changes[2].value);
    return r;
}

/* The first root, and the first authority below it; ids are none where there is no such. */
static enum err find_authorities(const struct first_run *f, struct arena *a, struct authority *root, struct authority *issuing, struct error *e)
{
    struct authority *all;
    size_t len;
    enum err r = ca_authorities(f->ca, a, &all, &len, e);

    *root = (struct authority){ 0 };
    *issuing = (struct authority){ 0 };
    for (size_t n = 0; !r && n < len; n++)
        if (id_is_none(&all[n].parent) && id_is_none(&root->id))
            *root = all[n];
    for (size_t n = 0; !r && n < len; n++)
        if (!id_is_none(&all[n].parent) && id_equal(&all[n].parent, &root->id) && id_is_none(&issuing->id))
            *issuing = all[n];
    return r;
}

/* A step may be asked for again; but what was made is not made anew, and nobody shall think that it was. */
static enum err check_same(const struct authority *made, const struct authority_wish *wish, struct error *e)
{
    enum err r = ERR_NONE;

    if (strcmp(made->name, wish->name) != 0)
        r = fail(e, ERR_CONFLICT, "the root \"%s\" is made already: go on with it, and make others under Certification Authority", made->name);
    else if (made->cert.key.type != wish->key_type)
        r = fail(e, ERR_CONFLICT, "the root is made already, with a key of another type: go on with it");
    if (r && e != NULL)
        strcpy(e->field, strcmp(made->name, wish->name) != 0 ? "/name" : "/key_type");
    return r;
}

enum err first_run_authorities(const struct first_run *f, const struct actor *who, const char *name, const char *organization, enum key_type key_type,
                               unsigned years, struct arena *a, struct authority *root, struct authority *issuing, struct error *e)
{
    struct authority_wish wish = { .organization = organization, .key_type = key_type, .years = years, .path_len = -1 };
    enum err r = find_authorities(f, a, root, issuing, e);

    wish.name = arena_printf(a, "%s Root CA", name);
    if (!r && !id_is_none(&root->id))
        r = check_same(root, &wish, e);
    if (!r && id_is_none(&root->id)) {
        r = ca_authority_make(f->ca, who, &wish, a, root, e);
    }
    if (!r && id_is_none(&issuing->id)) {
        wish.name = arena_printf(a, "%s Issuing CA", name);
        wish.parent = root->id;
        wish.path_len = 0;
        r = ca_authority_make(f->ca, who, &wish, a, issuing, e);
    }
    /* The next step of the wizard asks the probe listener whether this browser trusts the root: it must show a leaf of it by then. */
    if (!r)
        r = identity_probe(f->identity, e);
    return r;
}

enum err first_run_certificate(const struct first_run *f, const struct actor *who, struct arena *a, struct findings *faults, struct swap_result *out, struct error *e)
{
    struct wish wish = { .source = "setup", .is_server_key = true, .label = "This server" };
    struct swap_wish swap = { 0 };
    struct findings notes;
    struct issued made;
    enum err r;

    identity_wish_names(f->identity, a, &wish);
    findings_init(&notes, a);
    r = ca_issue(f->ca, who, &wish, a, &notes, &made, e);
    if (r)
        return r;
    swap.certificate = made.certificate;
    r = identity_select(f->identity, who, &swap, a, faults, out, e);
    if (!r)
        r = identity_probe(f->identity, e);
    return r;
}
