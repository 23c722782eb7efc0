/* pages - what the rows of a page show: each kind of thing by one statement for all of them, since beginning one costs more than its rows. */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "store/certificates.h"

/* `out` has a place for each of those asked for, in their order. A version that is not there: ERR_ABSENT. */
enum err store_page_versions(const struct db *db, const int64_t *versions, size_t len, struct arena *a, struct version_row *out, struct error *e) MUST_CHECK;

/* Names of current versions, in the order of the certificate; an earlier one has none here. */
struct row_names { struct name_row *at; size_t len; };
enum err store_page_names(const struct db *db, const int64_t *versions, size_t len, struct arena *a, struct row_names *out, struct error *e) MUST_CHECK;

struct row_texts { const char **at; size_t len; };
enum { ROW_TEXTS_MAX = 100 };      /* for one row; what is beyond is left out */
enum err store_page_tags(const struct db *db, const int64_t *certificates, size_t len, struct arena *a, struct row_texts *out, struct error *e) MUST_CHECK;
enum err store_page_uses(const struct db *db, const int64_t *certificates, size_t len, struct arena *a, struct row_texts *out, struct error *e) MUST_CHECK;

#endif
