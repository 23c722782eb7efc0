/* names - what a wish calls the holder, read into normalised SANs and a common name that is one of them. */
#ifndef CA_NAMES_H
#define CA_NAMES_H

#include "ca/ca.h"

/* Every fault with its pointer to faults. csr: NULL, or whose names are taken where the wish has none of its own.
   *common_name: NULL when no name is short enough for one. */
void ca_names(const struct wish *wish, const struct csr *csr, struct arena *a, struct findings *faults, struct names *out, const char **common_name);

#endif
