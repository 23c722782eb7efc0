/* requests - what waits: requests of others to be signed or denied here, and requests for keys of ours that another authority answers. */
#ifndef CA_REQUESTS_H
#define CA_REQUESTS_H

#include "ca/ca.h"
#include "inventory/import.h"
#include "pki/csr_asked.h"
#include "store/requests.h"

/* reading one ------------------------------------------------------------------------------------------- */

/* What was asked, line by line, beside what would be signed. */
struct difference {
    const char *field;             /* "Subject", "Key Usage" */
    const char *asked, *given;     /* "" where there is none */
    const char *why;               /* one sentence; "" where both are the same */
};
struct judged {
    const struct profile *profile;
    struct names names;
    const char *common_name;       /* NULL: none fits */
    struct id issuer;
    const char *issuer_name;
    int64_t not_before, not_after, valid_days;
    const struct difference *differences;
    size_t differences_len;
};
/* What policy makes of the request and the terms in `wish`, without signing it. Refused: as ca_issue would refuse, every fault in notes. */
enum err ca_request_judge(struct ca *ca, const struct actor *who, const struct wish *wish, struct arena *a, struct findings *notes,
                          struct judged *out, struct error *e) MUST_CHECK;
/* The terms of a stored one as a wish. */
void ca_request_terms(const struct request_row *row, struct arena *a, struct wish *out);

/* Names of one kind as the row has them, a line each, and back. */
const char *ca_request_lines(const struct names *names, enum name_kind kind, struct arena *a);
size_t ca_request_names(const char *lines, struct arena *a, const char *const **out);
/* Of that kind (NULL: any), pending, and as its caller saw it. Else ERR_CONFLICT says why. */
enum err ca_request_open(const struct actor *who, const struct request_row *row, const char *kind, struct error *e) MUST_CHECK;

/* to be signed here --------------------------------------------------------------------------------------- */

enum { REQUESTS_PENDING_MAX = 100, REQUEST_REASON_MAX = 500, REQUEST_COMMENT_MAX = 500 };
/* Needs the right to ask, not the right to issue: it waits for somebody who has that. At most REQUESTS_PENDING_MAX of one asker. */
enum err ca_request_submit(struct ca *ca, const struct actor *who, const struct wish *wish, const char *comment, struct arena *a,
                           struct findings *notes, struct id *out, struct error *e) MUST_CHECK;
/* edit: terms instead of those asked for; 0, NULL or none leaves one as it is. Names are replaced together. */
enum err ca_request_sign(struct ca *ca, const struct actor *who, const struct id *id, const struct wish *edit, struct arena *a,
                         struct findings *notes, struct issued *out, struct error *e) MUST_CHECK;
void ca_request_edit(const struct request_row *row, const struct wish *edit, struct arena *a, struct wish *out);
enum err ca_request_deny(struct ca *ca, const struct actor *who, const struct id *id, const char *reason, struct arena *a, struct error *e) MUST_CHECK;
/* By whoever asked, or may issue. The key of an external one is destroyed. */
enum err ca_request_withdraw(struct ca *ca, const struct actor *who, const struct id *id, struct arena *a, struct error *e) MUST_CHECK;

/* for another authority ----------------------------------------------------------------------------------- */

struct external_wish {
    const char *profile, *common_name, *organization, *unit, *locality, *state, *country, *label, *comment;    /* NULL: left out */
    const char *const *dns_names; size_t dns_len;
    const char *const *ip_addresses; size_t ip_len;
    enum key_type key_type;        /* KEY_NONE: P-256 */
    bool is_exportable;
};
enum err ca_request_create(struct ca *ca, const struct actor *who, const struct external_wish *wish, struct arena *a, struct findings *faults,
                           struct id *out, struct error *e) MUST_CHECK;
/* What the other authority sent: one file, in any form but a ZIP; one certificate in it has the request's public key, or nothing is taken. All of it comes in. */
enum err ca_request_complete(struct ca *ca, const struct actor *who, const struct id *id, const struct import_wish *wish, struct arena *a,
                             struct import_result *out, struct error *e) MUST_CHECK;

/* looking ------------------------------------------------------------------------------------------------- */

/* Whoever asked may see it, and whoever may see its authority. Else ERR_ABSENT. */
enum err ca_request(struct ca *ca, const struct actor *who, const struct id *id, struct arena *a, struct request_row *out, struct error *e) MUST_CHECK;
struct request_ask { const char *state, *kind; unsigned limit; struct id before; };       /* NULL: any; none: from the newest on */
struct request_page { struct request_row *at; size_t len; struct id next; };              /* next: none at the end */
enum err ca_request_list(struct ca *ca, const struct actor *who, const struct request_ask *ask, struct arena *a, struct request_page *out,
                         struct error *e) MUST_CHECK;
/* The certificate that came of it, in one of four forms: "pem" "der" "chain" "p7b". */
enum err ca_request_result(struct ca *ca, const struct actor *who, const struct id *id, const char *form, struct arena *a, struct exported *out,
                           struct error *e) MUST_CHECK;

#endif
