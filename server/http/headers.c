#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/reply.h"

/* Conventions, U1. What is no page of ours may load nothing at all; a page that may do more brings its own policy. */
static const struct { const char *name, *value; bool is_html_only; } standing[] = {
    { "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
      "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
      "trusted-types 'none'", true },
    { "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()", true },
    { "Cross-Origin-Opener-Policy", "same-origin", true },
    { "Cross-Origin-Resource-Policy", "same-origin", false },
    { "X-Content-Type-Options", "nosniff", false },
    { "Referrer-Policy", "no-referrer", false },
    { "Cache-Control", "no-store", false },
};
static const char closed_policy[] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

const char *reply_find(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->len; i++) {
        if (strcasecmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    }
    return NULL;
}

void headers_add(struct MHD_Response *to, const struct reply *r, const char *type)
{
    bool is_html = type != NULL && text_starts(type, "text/html");

    if (type != NULL && reply_find(r, "Content-Type") == NULL)
        MHD_add_response_header(to, "Content-Type", type);
    for (size_t i = 0; i < r->len; i++)
        MHD_add_response_header(to, r->headers[i].name, r->headers[i].value);
    for (size_t i = 0; i < sizeof(standing) / sizeof(*standing); i++) {
        if ((is_html || !standing[i].is_html_only) && reply_find(r, standing[i].name) == NULL)
            MHD_add_response_header(to, standing[i].name, standing[i].value);
    }
    if (!is_html && reply_find(r, "Content-Security-Policy") == NULL)
        MHD_add_response_header(to, "Content-Security-Policy", closed_policy);
}
