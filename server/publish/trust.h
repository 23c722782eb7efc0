/* trust - the page that tells a visitor which root this is, how to compare it, and how to install, verify and remove it. No script. */
#ifndef PUBLISH_TRUST_H
#define PUBLISH_TRUST_H

#include "store/authorities.h"

enum err trust_page(const struct authority_row *const *roots, size_t len, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
extern const char trust_style[];

#endif
