#include "publish/trust.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "pki/cert.h"

enum { PAGE_MAX = 1024 * 1024 };

const char trust_style[] =
    ":root{color-scheme:light dark}\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin-bottom:0}\n"
    "pre,code{font-family:ui-monospace,monospace}\n"
    "pre{padding:.75rem;border:1px solid;border-radius:.25rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".fingerprint{font-size:1.05rem}\n"
    "dt{font-weight:600}dd{margin:0 0 .5rem}\n"
    "a{display:inline-block;min-height:1.5rem}\n";

/* {url} {file} {sha1} {sha256} are filled in; nothing else of the certificate reaches a command line. */
static const struct { const char *name, *note, *install, *verify, *remove; } systems[] = {
    { "Windows", "In PowerShell as administrator. The store is that of the machine: a user's own store is not seen by services.",
      "Invoke-WebRequest {url}/trust/root.cer -OutFile root.cer\n"
      "(Get-FileHash .\\root.cer -Algorithm SHA256).Hash -eq '{sha256}'\n"
      "Import-Certificate -FilePath .\\root.cer -CertStoreLocation Cert:\\LocalMachine\\Root",
      "Get-ChildItem Cert:\\LocalMachine\\Root\\{sha1}",
      "Remove-Item Cert:\\LocalMachine\\Root\\{sha1}" },
    { "Debian and Ubuntu", "The file must end in .crt and hold one certificate.",
      "curl -fsS {url}/trust/root.cer | openssl x509 -inform der -out {file}.crt\n"
      "openssl x509 -in {file}.crt -noout -fingerprint -sha256\n"
      "sudo install -m 644 {file}.crt /usr/local/share/ca-certificates/\n"
      "sudo update-ca-certificates",
      "openssl verify -CApath /etc/ssl/certs {file}.crt",
      "sudo rm /usr/local/share/ca-certificates/{file}.crt\nsudo update-ca-certificates --fresh" },
    { "RHEL, Fedora and their like", "",
      "curl -fsS {url}/trust/root.cer | openssl x509 -inform der -out {file}.pem\n"
      "openssl x509 -in {file}.pem -noout -fingerprint -sha256\n"
      "sudo install -m 644 {file}.pem /etc/pki/ca-trust/source/anchors/\n"
      "sudo update-ca-trust",
      "openssl verify -CAfile /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem {file}.pem",
      "sudo rm /etc/pki/ca-trust/source/anchors/{file}.pem\nsudo update-ca-trust" },
    { "macOS", "",
      "curl -fsS -o root.cer {url}/trust/root.cer\n"
      "shasum -a 256 root.cer\n"
      "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.cer",
      "security find-certificate -a -Z /Library/Keychains/System.keychain | grep {sha1}",
      "sudo security delete-certificate -Z {sha1} /Library/Keychains/System.keychain" },
    { "Firefox", "On Windows and macOS it follows the system. On Linux: this file as /etc/firefox/policies/policies.json, beside the steps for the system; then restart Firefox.",
      "{\"policies\": {\"Certificates\": {\"Install\": [\"/usr/local/share/ca-certificates/{file}.crt\"]}}}",
      "about:policies",
      "sudo rm /etc/firefox/policies/policies.json" },
    { "Java", "Each Java installation has a store of its own.",
      "curl -fsS -o root.cer {url}/trust/root.cer\n"
      "keytool -printcert -file root.cer\n"
      "keytool -importcert -noprompt -cacerts -storepass changeit -alias {file} -file root.cer",
      "keytool -list -cacerts -storepass changeit -alias {file}",
      "keytool -delete -cacerts -storepass changeit -alias {file}" },
};

struct values {
    const char *url, *file, *sha1, *sha256;
};

static void put_byte(struct buf *out, char c)
{
    switch (c) {
    case '&': buf_text(out, "&amp;"); break;
    case '<': buf_text(out, "&lt;"); break;
    case '>': buf_text(out, "&gt;"); break;
    case '"': buf_text(out, "&quot;"); break;
    case '\'': buf_text(out, "&#39;"); break;
    default: buf_byte(out, (uint8_t)c);
    }
}

static void put_escaped(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        put_byte(out, *text);
}

