#include <arpa/inet.h>
#include <strings.h>

#include "base/text.h"
#include "pki/der.h"
#include "pki/lint_rules.h"

enum { COMPARED_MOST = 1000, LABEL_MOST = 63, DNS_MOST = 253 };

/* distinguished names ----------------------------------------------------------------------------------- */

struct attribute {
    struct bytes oid, value;
    uint8_t tag;
};

enum { AT_COMMON_NAME = 3, AT_SERIAL = 5, AT_COUNTRY = 6 };

/* id-at is 2.5.4.N; 0: another. */
static unsigned attribute_id(struct bytes oid)
{
    return oid.len == 3 && oid.at[0] == 0x55 && oid.at[1] == 4 ? oid.at[2] : 0;
}

/* Upper bounds of RFC 5280, A.1. */
static const struct { unsigned id; size_t most; enum rule rule; } bounds[] = {
    { AT_COMMON_NAME, 64, RULE_SUBJECT_CN_LONG }, { AT_SERIAL, 64, RULE_SUBJECT_SERIAL_LONG }, { 7, 128, RULE_SUBJECT_L_LONG },
    { 8, 128, RULE_SUBJECT_ST_LONG },             { 10, 64, RULE_SUBJECT_O_LONG },             { 11, 64, RULE_SUBJECT_OU_LONG },
};

static size_t characters(const struct attribute *at)
{
    size_t n = 0;

    if (at->tag != DER_UTF8)
        return at->tag == DER_BMP ? at->value.len / 2 : at->value.len;
    for (size_t i = 0; i < at->value.len; i++)
        n += (at->value.at[i] & 0xc0) != 0x80;
    return n;
}

static bool has_controls(const struct attribute *at)
{
    if (at->tag == DER_BMP)
        return false;
    for (size_t i = 0; i < at->value.len; i++)
        if (at->value.at[i] < 0x20 || at->value.at[i] == 0x7f)
            return true;
    return false;
}

static void check_subject_attribute(struct look *l, const struct attribute *at)
{
    unsigned id = attribute_id(at->oid);

    for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++)
        mark_if(l, bounds[i].id == id && characters(at) > bounds[i].most, bounds[i].rule);
    mark_if(l, has_controls(at), RULE_SUBJECT_UNPRINTABLE);
    mark_if(l, id == AT_SERIAL && at->tag != DER_PRINTABLE, RULE_SUBJECT_SERIAL_STRING);
    l->has_country |= id == AT_COUNTRY;
    if (id == AT_COMMON_NAME)
        l->common_name = at->value;
}

static void check_attribute(struct look *l, const struct attribute *at, bool is_issuer)
{
    struct bytes v = at->value;

    mark_if(l, attribute_id(at->oid) == AT_COUNTRY && at->tag != DER_PRINTABLE, is_issuer ? RULE_ISSUER_COUNTRY_STRING : RULE_SUBJECT_COUNTRY_STRING);
    mark_if(l, v.len > 0 && v.at[0] == ' ', is_issuer ? RULE_ISSUER_LEADING : RULE_SUBJECT_LEADING);
    mark_if(l, v.len > 0 && v.at[v.len - 1] == ' ', is_issuer ? RULE_ISSUER_TRAILING : RULE_SUBJECT_TRAILING);
    if (!is_issuer)
        check_subject_attribute(l, at);
}

static bool read_attribute(struct der *set, struct attribute *out)
{
    struct bytes whole;
    struct der pair;

    return der_enter(set, DER_SEQUENCE, &pair) && der_get_oid(&pair, &out->oid) &&
           der_next(&pair, &out->tag, &out->value, &whole) && der_end(&pair);
}

/* False: malformed somewhere. An empty part does not keep the others from being looked at. */
static bool walk_name(struct look *l, struct bytes name, bool is_issuer)
{
    struct der d = der_of(name), rdns, set;
    struct attribute at;
    bool is_fine = true;

    if (!der_enter(&d, DER_SEQUENCE, &rdns))
        return false;
    while (!der_end(&rdns)) {
        if (!der_enter(&rdns, DER_SET, &set))
            return false;
        is_fine &= !der_end(&set);
        for (size_t n = 0; !der_end(&set); n++) {
            if (!read_attribute(&set, &at))
                return false;
            mark_if(l, n > 0, is_issuer ? RULE_ISSUER_MULTIPLE : RULE_SUBJECT_MULTIPLE);
            check_attribute(l, &at, is_issuer);
        }
    }
    return is_fine;
}

void lint_subject(struct look *l)
{
    bool is_issuer = walk_name(l, l->frame->issuer, true), is_subject = walk_name(l, l->frame->subject, false);

    mark_if(l, !is_issuer || !is_subject, RULE_NAME_MALFORMED);
}

/* one alternative name, of the subject or of the issuer -------------------------------------------------------- */

