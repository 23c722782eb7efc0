/* unzip - a ZIP archive (APPNOTE 6.3) of somebody else's making: listed under ceilings, then opened member by member. Nothing is unpacked
   that its directory has not announced, and what it announces is bounded before a single octet is computed. */
#ifndef BASE_UNZIP_H
#define BASE_UNZIP_H

#include "base/arena.h"
#include "base/error.h"

enum {
    UNZIP_MEMBERS_MAX = 1000,
    UNZIP_MEMBER_MAX = 8 * 1024 * 1024,
    UNZIP_ALL_MAX = 16 * 1024 * 1024,
    UNZIP_RATIO_MAX = 100          /* certificates pack to a half, not to a hundredth */
};

struct unzip_member {
    const char *name;              /* as it stands there when that is clean text, else "member 7" */
    struct bytes packed;
    uint32_t size, crc;
    unsigned method;               /* 0 stored, 8 deflated; unzip_open refuses the others by name */
    bool is_encrypted;
};

bool unzip_is_one(struct bytes file);
/* Folders, and what macOS adds, are passed over. Kind "truncated" where the end is missing. */
enum err unzip_list(struct bytes file, struct arena *a, struct unzip_member **out, size_t *len, struct error *e) MUST_CHECK;
/* Kind "unsupported-algorithm" when it is encrypted or packed in another way; its checksum holds. */
enum err unzip_open(const struct unzip_member *m, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;

#endif
