#include "publish/trust.h"

#include "base/text.h"
#include "base/time.h"
#include "pki/pem.h"

enum { PAGE_MAX = 4 * 1024 * 1024 };

const char trust_style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#57606a;--line:#d0d7de;--card:#f3f5f8;--link:#0a58b5}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#14181d;--soft:#a5b0bb;--line:#3a434d;--card:#1d232a;--link:#7ab7ff}}\n"
    "body{font:1rem/1.55 system-ui,sans-serif;max-width:58rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}\n"
    "h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.25rem;margin:0 0 .5rem}h3{font-size:1rem;margin:1rem 0 .25rem}\n"
    "a{color:var(--link);display:inline-block;min-height:1.5rem}\n"
    "pre,code{font-family:ui-monospace,monospace;font-size:.9rem}\n"
    "pre{margin:0;padding:.7rem .8rem;border:1px solid var(--line);border-radius:.375rem;background:var(--card);white-space:pre-wrap}\n"
    ".card{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}\n"
    ".fingerprint{font-size:1.05rem;font-weight:600}\n"
    "dl{margin:0}dt{color:var(--soft);font-size:.9rem}dd{margin:0 0 .5rem}\n"
    "nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;list-style:none}\n"
    "section{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line)}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}\n"
    "@media print{nav{display:none}section{break-inside:avoid}}\n";

/* what is shown ----------------------------------------------------------------------------------------- */

static const char *upper_hex(struct arena *a, const uint8_t *from, size_t len)
{
    char *hex = text_hex_in(a, bytes_of(from, len));

    for (char *at = hex; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'f')
            *at = (char)(*at - 'a' + 'A');
    }
    return hex;
}

static const char *with_colons(struct arena *a, const char *hex)
{
    size_t len = strlen(hex);
    char *out = arena_take(a, len * 2), *at = out;

    for (size_t i = 0; i < len; i += 2) {
        if (i > 0)
            *at++ = ':';
        *at++ = hex[i];
        *at++ = hex[i + 1];
    }
    return out;
}

static const char *plain(struct arena *a, const char *text)
{
    char *copy = arena_text(a, text);

    for (char *at = copy; *at != '\0'; at++) {
        if (*at < 0x20 || *at > 0x7e)
            *at = '?';
    }
    return copy;
}

enum err trust_of(const struct authority_row *const *rows, size_t len, struct arena *a, struct trust *out, struct error *e)
{
    struct trust t = { .arena = a, .len = len, .url = "", .file = "" };

    t.roots = arena_take(a, len * sizeof(*t.roots) + 1);
    for (size_t i = 0; i < len; i++) {
        struct trust_root *root = &t.roots[i];
        enum err r = cert_parse(rows[i]->der, a, &root->cert, e);

        if (r)
            return r;
        root->row = rows[i];
        root->sha1 = upper_hex(a, root->cert.sha1, sizeof(root->cert.sha1));
        root->sha256 = upper_hex(a, root->cert.sha256, sizeof(root->cert.sha256));
        root->colons = with_colons(a, root->sha256);
        root->pem = pem_text(a, "CERTIFICATE", root->cert.der);
        root->plain = plain(a, rows[i]->label);
    }
    if (len > 0) {
        t.url = rows[0]->public_url;
        t.file = rows[0]->slug;
    }
    *out = t;
    return ERR_NONE;
}

/* the page ---------------------------------------------------------------------------------------------- */

static void put_escaped(struct buf *out, const char *text)
{
    static const struct { char c; const char *as; } marks[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };

    for (; *text != '\0'; text++) {
        const char *as = NULL;

        for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
            if (marks[i].c == *text)
                as = marks[i].as;
        if (as != NULL)
            buf_text(out, as);
        else
            buf_byte(out, (uint8_t)*text);
    }
}

static void put_root(struct buf *out, const struct trust_root *root)
{
    char until[TIME_TEXT], id[ID_TEXT];

    time_text(root->cert.not_after, until);
    id_text(&root->row->id, id);
    buf_text(out, "<div class=\"card\"><h2>");
    put_escaped(out, root->row->label);
    buf_printf(out, "</h2>\n<dl><dt>SHA-256 fingerprint</dt><dd><code class=\"fingerprint\">%s</code></dd>", root->colons);
    buf_printf(out, "<dt>Thumbprint (SHA-1), as Windows shows it</dt><dd><code>%s</code></dd><dt>Subject</dt><dd>", root->sha1);
    put_escaped(out, root->cert.subject_text);
    buf_printf(out, "</dd><dt>Expiration date</dt><dd>%.10s</dd></dl>\n<p><a href=\"/ca/%s.cer\">This certificate (.cer)</a></p></div>\n", until, id);
}