struct side {   /* the same fault has a name for either side */
    enum rule empty, not_ia5, space, period, nul, bare, not_first, uri_ia5, uri_relative, uri_format, email;
};
static const struct side subject_side = {
    RULE_SAN_EMPTY_NAME, RULE_SAN_DNS_IA5, RULE_SAN_DNS_SPACE, RULE_SAN_DNS_PERIOD, RULE_SAN_DNS_NULL, RULE_SAN_BARE_WILDCARD,
    RULE_SAN_WILDCARD_FIRST, RULE_SAN_URI_IA5, RULE_SAN_URI_RELATIVE, RULE_SAN_URI_FORMAT, RULE_SAN_EMAIL_FORMAT,
};
static const struct side issuer_side = {
    RULE_IAN_EMPTY_NAME, RULE_IAN_DNS_IA5, RULE_IAN_DNS_SPACE, RULE_IAN_DNS_PERIOD, RULE_IAN_DNS_NULL, RULE_IAN_BARE_WILDCARD,
    RULE_IAN_WILDCARD_FIRST, RULE_IAN_URI_IA5, RULE_IAN_URI_RELATIVE, RULE_IAN_URI_FORMAT, RULE_IAN_EMAIL_FORMAT,
};

static bool is_ia5(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] >= 0x80)
            return false;
    return true;
}

static bool is_label_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Wildcards and underscores have rules of their own. */
static void check_label(struct look *l, struct bytes label)
{
    mark_if(l, label.len == 0, RULE_DNS_EMPTY_LABEL);
    mark_if(l, label.len > LABEL_MOST, RULE_DNS_LABEL_LONG);
    if (label.len == 0)
        return;
    mark_if(l, label.at[0] == '-' || label.at[label.len - 1] == '-', RULE_DNS_HYPHEN);
    for (size_t i = 0; i < label.len; i++) {
        mark_if(l, label.at[i] == '_', RULE_DNS_UNDERSCORE);
        mark_if(l, label.at[i] != '_' && label.at[i] != '*' && !is_label_character(label.at[i]), RULE_DNS_CHARACTER);
    }
}

static void check_labels(struct look *l, struct bytes name)
{
    size_t start = 0;

    for (size_t i = 0; i <= name.len; i++) {
        if (i < name.len && name.at[i] != '.')
            continue;
        check_label(l, bytes_of(name.at + start, i - start));
        start = i + 1;
    }
}

static bool is_dotted_quad(struct bytes b)
{
    char text[16];
    uint8_t ip[4];

    if (b.len >= sizeof(text) || memchr(b.at, 0, b.len) != NULL)
        return false;
    memcpy(text, b.at, b.len);
    text[b.len] = '\0';
    return inet_pton(AF_INET, text, ip) == 1;
}

static void check_dns(struct look *l, const struct side *s, struct bytes n)
{
    const uint8_t *star = memchr(n.at, '*', n.len);
    bool is_wildcard = n.len > 2 && n.at[0] == '*' && n.at[1] == '.';

    mark_if(l, !is_ia5(n), s->not_ia5);
    mark_if(l, n.len == 1 && n.at[0] == ' ', s->space);
    mark_if(l, n.len > 0 && n.at[0] == '.', s->period);
    mark_if(l, memchr(n.at, 0, n.len) != NULL, s->nul);
    mark_if(l, star != NULL && (n.len == 1 || (n.len == 2 && n.at[1] == '.')), s->bare);
    mark_if(l, star != NULL && n.len > 1 && (!is_wildcard || memchr(n.at + 1, '*', n.len - 1) != NULL), s->not_first);
    if (s != &subject_side)
        return;
    mark_if(l, n.len > DNS_MOST, RULE_SAN_DNS_LONG);
    mark_if(l, is_dotted_quad(n), RULE_SAN_IP_DNS);
    check_labels(l, n);
}

/* RFC 3986, 3.1. */
static void check_uri(struct look *l, const struct side *s, struct bytes n)
{
    size_t i = 0;

    mark_if(l, !is_ia5(n), s->uri_ia5);
    while (i < n.len && (is_label_character(n.at[i]) || n.at[i] == '+' || n.at[i] == '.'))
        i++;
    if (i == 0 || i == n.len || n.at[i] != ':')
        mark(l, s->uri_relative);
    else
        mark_if(l, i + 1 == n.len, s->uri_format);
}

/* Local-part "@" domain, bare: no angle brackets, no comment (RFC 5280, 4.2.1.6). */
static void check_email(struct look *l, const struct side *s, struct bytes n)
{
    const uint8_t *at = memrchr(n.at, '@', n.len);
    bool is_fine = at != NULL && at > n.at && at + 1 < n.at + n.len && is_ia5(n);

    for (size_t i = 0; is_fine && i < n.len; i++)
        is_fine = n.at[i] > ' ' && n.at[i] != 0x7f && n.at[i] != '<' && n.at[i] != '>' && n.at[i] != '(' && n.at[i] != ')';
    for (const uint8_t *p = at; is_fine && ++p < n.at + n.len; )
        is_fine = is_label_character(*p) || *p == '.';
    mark_if(l, !is_fine, s->email);
}

