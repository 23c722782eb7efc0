/* rules - what the keeper refuses to sign, whatever the other process says. The shape is read from the bytes.
   Names, profiles and quotas are policy and stay in ca/: more here would be a second CA. */
#ifndef KEEPER_RULES_H
#define KEEPER_RULES_H

#include "keeper/blob.h"

/* May a key be made (or brought in, is_import) with this head? `name` is what a CA will sign as. */
enum err rules_make(const struct blob *head, struct bytes name, bool is_import, struct error *e) MUST_CHECK;
enum err rules_sign(const struct blob *head, enum signed_shape shape, struct bytes body, struct error *e) MUST_CHECK;
enum err rules_tls(const struct blob *head, struct error *e) MUST_CHECK;
enum err rules_export(const struct blob *head, struct error *e) MUST_CHECK;

#endif
