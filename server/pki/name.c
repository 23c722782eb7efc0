#include "pki/name.h"

#include <arpa/inet.h>
#include <stdio.h>

#include <gnutls/gnutls.h>

#include "base/own.h"
#include "base/text.h"

enum { NAME_MOST = 253, LABEL_MOST = 63, INPUT_MOST = 1024, SHOWN_MOST = 80 };

/* What was given, for a sentence: never half of a character. */
static const char *shown(const char *text, size_t len, struct arena *a)
{
    if (len <= SHOWN_MOST)
        return arena_copy(a, text, len);
    len = SHOWN_MOST;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return arena_printf(a, "%.*s...", (int)len, text);
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

static void datum_drop(gnutls_datum_t *d)
{
    gnutls_free(d->data);
}

/* IDNA2008 (UTS 46, non-transitional): ASCII comes back as it is. */
static bool to_ascii(const char *text, size_t len, struct arena *a, char **out)
{
    CLEANUP(datum_drop) gnutls_datum_t d = { 0 };

    if (is_ascii(text, len)) {
        *out = arena_copy(a, text, len);
        return true;
    }
    if (gnutls_idna_map(text, (unsigned)len, &d, 0) < 0)
        return false;
    *out = arena_copy(a, d.data, d.size);
    return is_ascii(*out, strlen(*out));
}

static bool to_unicode(const char *text, size_t len, struct arena *a, char **out)
{
    CLEANUP(datum_drop) gnutls_datum_t d = { 0 };

    if (gnutls_idna_reverse_map(text, (unsigned)len, &d, 0) < 0)
        return false;
    *out = arena_copy(a, d.data, d.size);
    return text_is_clean(bytes_of(d.data, d.size));
}

/* An A-label stands for exactly one U-label, and that one for it (RFC 5890, 2.3.2.1): else two names could look alike. */
static bool a_label_is_sound(const char *label, size_t len, struct arena *a)
{
    char *u, *back;

    if (!to_unicode(label, len, a, &u) || is_ascii(u, strlen(u)))
        return false;
    return to_ascii(u, strlen(u), a, &back) && strlen(back) == len && memcmp(back, label, len) == 0;
}

static const char *label_fault(const char *label, size_t len, struct arena *a)
{
    if (len == 0)
        return "has an empty label";
    if (len > LABEL_MOST)
        return "has a label of more than 63 characters";
    if (label[0] == '-' || label[len - 1] == '-')
        return "has a label that begins or ends with a hyphen";
    for (size_t i = 0; i < len; i++) {
        char c = label[i];

        if (c == '*')
            return "has a wildcard that is not the whole first label";
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return c == '_' ? "has an underscore, which host names may not have" : "has a character that host names may not have";
    }
    if (len >= 4 && memcmp(label, "xn--", 4) == 0 && !a_label_is_sound(label, len, a))
        return "has an international label (xn--) that is not sound";
    return NULL;
}

/* Whoever reads such a name may take it for an IPv4 address: its last label is a number (WHATWG URL, "ends in a number"). */
static bool ends_in_number(const char *last)
{
    size_t len = strlen(last);

    if (strspn(last, "0123456789") == len)
        return true;
    return text_starts(last, "0x") && strspn(last + 2, "0123456789abcdef") == len - 2;
}

/* Why this lower-case ASCII text is no DNS name; NULL: it is one. `star` octets in front are a wildcard. */
static const char *fault_of(const char *text, size_t star, struct arena *a)
{
    const char *p = text + star, *last;

    if (strlen(text) > NAME_MOST)
        return "is longer than 253 characters";
    for (;;) {
        size_t len = strcspn(p, ".");
        const char *fault;

        if (len == 0 && *p == '\0' && p > text + star)
            return "ends with a dot: leave it out";
        fault = label_fault(p, len, a);
        if (fault != NULL)
            return fault;
        last = p;
        if (p[len] == '\0')
            break;
        p += len + 1;
    }
    return ends_in_number(last) ? "looks like an IPv4 address but is none" : NULL;
}

static bool parse_ip(const char *text, size_t len, uint8_t ip[16], size_t *ip_len)
{
    char copy[INET6_ADDRSTRLEN];

    if (len >= sizeof(copy) || memchr(text, '\0', len) != NULL)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *ip_len = strchr(copy, ':') != NULL ? 16 : 4;
    return inet_pton(*ip_len == 16 ? AF_INET6 : AF_INET, copy, ip) == 1;
}

enum err name_dns(const char *text, size_t len, struct arena *a, struct name *out, struct error *e)
{
    size_t star = len >= 2 && text[0] == '*' && text[1] == '.' ? 2 : 0;
    uint8_t ip[16];
    size_t ip_len;
    const char *fault;
    char *ascii;

    if (len == 0)
        return fail(e, ERR_INVALID, "the name is empty");
    if (len > INPUT_MOST)
        return fail(e, ERR_INVALID, "the name has %zu characters: 253 is the most", len);
    if (!text_is_clean(bytes_of(text, len)))
        return fail(e, ERR_INVALID, "the name has control characters or is not UTF-8");
    if (!to_ascii(text + star, len - star, a, &ascii))
        return fail(e, ERR_INVALID, "\"%s\" is not a valid international name", shown(text, len, a));
    ascii = text_lower(a, star > 0 ? arena_printf(a, "*.%s", ascii) : ascii);
    fault = fault_of(ascii, star, a);
    if (fault != NULL && parse_ip(ascii, strlen(ascii), ip, &ip_len))
        return fail(e, ERR_INVALID, "%s is an IP address, not a DNS name: ask for it as one", ascii);
    if (fault != NULL)
        return fail(e, ERR_INVALID, "\"%s\" is not a DNS name: it %s", shown(text, len, a), fault);

    *out = (struct name){ .kind = NAME_DNS, .text = ascii };
    return ERR_NONE;
}

/* addresses --------------------------------------------------------------------------------------------- */

/* The longest run of two zero groups or more, the first of equals: RFC 5952, 4.2. */
static void longest_run(const unsigned groups[8], int *start, int *len)
{
    *start = -1;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;

        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > *len) {
            *start = i;
            *len = n;
        }
    }
}

