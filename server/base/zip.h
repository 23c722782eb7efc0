/* zip - a ZIP archive of a few small files, stored as they are (APPNOTE 4.3): written in one go into a buffer. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "base/buf.h"

struct zip_file {
    const char *name;          /* ASCII, with forward slashes */
    struct bytes body;
    bool is_program;           /* 0755 where Unix unpacks it, else 0644 */
};
/* Less than 4 GiB in all; the ceiling of `out` holds. The same files and time give the same bytes. */
void zip_write(const struct zip_file *files, size_t len, int64_t modified_at, struct buf *out);

#endif
