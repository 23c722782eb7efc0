/* trust - the roots that visitors are to trust, told in every form that somebody needs: a page, files for policies, scripts, a kit. No script in the page. */
#ifndef PUBLISH_TRUST_H
#define PUBLISH_TRUST_H

#include "base/buf.h"
#include "pki/cert.h"
#include "store/authorities.h"

struct trust_root {
    const struct authority_row *row;
    struct cert cert;
    const char *sha1, *sha256;         /* upper-case hex */
    const char *colons;                /* the latter in pairs, as certutil, openssl and browsers show it */
    const char *pem;
    const char *plain;                 /* its name in printable ASCII: for the comments of scripts */
};
struct trust {
    struct arena *arena;
    struct trust_root *roots;
    size_t len;
    const char *url;                   /* where all of it is fetched: plain HTTP */
    const char *file;                  /* of the first root: lower-case letters, digits, "-" */
};
enum err trust_of(const struct authority_row *const *rows, size_t len, struct arena *a, struct trust *out, struct error *e) MUST_CHECK;

/* The guide: one row a kind of machine. Lines hold {url} {file} {sha1} {sha256}, filled in by trust_filled; nothing else of a
   certificate reaches a command line. */
struct trust_target {
    const char *slug, *name;
    const char *notes;                 /* one a line; "" none */
    const char *install, *verify, *remove;
};
extern const struct trust_target trust_targets[];
extern const size_t trust_targets_len;
const char *trust_filled(const struct trust *t, const char *lines);

/* Files beside the page, below /trust/. */
struct trust_file {
    const char *name, *type;
    const char *what;                  /* for people */
    enum err (*make)(const struct trust *t, struct bytes *out, struct error *e);
    bool is_program;
};
extern const struct trust_file trust_files[];
extern const size_t trust_files_len;
enum err trust_shell(const struct trust *t, struct bytes *out, struct error *e) MUST_CHECK;
enum err trust_powershell(const struct trust *t, struct bytes *out, struct error *e) MUST_CHECK;

enum err trust_page(const struct trust *t, struct bytes *out, struct error *e) MUST_CHECK;
extern const char trust_style[];

#endif