static const char *ip6_text(const uint8_t ip[16], struct arena *a)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    unsigned groups[8];
    char text[48], *p = text;
    int start, len;

    if (memcmp(ip, mapped, sizeof(mapped)) == 0)   /* RFC 5952, 5 */
        return arena_printf(a, "::ffff:%u.%u.%u.%u", ip[12], ip[13], ip[14], ip[15]);
    for (int i = 0; i < 8; i++)
        groups[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
    longest_run(groups, &start, &len);
    for (int i = 0; i < 8; i++) {
        if (i == start) {
            p = stpcpy(p, "::");
            i += len - 1;
            continue;
        }
        if (i > 0 && p[-1] != ':')
            *p++ = ':';
        p += snprintf(p, (size_t)(text + sizeof(text) - p), "%x", groups[i]);
    }
    *p = '\0';
    return arena_text(a, text);
}

static void set_ip(struct name *out, const uint8_t *ip, size_t len, struct arena *a)
{
    *out = (struct name){ .kind = NAME_IP, .ip_len = len };
    memcpy(out->ip, ip, len);
    out->text = len == 16 ? ip6_text(ip, a) : arena_printf(a, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
}

enum err name_ip_octets(struct bytes octets, struct arena *a, struct name *out, struct error *e)
{
    if (octets.len != 4 && octets.len != 16)
        return fail(e, ERR_INVALID, "an IP address has 4 or 16 octets, this one has %zu", octets.len);
    set_ip(out, octets.at, octets.len, a);
    return ERR_NONE;
}

enum err name_ip(const char *text, size_t len, struct arena *a, struct name *out, struct error *e)
{
    uint8_t ip[16];
    size_t ip_len;

    if (!parse_ip(text, len, ip, &ip_len)) {
        if (!text_is_clean(bytes_of(text, len)))
            return fail(e, ERR_INVALID, "the IP address has control characters or is not UTF-8");
        return fail(e, ERR_INVALID, "\"%s\" is not an IP address: write 192.0.2.1 or 2001:db8::1, without brackets, zone or prefix length",
                    shown(text, len, a));
    }
    set_ip(out, ip, ip_len, a);
    return ERR_NONE;
}

enum err name_any(const char *text, size_t len, struct arena *a, struct name *out, struct error *e)
{
    uint8_t ip[16];
    size_t ip_len;

    if (!parse_ip(text, len, ip, &ip_len))
        return name_dns(text, len, a, out, e);
    set_ip(out, ip, ip_len, a);
    return ERR_NONE;
}

/* comparing --------------------------------------------------------------------------------------------- */

bool name_equal(const struct name *x, const struct name *y)
{
    if (x->kind != y->kind)
        return false;
    if (x->kind == NAME_IP)
        return bytes_equal(bytes_of(x->ip, x->ip_len), bytes_of(y->ip, y->ip_len));
    return strcmp(x->text, y->text) == 0;
}

bool name_covers(const struct name *san, const struct name *wanted)
{
    const char *rest;

    if (name_equal(san, wanted))
        return true;
    if (san->kind != NAME_DNS || wanted->kind != NAME_DNS || !text_starts(san->text, "*.") || wanted->text[0] == '*')
        return false;
    rest = strchr(wanted->text, '.');
    return rest != NULL && strcmp(rest, san->text + 1) == 0;
}

const char *name_display(const struct name *n, struct arena *a)
{
    size_t star = n->kind == NAME_DNS && text_starts(n->text, "*.") ? 2 : 0;
    char *u;

    if (n->kind != NAME_DNS || strstr(n->text, "xn--") == NULL || !to_unicode(n->text + star, strlen(n->text + star), a, &u))
        return n->text;
    return star > 0 ? arena_printf(a, "*.%s", u) : u;
}
