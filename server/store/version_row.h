/* version_row - a row of version with what is beside it, as version_page, version_by_n and their brothers select it. Only files of store/ include this. */
#ifndef STORE_VERSION_ROW_H
#define STORE_VERSION_ROW_H

#include "store/certificates.h"
#include "store/query.h"

enum { VERSION_ROW_COLUMNS = 35 };                                 /* what a statement selects more stands behind them */
struct version_row version_row_read(const struct query *q, struct arena *a);
struct name_row name_row_read(const struct query *q, int column, struct arena *a);                 /* text and kind, from there on; the right way round */

#endif
