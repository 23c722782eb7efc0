/* foreign - files that are not what we read, told by how they begin: wrapped once more, or of another program. */
#ifndef PKI_FOREIGN_H
#define PKI_FOREIGN_H

#include "base/arena.h"
#include "base/bytes.h"

/* UTF-16 with its mark (what ">" of PowerShell writes) made ASCII; base64 alone, of DER or of PEM (a secret of Kubernetes), decoded. Else the
   file as it is. */
struct bytes foreign_unwrap(struct bytes file, struct arena *a);
/* What it is and what to do, for a file that holds nothing for us; NULL: nothing that is known here. */
const char *foreign_name(struct bytes file);
/* The same of the label of a PEM block. */
const char *foreign_label(const char *label);

#endif
