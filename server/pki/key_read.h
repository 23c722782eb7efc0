/* key_read - a private key as files hold it: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, A.1.2), SEC1 (RFC 5915), or encrypted PKCS#8. Kinds that
   the keeper cannot use are named. What comes out is PKCS#8 and goes to the keeper, which judges the numbers. */
#ifndef PKI_KEY_READ_H
#define PKI_KEY_READ_H

#include "pki/item.h"
#include "pki/pbe_open.h"

enum { KEY_FILE_MAX = 16 * 1024 };
enum key_form { KEY_FORM_NONE, KEY_FORM_PKCS8, KEY_FORM_PKCS1, KEY_FORM_SEC1, KEY_FORM_ENCRYPTED };
enum key_form key_form(struct bytes der);          /* by its outer shape alone */
/* password: NULL none given. Kinds "unsupported-algorithm" "wrong-password" "too-many-iterations". */
enum err key_read(struct bytes der, const char *password, struct pbe_budget *budget, struct arena *a, struct item *out, struct error *e) MUST_CHECK;
/* PKCS#8 that is open already. */
enum err key_read_pkcs8(struct bytes der, struct arena *a, struct item *out, struct error *e) MUST_CHECK;
/* An EncryptedPrivateKeyInfo taken apart: its scheme and what is sealed. */
enum err key_sealed(struct bytes der, struct pbe_scheme *scheme, struct bytes *sealed, struct error *e) MUST_CHECK;

#endif
