/* text - small, strict words about text: hex, base64, UTF-8. Nothing here allocates but into an arena. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/error.h"

/* Lower-case hex; out holds 2 * len + 1. */
void text_hex(struct bytes from, char *out);
char *text_hex_in(struct arena *a, struct bytes from);
/* Octets of what may stand between the digits of a number that is pasted: ": -", tab, the blanks and invisible marks of Unicode (MMC puts U+200E
   in front of a thumbprint); 0: no such thing. */
size_t text_separator(const char *at);
/* Separators are skipped. Odd or foreign: false. */
bool text_unhex(const char *text, uint8_t *out, size_t room, size_t *len);

char *text_base64(struct arena *a, struct bytes from);                        /* one line, padded */
char *text_base64url(struct arena *a, struct bytes from);                     /* no padding: RFC 4648, 5 */
bool text_unbase64(struct arena *a, const char *text, size_t len, struct bytes *out);      /* white space allowed; strict otherwise */
bool text_unbase64url(struct arena *a, const char *text, size_t len, struct bytes *out);   /* strict: no padding, no spare bits */

bool text_is_utf8(struct bytes from);          /* well-formed; no surrogates, no overlong forms */
bool text_is_clean(struct bytes from);         /* UTF-8 without NUL, C0, DEL and C1 controls */
bool text_is_printable_ascii(const char *text);
/* At most `max` octets of clean UTF-8, whole characters. */
const char *text_cut(struct arena *a, const char *text, size_t max);
char *text_lower(struct arena *a, const char *text);           /* ASCII only */
bool text_starts(const char *text, const char *with);
bool text_ends(const char *text, const char *with);
/* Whole text is one decimal number within the bounds. */
bool text_number(const char *text, int64_t min, int64_t max, int64_t *out);

#endif