static void check_general(struct look *l, const struct side *s, const struct general *g)
{
    mark_if(l, g->content.len == 0, s->empty);
    if (g->content.len == 0)
        return;
    if (g->kind == GENERAL_DNS)
        check_dns(l, s, g->content);
    else if (g->kind == GENERAL_URI)
        check_uri(l, s, g->content);
    else if (g->kind == GENERAL_EMAIL)
        check_email(l, s, g->content);
}

static void check_subject_general(struct look *l, const struct general *g)
{
    check_general(l, &subject_side, g);
    mark_if(l, g->kind == GENERAL_IP && g->content.len != 4 && g->content.len != 16, RULE_SAN_IP_LENGTH);
    mark_if(l, g->kind == GENERAL_OTHER, RULE_SAN_OTHER);
    mark_if(l, g->kind == GENERAL_EMAIL, RULE_SAN_EMAIL);
    mark_if(l, g->kind == GENERAL_URI, RULE_SAN_URI);
    mark_if(l, g->kind == GENERAL_DIRECTORY, RULE_SAN_DIRECTORY);
    mark_if(l, g->kind == GENERAL_OID, RULE_SAN_OID);
}

/* all of them ------------------------------------------------------------------------------------------- */

static bool same_general(const struct general *x, const struct general *y)
{
    if (x->kind != y->kind || x->content.len != y->content.len)
        return false;
    if (x->kind == GENERAL_DNS)
        return strncasecmp((const char *)x->content.at, (const char *)y->content.at, x->content.len) == 0;
    return bytes_equal(x->content, y->content);
}

static void check_doubled(struct look *l, struct der list)
{
    struct general x, y;

    for (size_t n = 0; n < COMPARED_MOST && !der_end(&list) && ext_general(&list, &x); n++) {
        struct der rest = list;

        for (size_t k = n; k < COMPARED_MOST && !der_end(&rest) && ext_general(&rest, &y); k++)
            mark_if(l, same_general(&x, &y), RULE_SAN_DOUBLED);
    }
}

static bool is_common_name(const struct look *l, const struct general *g)
{
    struct name ip;

    if (g->kind == GENERAL_DNS)
        return g->content.len == l->common_name.len &&
               strncasecmp((const char *)g->content.at, (const char *)l->common_name.at, g->content.len) == 0;
    return g->kind == GENERAL_IP && name_ip_octets(g->content, l->arena, &ip, NULL) == ERR_NONE &&
           bytes_equal(bytes_text(ip.text), l->common_name);
}

static bool is_private_ip(const struct look *l, struct bytes text)
{
    const uint8_t *p;
    struct name ip;

    if (text.len == 0 || name_ip((const char *)text.at, text.len, l->arena, &ip, NULL) != ERR_NONE)
        return false;
    p = ip.ip;
    if (ip.ip_len == 16)
        return (p[0] & 0xfe) == 0xfc || (p[0] == 0xfe && (p[1] & 0xc0) == 0x80);
    return p[0] == 10 || p[0] == 127 || (p[0] == 172 && (p[1] & 0xf0) == 16) || (p[0] == 192 && p[1] == 168) || (p[0] == 169 && p[1] == 254);
}

/* The common name of what serves is one of its names: clients have long looked there alone. */
static void check_common_name(struct look *l, struct der list)
{
    struct general g;

    if (l->is_ca || l->common_name.len == 0)
        return;
    while (!der_end(&list) && ext_general(&list, &g))
        if (is_common_name(l, &g))
            return;
    mark(l, RULE_CN_NOT_SAN);
}

static void check_san(struct look *l, const struct extension *x)
{
    struct general g;
    struct der list, d;

    mark_if(l, x == NULL && !l->is_ca, RULE_SAN_MISSING);
    if (x == NULL) {
        check_common_name(l, der_of(bytes_of("", 0)));
        return;
    }
    mark_if(l, x->is_critical && !l->is_subject_empty, RULE_SAN_CRITICAL);
    mark_if(l, !x->is_critical && l->is_subject_empty, RULE_SAN_NOT_CRITICAL);
    if (!ext_sequence(x->value, &list))
        return;
    mark_if(l, der_end(&list), RULE_SAN_NO_ENTRIES);
    for (d = list; !der_end(&d) && ext_general(&d, &g); )
        check_subject_general(l, &g);
    check_doubled(l, list);
    check_common_name(l, list);
}

static void check_ian(struct look *l, const struct extension *x)
{
    struct general g;
    struct der d;

    if (x == NULL)
        return;
    mark_if(l, x->is_critical, RULE_IAN_CRITICAL);
    if (!ext_sequence(x->value, &d))
        return;
    mark_if(l, der_end(&d), RULE_IAN_NO_ENTRIES);
    while (!der_end(&d) && ext_general(&d, &g))
        check_general(l, &issuer_side, &g);
}

void lint_names(struct look *l)
{
    mark_if(l, !l->is_ca && is_private_ip(l, l->common_name), RULE_CN_RESERVED_IP);
    check_san(l, look_ext(l, EXT_SAN));
    check_ian(l, look_ext(l, EXT_IAN));
}