static void put_contents(struct buf *out)
{
    buf_text(out, "<nav aria-label=\"Systems\"><ul>");
    for (size_t i = 0; i < trust_targets_len; i++)
        buf_printf(out, "<li><a href=\"#%s\">%s</a></li>", trust_targets[i].slug, trust_targets[i].name);
    buf_text(out, "<li><a href=\"#files\">All files</a></li></ul></nav>\n");
}

static void put_lines(struct buf *out, const struct trust *t, const char *title, const char *lines)
{
    buf_printf(out, "<h3>%s</h3>\n<pre>", title);
    put_escaped(out, trust_filled(t, lines));
    buf_text(out, "</pre>\n");
}

static void put_notes(struct buf *out, const struct trust *t, const char *notes)
{
    const char *at = trust_filled(t, notes), *end;

    if (*at == '\0')
        return;
    buf_text(out, "<ul>");
    for (;; at = end + 1) {
        end = strchrnul(at, '\n');
        buf_text(out, "<li>");
        put_escaped(out, arena_copy(t->arena, at, (size_t)(end - at)));
        buf_text(out, "</li>");
        if (*end == '\0')
            break;
    }
    buf_text(out, "</ul>\n");
}

static void put_target(struct buf *out, const struct trust *t, const struct trust_target *target)
{
    buf_printf(out, "<section id=\"%s\"><h2>%s</h2>\n", target->slug, target->name);
    put_notes(out, t, target->notes);
    put_lines(out, t, "Install", target->install);
    put_lines(out, t, "Verify", target->verify);
    put_lines(out, t, "Remove", target->remove);
    buf_text(out, "</section>\n");
}

static void put_files(struct buf *out)
{
    buf_text(out, "<section id=\"files\"><h2>All files</h2>\n<table><thead><tr><th scope=\"col\">File</th><th scope=\"col\">What it is for</th></tr></thead><tbody>\n"
                  "<tr><td><a href=\"/trust/signet-trust.zip\">signet-trust.zip</a></td><td>everything below in one archive</td></tr>\n");
    for (size_t i = 0; i < trust_files_len; i++)
        buf_printf(out, "<tr><td><a href=\"/trust/%s\">%s</a></td><td>%s</td></tr>\n", trust_files[i].name, trust_files[i].name, trust_files[i].what);
    buf_text(out, "</tbody></table></section>\n");
}

static void put_head(struct buf *out, bool has_root)
{
    buf_text(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Trust this authority - Signet</title>"
                  "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/trust/style.css\"></head>\n"
                  "<body><main><h1>Trust this certification authority</h1>\n");
    if (!has_root) {
        buf_text(out, "<p>There is no root certificate yet. The administrator makes it in the setup; then this page shows it.</p>\n");
        return;
    }
    buf_text(out, "<p>Compare the SHA-256 fingerprint with what your administrator told you by another way, by telephone or on paper. "
                  "Only if all of it is the same, install the certificate.</p>\n"
                  "<div class=\"card\" id=\"probe\"><h2>Does this browser trust it now?</h2>\n"
                  "<p><img src=\"/trust/probe.svg\" alt=\"Not yet: this browser does not trust the root, or the probe cannot be reached.\"></p>\n"
                  "<p>Some browsers must be started again after the installation; then load this page again.</p></div>\n");
}

static void put_guide(struct buf *out, const struct trust *t)
{
    if (t->len > 1)
        buf_text(out, "<p>There is more than one root. The lines below are for the first; install-ca.sh, install-ca.ps1 and the policies know all of them.</p>\n");
    put_contents(out);
    for (size_t i = 0; i < trust_targets_len; i++)
        put_target(out, t, &trust_targets[i]);
    put_files(out);
}

enum err trust_page(const struct trust *t, struct bytes *out, struct error *e)
{
    bool is_over;
    struct buf page;

    buf_init(&page, PAGE_MAX);
    put_head(&page, t->len > 0);
    for (size_t i = 0; i < t->len; i++)
        put_root(&page, &t->roots[i]);
    if (t->len > 0)
        put_guide(&page, t);
    buf_text(&page, "</main></body></html>\n");
    is_over = page.is_over;
    *out = arena_bytes(t->arena, buf_bytes(&page));
    buf_done(&page);
    return is_over ? fail(e, ERR_BUG, "the trust page is larger than %d bytes", PAGE_MAX) : ERR_NONE;
}
