/* name - what a certificate is for: DNS names and addresses, normalised once, compared only in that form. RFC 5280, 4.2.1.6. */
#ifndef PKI_NAME_H
#define PKI_NAME_H

#include "base/arena.h"
#include "base/error.h"
#include "base/findings.h"

enum name_kind { NAME_DNS, NAME_IP };

struct name {
    enum name_kind kind;
    const char *text;      /* DNS: lower-case A-label, "*.x.lan" for a wildcard; IP: canonical text (RFC 5952) */
    uint8_t ip[16];
    size_t ip_len;         /* 4 or 16 for NAME_IP */
};

struct names {
    const struct name *at;
    size_t len;
};

enum { NAMES_MAX = 100 };   /* in one certificate */

/* Lower-cases, IDNA2008 to A-labels (bad A-labels refused); wildcard only as the whole first label and with at least
   one label after it; single labels are fine; no trailing dot, underscore, IPv4-as-name; labels 1..63, whole <= 253.
   The error says what is wrong in words. */
enum err name_dns(const char *text, size_t len, struct arena *a, struct name *out, struct error *e) MUST_CHECK;
enum err name_ip(const char *text, size_t len, struct arena *a, struct name *out, struct error *e) MUST_CHECK;   /* plain v4 dotted quad or v6, no zone, no CIDR */
enum err name_ip_octets(struct bytes octets, struct arena *a, struct name *out, struct error *e) MUST_CHECK;     /* 4 or 16 */
enum err name_any(const char *text, size_t len, struct arena *a, struct name *out, struct error *e) MUST_CHECK;  /* an IP if it parses as one, else DNS */
bool name_equal(const struct name *x, const struct name *y);
/* Does a SAN cover what a client asks for? RFC 6125: wildcard covers exactly one label, never an IP. Both normalised. */
bool name_covers(const struct name *san, const struct name *wanted);
/* U-label form for people; the A-label itself where it has none. */
const char *name_display(const struct name *n, struct arena *a);

#endif
