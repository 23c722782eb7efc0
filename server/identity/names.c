#include "identity/parts.h"

static size_t add(const char *const *texts, size_t len, struct arena *a, struct name *out)
{
    struct error ignored;
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (name_any(texts[i], strlen(texts[i]), a, &out[n], &ignored) == ERR_NONE)
            n++;
    return n;
}

struct names identity_names(struct identity *i, struct arena *a)
{
    const char *const *hosts, *const *addresses;
    size_t hosts_len = settings_list(i->with.settings, "server.hostnames", a, &hosts);
    size_t addresses_len = settings_list(i->with.settings, "server.ip_addresses", a, &addresses);
    struct name *at = arena_take(a, (hosts_len + addresses_len + 1) * sizeof(*at));
    size_t n = add(hosts, hosts_len, a, at);

    n += add(addresses, addresses_len, a, at + n);
    return (struct names){ at, n };
}

void identity_wish_names(struct identity *i, struct arena *a, struct wish *out)
{
    struct names names = identity_names(i, a);
    const char **dns = arena_take(a, (names.len + 1) * sizeof(*dns)), **ip = arena_take(a, (names.len + 1) * sizeof(*ip));

    out->dns_names = dns;
    out->ip_addresses = ip;
    for (size_t n = 0; n < names.len; n++) {
        if (names.at[n].kind == NAME_IP)
            ip[out->ip_len++] = names.at[n].text;
        else
            dns[out->dns_len++] = names.at[n].text;
    }
}
