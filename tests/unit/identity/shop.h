/* shop - a house of the authority, its settings, and the identity that a listener would show. */
#ifndef SHOP_H
#define SHOP_H

#include "ca/house.h"

#include "base/time.h"
#include "identity/first_run.h"
#include "identity/parts.h"

struct shop {
    struct house *house;
    struct settings *settings;
    struct tls_slot *https, *probe;
    struct identity *identity;
    struct arena *arena;
    struct actor who;
};

static inline enum err shop_identity(struct shop *s, struct error *e)
{
    struct identity_options how = { s->house->store, s->house->keeper, s->house->ca, s->settings, s->https, s->probe };

    return identity_open(&how, &s->identity, e);
}

static inline int shop_open(void **state)
{
    static const struct setting_change names[] = { { "server.hostnames", "ca.lab.lan,pc01" }, { "server.ip_addresses", "10.0.0.2" } };
    struct shop *s = calloc(1, sizeof(*s));
    struct error e = { 0 };

    if (house_with_authorities((void **)&s->house))
        return -1;
    s->arena = s->house->arena;
    s->who = s->house->who;
    s->https = tls_slot_new();
    s->probe = tls_slot_new();
    if (settings_open(s->house->store, &s->settings, &e) || settings_change(s->settings, &s->who, names, 2, &e) || shop_identity(s, &e)) {
        print_error("%s\n", e.text);
        return -1;
    }
    *state = s;
    return 0;
}

static inline int shop_close(void **state)
{
    struct shop *s = *state;
    void *house = s->house;

    identity_close(s->identity);
    tls_slot_free(s->https);
    tls_slot_free(s->probe);
    settings_close(s->settings);
    free(s);
    return house_close(&house);
}

/* A certificate of the issuing CA; comma-separated names. */
static inline struct issued shop_issue(struct shop *s, const char *names, const char *profile, bool is_self_signed)
{
    const char *dns[8], *ip[8];
    struct wish wish = { .profile = profile, .dns_names = dns, .ip_addresses = ip, .is_self_signed = is_self_signed };
    char *list = arena_text(s->arena, names), *rest = NULL;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    for (char *name = strtok_r(list, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        if (name[0] >= '0' && name[0] <= '9')
            ip[wish.ip_len++] = name;
        else
            dns[wish.dns_len++] = name;
    }
    findings_init(&notes, s->arena);
    assert_ok(ca_issue(s->house->ca, &s->who, &wish, s->arena, &notes, &made, &e));
    return made;
}

#define EVERY_NAME "ca.lab.lan,pc01,10.0.0.2"

static inline enum err shop_select(struct shop *s, const struct issued *made, unsigned seconds, struct swap_result *out, struct findings *faults, struct error *e)
{
    struct swap_wish wish = { .certificate = made->certificate, .confirm_within_sec = seconds };

    findings_init(faults, s->arena);
    return identity_select(s->identity, &s->who, &wish, s->arena, faults, out, e);
}

/* Does a visitor who asks for this name see that leaf? */
static inline bool shop_shows(struct tls_slot *slot, const char *sni, struct bytes leaf)
{
    struct canary c = { .sni = sni, .leaf = leaf };
    struct tls_identity *now = tls_slot_get(slot);
    struct error e;
    bool is_so = canary_shake(now, &c, &e) == ERR_NONE;

    tls_identity_unref(now);
    return is_so;
}

#endif
