/* terms - what a body says that a certificate shall be: the same members wherever one is issued, asked for or signed. */
#ifndef API_TERMS_H
#define API_TERMS_H

#include "ca/ca.h"
#include "http/request.h"
#include "http/route.h"

/* Rows of a shape, read by terms_read but for issuer, which each route words in its own way. 1024, 128: bounds before any work, not those of X.509. */
#define TERMS_MEMBERS \
    { .name = "profile", .kind = SHAPE_TEXT, .min = 1, .max = 64 }, \
    { .name = "common_name", .kind = SHAPE_TEXT, .min = 1, .max = 1024 }, \
    { .name = "dns_names", .kind = SHAPE_TEXTS, .max = 100 }, \
    { .name = "ip_addresses", .kind = SHAPE_TEXTS, .max = 100 }, \
    { .name = "valid_days", .kind = SHAPE_NUMBER, .min = 1, .max = 100000 }, \
    { .name = "issuer", .kind = SHAPE_TEXT, .min = 1, .max = 64 }, \
    { .name = "label", .kind = SHAPE_TEXT, .min = 1, .max = 128 }
extern const struct shape terms_key_shape;         /* the member key: {type, exportable} */

#define TERMS_KEY_TYPES "a key made here is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096"

/* source: "rest", "cli", "request"; lives as long as the wish. What is read lives in the request. */
void terms_read(const struct request *rq, const char *source, struct wish *out);

#endif
