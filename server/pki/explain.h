/* explain - what a program means by the words with which it refuses a certificate: the rule that fails, for whom it does, what to do. */
#ifndef PKI_EXPLAIN_H
#define PKI_EXPLAIN_H

#include "pki/chain.h"

struct explanation {
    const char *rule;          /* a rule of chain_check, or one that only clients know */
    const char *title;         /* one sentence: what is wrong */
    const char *affects;       /* which clients refuse */
    const char *remedy[4];     /* what to do, first things first; NULL behind the last */
    const char *also[4];       /* rules that clients report by the same words */
};
extern const struct explanation explanations[];
extern const size_t explanations_len;
const struct explanation *explain_rule(const char *rule);        /* NULL: nobody here knows it */

struct words {
    const char *program, *code;     /* who says it, and how */
    const char *rule;
    bool is_vague;                  /* says only that something is wrong: counts when nothing else was said */
};
struct openssl_words {
    int number;                     /* of X509_V_ERR_... */
    const char *constant, *sentence, *rule;
};
extern const struct words explain_words[];                       /* explain_words.c */
extern const size_t explain_words_len;
extern const struct openssl_words explain_openssl[];
extern const size_t explain_openssl_len;

enum { SAID_MAX = 16 };
struct said { const char *program, *code, *rule; };
/* What of it is known, each once, at most SAID_MAX; the code is the table's own text. */
size_t explain_text(struct bytes text, struct said out[SAID_MAX]);

/* The same as chain_check's "untrusted", told apart: "self-signed", "incomplete-chain" or "untrusted". */
const char *explain_untrusted(const struct chain *c);
/* What some clients refuse although the chain is good: rules "too-long", "key-type", as warnings at "/chain/0". */
void explain_clients(const struct cert *leaf, struct findings *out);

#endif
