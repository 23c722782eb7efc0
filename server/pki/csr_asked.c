#include "pki/csr_asked.h"

#include "base/text.h"
#include "pki/cert.h"
#include "pki/ext_show.h"

enum { ASKED_MOST = 2 * EXT_MOST, HEX_MOST = 64 };

#define EXTENSION_REQUEST "1.2.840.113549.1.9.14"

struct list { struct arena *arena; struct asked at[ASKED_MOST]; size_t len; };

static void add(struct list *l, const struct asked *line)
{
    if (l->len < ASKED_MOST)
        l->at[l->len++] = *line;
}

/* Those that have no words of their own but a name that people know. */
static const struct { const char *oid, *name; } names[] = {
    { "1.2.840.113549.1.9.7", "Challenge password" },
    { "1.2.840.113549.1.9.2", "Unstructured name" },
    { "1.3.6.1.4.1.311.13.2.3", "OS version" },
    { "1.3.6.1.4.1.311.13.2.2", "Enrollment CSP" },
    { "1.3.6.1.4.1.311.21.20", "Request client information" },
    { "1.3.6.1.4.1.311.20.2", "Certificate template name" },
    { "1.3.6.1.4.1.311.21.7", "Certificate template information" },
    { "1.3.6.1.4.1.311.21.10", "Application policies" },
    { "1.2.840.113549.1.9.15", "SMIME capabilities" },
    { "2.16.840.1.113730.1.1", "Netscape certificate type" },
    { "2.5.29.18", "Issuer Alternative Name" },
    { "2.5.29.30", "Name Constraints" },
    { "2.5.29.32", "Certificate Policies" },
    { "1.3.6.1.5.5.7.1.24", "TLS Feature (must-staple)" },
};

static const char *name_of(struct bytes oid, struct arena *a)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (der_oid_is(oid, names[i].oid))
            return names[i].name;
    return der_oid_text(a, oid);
}

static const char *hex_of(struct bytes value, struct arena *a)
{
    const char *text = text_hex_in(a, bytes_of(value.at, value.len > HEX_MOST ? HEX_MOST : value.len));

    return value.len > HEX_MOST ? arena_printf(a, "%s… (%zu octets)", text, value.len) : text;
}

static void add_extensions(struct list *l, struct der set)
{
    struct extension *at;
    size_t len;

    if (!ext_list(&set, l->arena, &at, &len))
        return;
    for (size_t i = 0; i < len; i++) {
        struct asked line = { .is_critical = at[i].is_critical };

        if (!ext_show(&at[i], l->arena, &line.field, &line.value)) {
            line.field = name_of(at[i].oid, l->arena);
            line.value = hex_of(at[i].value, l->arena);
        }
        add(l, &line);
    }
}

/* A challenge password is somebody's secret: that there is one is told, not what it is. */
static void add_attribute(struct list *l, struct bytes oid, struct bytes value)
{
    bool is_secret = der_oid_is(oid, "1.2.840.113549.1.9.7");

    add(l, &(struct asked){ .field = name_of(oid, l->arena), .value = is_secret ? "(not shown)" : hex_of(value, l->arena), .is_attribute = true });
}

/* The set of attributes: csr_parse has held all of it to its form. */
static bool find_attributes(struct bytes request, struct der *out)
{
    struct der d = der_of(request), all, info;
    struct bytes skipped;
    int64_t version;
    bool is_there;

    return der_enter(&d, DER_SEQUENCE, &all) && der_enter(&all, DER_SEQUENCE, &info) && der_get_int(&info, &version) &&
           der_get_whole(&info, DER_SEQUENCE, &skipped) && der_get_whole(&info, DER_SEQUENCE, &skipped) &&
           der_optional(&info, DER_CONTEXT_CONS(0), out, &is_there) && is_there;
}

static void walk(struct list *l, struct der attributes, bool wants_extensions)
{
    while (!der_end(&attributes)) {
        struct der in, set;
        struct bytes oid;

        if (!der_enter(&attributes, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid) || !der_enter(&in, DER_SET, &set))
            return;
        if (der_oid_is(oid, EXTENSION_REQUEST) != wants_extensions)
            continue;
        if (wants_extensions)
            add_extensions(l, set);
        else
            add_attribute(l, oid, bytes_of(set.at, (size_t)(set.end - set.at)));
    }
}

size_t csr_asked(const struct csr *c, struct arena *a, struct asked **out)
{
    struct list *l = arena_take(a, sizeof(*l));
    struct der attributes;

    l->arena = a;
    if (find_attributes(c->der, &attributes)) {
        walk(l, attributes, true);
        walk(l, attributes, false);
    }
    *out = l->at;
    return l->len;
}
