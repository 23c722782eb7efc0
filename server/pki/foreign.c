#include "pki/foreign.h"

#include "base/text.h"
#include "pki/der.h"

#define JAVA "write it anew as PKCS#12: keytool -importkeystore -srckeystore FILE -destkeystore new.p12 -deststoretype PKCS12"
#define SSH "write it anew: ssh-keygen -p -m PKCS8 -f FILE"

static const struct { const char *begins; size_t len; const char *says; } files[] = {
    { "\xfe\xed\xfe\xed", 4, "this is a Java key store (JKS): " JAVA },
    { "\xce\xce\xce\xce", 4, "this is a Java key store (JCEKS): " JAVA },
    { "PuTTY-User-Key-File", 19, "this is a key of PuTTY: in PuTTYgen, Conversions > Export OpenSSH key, then ssh-keygen -p -m PKCS8 -f FILE" },
    { "ssh-", 4, "this is a public key of SSH, no certificate and no private key" },
    { "ecdsa-sha2-", 11, "this is a public key of SSH, no certificate and no private key" },
    { "SQLite format 3", 16, "this is a database (of Firefox or NSS, cert9.db?): take the certificate out of it with pk12util -o FILE.p12 -n NAME -d sql:DIR" },
    { "\x1f\x8b", 2, "this file is compressed (gzip): unpack it first" },
    { "BZh", 3, "this file is compressed (bzip2): unpack it first" },
    { "\xfd" "7zXZ", 5, "this file is compressed (xz): unpack it first" },
    { "7z\xbc\xaf", 4, "this is a 7z archive: unpack it first, or make it a ZIP" },
    { "Rar!", 4, "this is a RAR archive: unpack it first, or make it a ZIP" },
    { "%PDF", 4, "this is a PDF document, no certificate" },
    { "<", 1, "this is a web page or XML, no certificate: was a page saved in its place?" },
    { "{", 1, "this is JSON, no certificate: give what stands in it" },
};

static const struct { const char *label, *says; } labels[] = {
    { "OPENSSH PRIVATE KEY", "this is a private key of OpenSSH: " SSH },
    { "SSH2 ENCRYPTED PRIVATE KEY", "this is a private key of SSH: " SSH },
    { "PGP PRIVATE KEY BLOCK", "this is a key of OpenPGP, which certificates do not use" },
    { "PGP PUBLIC KEY BLOCK", "this is a key of OpenPGP, which certificates do not use" },
    { "PUBLIC KEY", "this is a public key alone: give the certificate, or the private key" },
};

/* wrapped ----------------------------------------------------------------------------------------------- */

static struct bytes narrow(struct bytes file, bool is_little, struct arena *a)
{
    size_t len = (file.len - 2) / 2;
    uint8_t *out = arena_take(a, len + 1);

    for (size_t i = 0; i < len; i++) {
        const uint8_t *unit = file.at + 2 + 2 * i;
        uint8_t low = unit[is_little ? 0 : 1], high = unit[is_little ? 1 : 0];

        out[i] = high == 0 && low < 0x80 ? low : '?';
    }
    return bytes_of(out, len);
}

static bool is_base64_text(struct bytes file)
{
    for (size_t i = 0; i < file.len; i++) {
        uint8_t c = file.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == ' ' || c == '\t' ||
              c == '\r' || c == '\n'))
            return false;
    }
    return file.len >= 16;
}

struct bytes foreign_unwrap(struct bytes file, struct arena *a)
{
    struct bytes inner;

    if (file.len >= 4 && memcmp(file.at, "\xff\xfe", 2) == 0)
        file = narrow(file, true, a);
    else if (file.len >= 4 && memcmp(file.at, "\xfe\xff", 2) == 0)
        file = narrow(file, false, a);
    if (file.len == 0 || file.at[0] == DER_SEQUENCE || !is_base64_text(file) || !text_unbase64(a, (const char *)file.at, file.len, &inner))
        return file;
    return inner.len > 16 && (inner.at[0] == DER_SEQUENCE || memmem(inner.at, inner.len, "-----BEGIN ", 11) != NULL) ? inner : file;
}

/* of other programs ------------------------------------------------------------------------------------- */

const char *foreign_name(struct bytes file)
{
    while (file.len > 0 && (*file.at == ' ' || *file.at == '\t' || *file.at == '\r' || *file.at == '\n'))
        file = bytes_of(file.at + 1, file.len - 1);
    if (file.len == 0)
        return "the file is empty";
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        if (file.len >= files[i].len && memcmp(file.at, files[i].begins, files[i].len) == 0)
            return files[i].says;
    return NULL;
}

const char *foreign_label(const char *label)
{
    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
        if (strcmp(labels[i].label, label) == 0)
            return labels[i].says;
    return NULL;
}
