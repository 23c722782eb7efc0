/* trust_files - the roots in the forms that policies, profiles, registries and Java want. */
#include "publish/trust.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "pki/hash.h"
#include "pki/pkcs7.h"
#include "pki/truststore.h"

enum { FILE_MAX = 4 * 1024 * 1024, JSON_TEXT_MAX = 4 * 1024 * 1024 };

static enum err take(const struct trust *t, struct buf *b, struct bytes *out, struct error *e)
{
    bool is_over = b->is_over;

    *out = arena_bytes(t->arena, buf_bytes(b));
    buf_done(b);
    return is_over ? fail(e, ERR_BUG, "a file of the trust page is larger than %d bytes", FILE_MAX) : ERR_NONE;
}

/* certificates as they are ------------------------------------------------------------------------------ */

static enum err root_cer(const struct trust *t, struct bytes *out, struct error *e)
{
    (void)e;
    *out = t->roots[0].cert.der;
    return ERR_NONE;
}

static enum err root_crt(const struct trust *t, struct bytes *out, struct error *e)
{
    (void)e;
    *out = bytes_text(t->roots[0].pem);
    return ERR_NONE;
}

static enum err root_pem(const struct trust *t, struct bytes *out, struct error *e)
{
    struct buf b;

    buf_init(&b, FILE_MAX);
    for (size_t i = 0; i < t->len; i++)
        buf_text(&b, t->roots[i].pem);
    return take(t, &b, out, e);
}

static enum err root_p7b(const struct trust *t, struct bytes *out, struct error *e)
{
    struct bytes *ders = arena_take(t->arena, t->len * sizeof(*ders));

    (void)e;
    for (size_t i = 0; i < t->len; i++)
        ders[i] = t->roots[i].cert.der;
    *out = pkcs7_certs(t->arena, ders, t->len);
    return ERR_NONE;
}

static enum err truststore(const struct trust *t, struct bytes *out, struct error *e)
{
    struct truststore_entry *entries = arena_take(t->arena, t->len * sizeof(*entries));

    for (size_t i = 0; i < t->len; i++)
        entries[i] = (struct truststore_entry){ t->roots[i].row->slug, t->roots[i].cert.der };
    return truststore_write(entries, t->len, "changeit", t->arena, out, e);
}

/* JSON: policies of browsers, and the guide ------------------------------------------------------------- */

static enum err dump(const struct trust *t, json_t *value, struct bytes *out, struct error *e)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(2));

    json_decref(value);
    if (text == NULL)
        return fail(e, ERR_BUG, "a name of a root is not UTF-8");
    *out = arena_bytes(t->arena, bytes_text(arena_printf(t->arena, "%s\n", text)));
    free(text);
    return ERR_NONE;
}

/* A bare name is looked up where Firefox keeps certificates of its own (Mozilla/Certificates); what is missing is passed over. */
static enum err make_policies(const struct trust *t, struct bytes *out, struct error *e)
{
    json_t *install = json_array();

    for (size_t i = 0; i < t->len; i++) {
        const char *slug = t->roots[i].row->slug;

        json_array_append_new(install, json_string(arena_printf(t->arena, "/usr/local/share/ca-certificates/%s.crt", slug)));
        json_array_append_new(install, json_string(arena_printf(t->arena, "/etc/pki/ca-trust/source/anchors/%s.pem", slug)));
        json_array_append_new(install, json_string(arena_printf(t->arena, "%s.crt", slug)));
    }
    return dump(t, json_pack("{s:{s:{s:b, s:o}}}", "policies", "Certificates", "ImportEnterpriseRoots", true, "Install", install), out, e);
}

static enum err make_chrome(const struct trust *t, struct bytes *out, struct error *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->len; i++)
        json_array_append_new(list, json_string(text_base64(t->arena, t->roots[i].cert.der)));
    return dump(t, json_pack("{s:o}", "CACertificates", list), out, e);
}

static json_t *roots_json(const struct trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->len; i++) {
        const struct trust_root *root = &t->roots[i];
        char until[TIME_TEXT], id[ID_TEXT];

        time_text(root->cert.not_after, until);
        id_text(&root->row->id, id);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "name", root->row->label, "subject", root->cert.subject_text,
                                              "not_after", until, "thumbprint_sha1", text_lower(t->arena, root->sha1),
                                              "thumbprint_sha256", text_lower(t->arena, root->sha256), "pem", root->pem));
    }
    return list;
}

