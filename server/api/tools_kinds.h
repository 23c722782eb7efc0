/* tools_kinds - a certificate, a request, a list, a key: what stands in it, for the toolbox. */
#ifndef API_TOOLS_KINDS_H
#define API_TOOLS_KINDS_H

#include "api/tools.h"
#include "pki/key_read.h"

struct thing {
    struct request *rq;
    struct bytes der;
    const char *password;          /* NULL: none given */
    struct pbe_budget *budget;
    json_t *out, *details;         /* details is a member of out */
    struct findings findings;
    struct bytes spki;             /* in: of a key that is open already; out: to see what belongs together */
    bool is_read, is_key;
};

/* ERR_NONE, or why it is not one. */
enum err kind_certificate(struct thing *t, struct error *e) MUST_CHECK;
enum err kind_request(struct thing *t, struct error *e) MUST_CHECK;
enum err kind_crl(struct thing *t, struct error *e) MUST_CHECK;
enum err kind_key(struct thing *t, struct error *e) MUST_CHECK;
void kind_line(struct thing *t, const char *field, const char *value, bool is_critical);

#endif
