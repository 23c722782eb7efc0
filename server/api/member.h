/* member - a member of a JSON object, written straight into a buffer: for answers of many rows. */
#ifndef API_MEMBER_H
#define API_MEMBER_H

#include "base/buf.h"
#include "base/id.h"

/* Behind '{' or another member; a comma is put where one belongs. Texts are UTF-8; NULL reads "". */
void member_name(struct buf *out, const char *name);                                     /* the value is put by the caller */
void member_text(struct buf *out, const char *name, const char *value);
void member_text_or_null(struct buf *out, const char *name, const char *value);          /* null for NULL or "" */
void member_flag(struct buf *out, const char *name, bool value);
void member_number(struct buf *out, const char *name, int64_t value);
void member_time(struct buf *out, const char *name, int64_t at);
void member_time_or_null(struct buf *out, const char *name, int64_t at);                 /* null for 0 */
void member_id(struct buf *out, const char *name, const struct id *id);                  /* null for none */
void member_hex(struct buf *out, const char *name, struct bytes value);                  /* at most 64 octets of it */
void member_texts(struct buf *out, const char *name, const char *const *at, size_t len);

#endif