static json_t *notes_json(const struct trust *t, const char *notes)
{
    const char *at = trust_filled(t, notes), *end;
    json_t *list = json_array();

    for (; *at != '\0'; at = *end == '\0' ? end : end + 1) {
        end = strchrnul(at, '\n');
        json_array_append_new(list, json_stringn(at, (size_t)(end - at)));
    }
    return list;
}

static json_t *targets_json(const struct trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; t->len > 0 && i < trust_targets_len; i++) {
        const struct trust_target *target = &trust_targets[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "slug", target->slug, "name", target->name,
                                              "notes", notes_json(t, target->notes), "install", trust_filled(t, target->install),
                                              "verify", trust_filled(t, target->verify), "remove", trust_filled(t, target->remove)));
    }
    return list;
}

static json_t *files_json(const struct trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; t->len > 0 && i < trust_files_len; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", trust_files[i].name, "path",
                                              arena_printf(t->arena, "/trust/%s", trust_files[i].name), "what", trust_files[i].what));
    return list;
}

static enum err make_json(const struct trust *t, struct bytes *out, struct error *e)
{
    return dump(t, json_pack("{s:s, s:o, s:o, s:o}", "url", t->url, "roots", roots_json(t), "targets", targets_json(t), "files", files_json(t)), out, e);
}

/* a profile of Apple's ---------------------------------------------------------------------------------- */

static void put_xml(struct buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            buf_text(b, "&amp;");
        else if (*text == '<')
            buf_text(b, "&lt;");
        else if (*text == '>')
            buf_text(b, "&gt;");
        else
            buf_byte(b, (uint8_t)*text);
    }
}

static void put_key(struct buf *b, const char *key, const char *text)
{
    buf_printf(b, "<key>%s</key><string>", key);
    put_xml(b, text);
    buf_text(b, "</string>\n");
}

/* A UUID that stays the same while the roots do, so that installing again replaces: RFC 9562, 5.8. */
static const char *uuid_of(const struct trust *t, const char *salt, const struct trust_root *from)
{
    uint8_t sha256[SHA256_LEN];
    struct id id;
    char text[ID_TEXT];

    hash_sha256(bytes_text(arena_printf(t->arena, "%s%s", salt, from->sha256)), sha256);
    memcpy(id.b, sha256, sizeof(id.b));
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x80);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    id_text(&id, text);
    return arena_text(t->arena, text);
}

static void put_payload(struct buf *b, const struct trust *t, const struct trust_root *root)
{
    buf_text(b, "<dict>\n");
    put_key(b, "PayloadType", "com.apple.security.root");
    buf_text(b, "<key>PayloadVersion</key><integer>1</integer>\n");
    put_key(b, "PayloadIdentifier", arena_printf(t->arena, "signet.trust.%s", root->row->slug));
    put_key(b, "PayloadUUID", uuid_of(t, "root", root));
    put_key(b, "PayloadDisplayName", root->row->label);
    put_key(b, "PayloadDescription", arena_printf(t->arena, "SHA-256 %s", root->colons));
    put_key(b, "PayloadCertificateFileName", arena_printf(t->arena, "%s.cer", root->row->slug));
    buf_printf(b, "<key>PayloadContent</key><data>%s</data>\n</dict>\n", text_base64(t->arena, root->cert.der));
}

static enum err make_mobileconfig(const struct trust *t, struct bytes *out, struct error *e)
{
    struct buf b;

    buf_init(&b, FILE_MAX);
    buf_text(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                 "<plist version=\"1.0\"><dict>\n");
    put_key(&b, "PayloadType", "Configuration");
    buf_text(&b, "<key>PayloadVersion</key><integer>1</integer>\n");
    put_key(&b, "PayloadIdentifier", arena_printf(t->arena, "signet.trust.profile.%s", t->file));
    put_key(&b, "PayloadUUID", uuid_of(t, "profile", &t->roots[0]));
    put_key(&b, "PayloadDisplayName", arena_printf(t->arena, "Trust %s", t->roots[0].row->label));
    put_key(&b, "PayloadDescription", "Installs the root certificate. On iPhone and iPad switch it on afterwards: Settings > General > About > Certificate Trust Settings.");
    buf_text(&b, "<key>PayloadRemovalDisallowed</key><false/>\n<key>PayloadContent</key><array>\n");
    for (size_t i = 0; i < t->len; i++)
        put_payload(&b, t, &t->roots[i]);
    buf_text(&b, "</array>\n</dict></plist>\n");
    return take(t, &b, out, e);
}

