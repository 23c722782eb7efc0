/* pbe_open - what others encrypted under a password: PBES2 (RFC 8018, 6.2) and the PKCS#12 schemes (RFC 7292, C). First read, then paid for
   out of a budget, then opened: no file decides how long we compute. */
#ifndef PKI_PBE_OPEN_H
#define PKI_PBE_OPEN_H

#include "base/arena.h"
#include "base/error.h"
#include "pki/kdf.h"

/* A password in the two forms that schemes want. Absent is not the same as empty in PKCS#12. */
struct pbe_password { struct bytes utf8, bmp; };
/* NULL: absent. Not clean UTF-8 or over 512 octets: ERR_INVALID at "/password". */
enum err pbe_password_of(const char *text, struct arena *a, struct pbe_password *out, struct error *e) MUST_CHECK;

struct pbe_scheme {
    bool is_pbes2;
    enum kdf_hash hash;
    unsigned iterations;
    struct bytes salt, iv;         /* iv: PBES2 */
    int cipher;                    /* a row of its own table */
};
/* An AlgorithmIdentifier. Kind "unsupported-algorithm" with its name when it is none of ours. */
enum err pbe_read(struct bytes algorithm, struct pbe_scheme *out, struct error *e) MUST_CHECK;

enum { PBE_ITERATIONS_EACH = 2000000, PBE_ITERATIONS_ALL = 4000000 };
struct pbe_budget { uint64_t spent; };
/* Kind "too-many-iterations" with the number, before anything is derived. */
enum err pbe_pay(struct pbe_budget *b, int64_t iterations, unsigned derivations, struct error *e) MUST_CHECK;
unsigned pbe_derivations(const struct pbe_scheme *s);

/* Kind "wrong-password" when what comes out is not padded as it must be. *plain lives in the arena. */
enum err pbe_open(const struct pbe_scheme *s, struct bytes sealed, const struct pbe_password *password, struct arena *a,
                  struct bytes *plain, struct error *e) MUST_CHECK;
/* The padding of RFC 8018, 6.1.1 (4) taken off; *len > 0. False: it is none, the password was wrong. */
bool pbe_unpad(const uint8_t *at, size_t *len, size_t block);

#endif