static const char *value_at(const char *at, const struct values *v, size_t *taken)
{
    const struct { const char *word, *value; } table[] = {
        { "{url}", v->url }, { "{file}", v->file }, { "{sha1}", v->sha1 }, { "{sha256}", v->sha256 },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (text_starts(at, table[i].word)) {
            *taken = strlen(table[i].word);
            return table[i].value;
        }
    }
    return NULL;
}

static void put_filled(struct buf *out, const char *lines, const struct values *v)
{
    while (*lines != '\0') {
        size_t taken = 1;
        const char *value = value_at(lines, v, &taken);

        if (value != NULL)
            put_escaped(out, value);
        else
            put_byte(out, *lines);
        lines += taken;
    }
}

static void put_lines(struct buf *out, const char *title, const char *lines, const struct values *v)
{
    buf_printf(out, "<h3>%s</h3><pre>", title);
    put_filled(out, lines, v);
    buf_text(out, "</pre>\n");
}

static void put_systems(struct buf *out, const struct values *v)
{
    for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++) {
        buf_printf(out, "<h2>%s</h2>\n", systems[i].name);
        if (systems[i].note[0] != '\0')
            buf_printf(out, "<p>%s</p>\n", systems[i].note);
        put_lines(out, "Install", systems[i].install, v);
        put_lines(out, "Verify", systems[i].verify, v);
        put_lines(out, "Remove", systems[i].remove, v);
    }
}

/* Pairs with colons, as certutil, openssl and browsers show it. */
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

static const char *upper_hex(struct arena *a, const uint8_t *from, size_t len)
{
    char *hex = text_hex_in(a, bytes_of(from, len));

    for (char *at = hex; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'f')
            *at = (char)(*at - 'a' + 'A');
    }
    return hex;
}

static void put_root(struct buf *out, const struct authority_row *row, const struct cert *c, struct arena *a)
{
    char until[TIME_TEXT], id[ID_TEXT];

    time_text(c->not_after, until);
    id_text(&row->id, id);
    buf_text(out, "<h2>");
    put_escaped(out, row->label);
    buf_text(out, "</h2>\n<dl><dt>Subject</dt><dd>");
    put_escaped(out, c->subject_text);
    buf_printf(out, "</dd><dt>Good until</dt><dd>%.10s</dd><dt>SHA-256 fingerprint</dt><dd><code class=\"fingerprint\">%s</code></dd>", until,
               with_colons(a, upper_hex(a, c->sha256, sizeof(c->sha256))));
    buf_printf(out, "<dt>SHA-1 thumbprint</dt><dd><code>%s</code></dd></dl>\n", upper_hex(a, c->sha1, sizeof(c->sha1)));
    buf_printf(out, "<p><a href=\"/ca/%s.cer\">This certificate (.cer)</a></p>\n", id);
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
                  "<p>All roots in one file: <a href=\"/trust/root.pem\">root.pem</a>, <a href=\"/trust/root.cer\">root.cer</a> (the first one, DER), "
                  "<a href=\"/trust/root.p7b\">root.p7b</a></p>\n");
}

enum err trust_page(const struct authority_row *const *roots, size_t len, struct arena *a, struct bytes *out, struct error *e)
{
    struct cert *certs = arena_take(a, len * sizeof(*certs) + 1);
    struct values v = { 0 };
    struct buf page;

    for (size_t i = 0; i < len; i++) {
        enum err r = cert_parse(roots[i]->der, a, &certs[i], e);

        if (r)
            return r;
    }
    buf_init(&page, PAGE_MAX);
    put_head(&page, len > 0);
    for (size_t i = 0; i < len; i++)
        put_root(&page, roots[i], &certs[i], a);
    if (len > 0) {
        v = (struct values){ .url = roots[0]->public_url, .file = roots[0]->slug, .sha1 = upper_hex(a, certs[0].sha1, sizeof(certs[0].sha1)),
                             .sha256 = upper_hex(a, certs[0].sha256, sizeof(certs[0].sha256)) };
        put_systems(&page, &v);
    }
    buf_text(&page, "</main></body></html>\n");
    *out = arena_bytes(a, buf_bytes(&page));
    buf_done(&page);
    return ERR_NONE;
}