/* a registry file of Windows ---------------------------------------------------------------------------- */

static void put_number(struct buf *b, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        buf_byte(b, (uint8_t)(value >> 8 * i));
}

/* One property: its id, 1, its length, its value ([MS-GPEF] 2.2.1.1.1.1); 3 is the SHA-1 hash, 32 the certificate, which comes last. */
static void put_property(struct buf *b, uint32_t id, struct bytes value)
{
    put_number(b, id);
    put_number(b, 1);
    put_number(b, (uint32_t)value.len);
    buf_add(b, value.at, value.len);
}

static void put_blob(struct buf *text, const struct cert *c)
{
    struct buf blob;

    buf_init(&blob, CERT_MAX + 64);
    put_property(&blob, 3, bytes_of(c->sha1, sizeof(c->sha1)));
    put_property(&blob, 32, c->der);
    buf_text(text, "\"Blob\"=hex:");
    for (size_t i = 0; i < blob.len; i++)
        buf_printf(text, "%02x%s", blob.at[i], i + 1 == blob.len ? "" : i % 24 == 23 ? ",\\\r\n  " : ",");
    buf_text(text, "\r\n\r\n");
    buf_done(&blob);
}

/* UTF-16 with its mark, as regedit writes and reads it. What is put in is ASCII. */
static enum err make_registry(const struct trust *t, struct bytes *out, struct error *e)
{
    struct buf text, wide;

    buf_init(&text, FILE_MAX / 2);
    buf_text(&text, "Windows Registry Editor Version 5.00\r\n\r\n");
    for (size_t i = 0; i < t->len; i++) {
        buf_printf(&text, "; %s\r\n; SHA-256 %s\r\n", t->roots[i].plain, t->roots[i].colons);
        buf_printf(&text, "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\%s]\r\n", t->roots[i].sha1);
        put_blob(&text, &t->roots[i].cert);
    }
    buf_init(&wide, FILE_MAX);
    buf_add(&wide, "\xff\xfe", 2);
    for (size_t i = 0; i < text.len; i++) {
        buf_byte(&wide, text.at[i]);
        buf_byte(&wide, 0);
    }
    wide.is_over |= text.is_over;
    buf_done(&text);
    return take(t, &wide, out, e);
}

/* ------------------------------------------------------------------------------------------------------- */

const struct trust_file trust_files[] = {
    { "root.cer", "application/pkix-cert", "the root, DER: Windows, macOS, Android, Java", root_cer, false },
    { "root.crt", "application/x-x509-ca-cert", "the root, PEM: Debian, Fedora", root_crt, false },
    { "root.pem", "application/x-pem-file", "all roots, PEM: bundles", root_pem, false },
    { "root.p7b", "application/x-pkcs7-certificates", "all roots, PKCS#7: Windows", root_p7b, false },
    { "root.reg", "text/plain; charset=utf-16", "all roots, registry file: group policy preferences, images", make_registry, false },
    { "signet.mobileconfig", "application/x-apple-aspen-config", "all roots, profile: iPhone, iPad, macOS", make_mobileconfig, false },
    { "policies.json", "application/json", "policy for Firefox", make_policies, false },
    { "chrome-policy.json", "application/json", "managed policy for Chrome, Edge and Chromium", make_chrome, false },
    { "truststore.p12", "application/x-pkcs12", "trust store for Java, password changeit", truststore, false },
    { "install-ca.sh", "text/x-shellscript; charset=utf-8", "installs, verifies and removes: Linux, macOS", trust_shell, true },
    { "install-ca.ps1", "text/plain; charset=utf-8", "installs, verifies and removes: Windows", trust_powershell, false },
    { "trust.json", "application/json", "this page for programs", make_json, false },
};
const size_t trust_files_len = sizeof(trust_files) / sizeof(*trust_files);
