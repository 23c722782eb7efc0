/* find - straight to the few current versions that a word, a name or a number leads to, and what one of them is asked. */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "store/store.h"

/* Numbers of current versions, FOUND_MAX at most; one more was there: is_more. */
enum { FOUND_MAX = 600 };
struct found { int64_t at[FOUND_MAX]; size_t len; bool is_more; };
/* A prefix of hexadecimal digits: low[0..] to high[0..], the next prefix of that length. */
struct digits { uint8_t low[33], high[33]; size_t nibbles; };
enum { DIGITS_MAX = 64 };
bool digits_parse(const char *text, struct digits *out);           /* separators between them (base/text); false: something else is in it */
bool digits_match(const struct digits *d, struct bytes value);

enum err store_find_digits(const struct db *db, const struct digits *d, struct found *out, struct error *e) MUST_CHECK;    /* serial and both thumbprints */
/* "www.lab.lan", "10.1.2.3", or "*.lan": everything below lan. */
enum err store_find_name(const struct db *db, const char *pattern, struct found *out, struct error *e) MUST_CHECK;
enum { TRIGRAM = 3 };
/* At least TRIGRAM characters. Finds all that hold the word, and some that only hold its parts: look again. With is_more they are numbers of
   lineages, good for nothing but *span: among how many lineages these were found. */
enum err store_find_words(const struct db *db, const char *word, struct found *out, int64_t *span, struct error *e) MUST_CHECK;
/* Lineages that hold the part of a word that looks rarest, in order; WORD_ROWS_MAX at most, and then it says nothing of the rest. */
enum { WORD_ROWS_MAX = 120000 };
struct word_rows { int64_t *at; size_t len; };
enum err store_word_rows(const struct db *db, const char *word, struct arena *a, struct word_rows *out, struct error *e) MUST_CHECK;
bool store_word_rows_may(const struct word_rows *rows, int64_t certificate_n);             /* not: the word is surely not in it */
enum err store_find_issuer(const struct db *db, const struct id *issuer, struct found *out, struct error *e) MUST_CHECK;
enum err store_find_lineages(const struct db *db, const int64_t *certificates, size_t len, struct found *out, struct error *e) MUST_CHECK;
enum err store_find_ending(const struct db *db, int64_t from, int64_t to, struct found *out, struct error *e) MUST_CHECK;
enum find_by { BY_STORE, BY_TAG, BY_OWNER, BY_ACCOUNT };             /* BY_STORE: any but "personal", which most are in; none of an empty text */
enum err store_find_by(const struct db *db, enum find_by what, const char *text, struct found *out, struct error *e) MUST_CHECK;
enum err store_find_in_use(const struct db *db, struct found *out, struct error *e) MUST_CHECK;
enum has { HAS_TAG, HAS_OWNER, HAS_ACCOUNT, HAS_USE };             /* HAS_USE: by the web server or an authority; text is not looked at */
enum err store_has(const struct db *db, enum has what, const char *text, int64_t certificate_n, bool *out, struct error *e) MUST_CHECK;

enum { LABELLED_MAX = 16 };
/* Whose label holds the word, which is in lower case. */
enum err store_issuers_named(const struct db *db, const char *word, struct id out[LABELLED_MAX], size_t *len, struct error *e) MUST_CHECK;
enum err store_issuers_labelled(const struct db *db, const char *label, struct id out[LABELLED_MAX], size_t *len, struct error *e) MUST_CHECK;
enum err store_text(const struct db *db, int64_t certificate_n, struct arena *a, const char **out, struct error *e) MUST_CHECK;
enum err store_text_holds(const struct db *db, int64_t certificate_n, const char *word, bool *out, struct error *e) MUST_CHECK;

#endif
