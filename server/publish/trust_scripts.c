/* trust_scripts - install-ca.sh and install-ca.ps1: the roots and what to do with them in one readable file. They fetch nothing. */
#include "publish/trust.h"

#include "base/text.h"

enum { SCRIPT_MAX = 2 * 1024 * 1024 };

static enum err take(const struct trust *t, struct buf *b, struct bytes *out, struct error *e)
{
    bool is_over = b->is_over;

    *out = arena_bytes(t->arena, buf_bytes(b));
    buf_done(b);
    return is_over ? fail(e, ERR_BUG, "a script of the trust page is larger than %d bytes", SCRIPT_MAX) : ERR_NONE;
}

/* POSIX ------------------------------------------------------------------------------------------------- */

static const char shell_words[] =
    "set -eu\n"
    "umask 022\n"
    "\n"
    "say() { printf '%s\\n' \"$*\"; }\n"
    "die() { printf 'install-ca: %s\\n' \"$*\" >&2; exit 1; }\n"
    "\n"
    "# Where this system keeps what an administrator trusts, and the command that takes it over.\n"
    "if command -v update-ca-certificates >/dev/null 2>&1; then\n"
    "    folder=/usr/local/share/ca-certificates ending=crt\n"
    "    refresh() { update-ca-certificates \"$@\" >/dev/null; }\n"
    "    forget() { refresh --fresh; }\n"
    "    bundle=/etc/ssl/certs/ca-certificates.crt\n"
    "elif command -v update-ca-trust >/dev/null 2>&1; then\n"
    "    folder=/etc/pki/ca-trust/source/anchors ending=pem\n"
    "    refresh() { update-ca-trust; }\n"
    "    forget() { refresh; }\n"
    "    bundle=/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem\n"
    "    [ -d \"$folder\" ] || folder=/etc/ca-certificates/trust-source/anchors bundle=/etc/ssl/certs/ca-certificates.crt\n"
    "elif [ \"$(uname)\" = Darwin ]; then\n"
    "    folder=keychain\n"
    "else\n"
    "    die 'this system has neither update-ca-certificates nor update-ca-trust: install the package ca-certificates'\n"
    "fi\n"
    "keychain=/Library/Keychains/System.keychain\n"
    "\n"
    "install_one() {    # NAME SHA1\n"
    "    if [ \"$folder\" = keychain ]; then\n"
    "        file=$(mktemp)\n"
    "        certificate \"$1\" > \"$file\"\n"
    "        security add-trusted-cert -d -r trustRoot -k \"$keychain\" \"$file\"\n"
    "        rm -f \"$file\"\n"
    "        return\n"
    "    fi\n"
    "    mkdir -p \"$folder\"\n"
    "    certificate \"$1\" > \"$folder/.$1.new\"\n"
    "    chmod 644 \"$folder/.$1.new\"\n"
    "    mv -f \"$folder/.$1.new\" \"$folder/$1.$ending\"\n"
    "}\n"
    "\n"
    "# Looked for in the bundle that programs read, each certificate there as one line of base64.\n"
    "verify_one() {     # NAME SHA1\n"
    "    if [ \"$folder\" = keychain ]; then\n"
    "        security find-certificate -a -Z \"$keychain\" | grep -q \"$2\" && { say \"$1: trusted\"; return; }\n"
    "    elif [ -r \"$bundle\" ]; then\n"
    "        wanted=$(certificate \"$1\" | sed '/^-----/d' | tr -d '\\n')\n"
    "        if sed 's/^-----BEGIN.*/|/; /^-----END/d' \"$bundle\" | tr -d '\\n' | tr '|' '\\n' | grep -qxF \"$wanted\"; then\n"
    "            say \"$1: trusted\"\n"
    "            return\n"
    "        fi\n"
    "    fi\n"
    "    say \"$1: not trusted\"\n"
    "    missing=1\n"
    "}\n"
    "\n"
    "remove_one() {     # NAME SHA1\n"
    "    if [ \"$folder\" = keychain ]; then\n"
    "        security delete-certificate -Z \"$2\" \"$keychain\" 2>/dev/null || say \"$1: was not there\"\n"
    "    else\n"
    "        rm -f \"$folder/$1.$ending\"\n"
    "    fi\n"
    "}\n"
    "\n"
    "need_root() { [ \"$(id -u)\" = 0 ] || die \"run it as root: sudo sh $0 $verb\"; }\n"
    "\n"
    "verb=${1:-install}\n"
    "missing=0\n"
    "case $verb in\n"
    "install)\n"
    "    need_root\n"
    "    each install_one\n"
    "    [ \"$folder\" = keychain ] || refresh\n"
    "    each verify_one\n"
    "    ;;\n"
    "verify) each verify_one ;;\n"
    "remove)\n"
    "    need_root\n"
    "    each remove_one\n"
    "    [ \"$folder\" = keychain ] || forget\n"
    "    say 'removed'\n"
    "    ;;\n"
    "*) die 'usage: sh install-ca.sh [install|verify|remove]' ;;\n"
    "esac\n"
    "exit $missing\n";

enum err trust_shell(const struct trust *t, struct bytes *out, struct error *e)
{
    struct buf b;

    buf_init(&b, SCRIPT_MAX);
    buf_text(&b, "#!/bin/sh\n# install-ca.sh - makes this machine trust the root certificates below, for all users. Running it again changes nothing.\n"
                 "#   sudo sh install-ca.sh           install, then verify\n"
                 "#   sh install-ca.sh verify         exit 0: trusted, 1: not\n"
                 "#   sudo sh install-ca.sh remove    undo\n"
                 "# Compare first, by another way than this file came:\n");
    for (size_t i = 0; i < t->len; i++)
        buf_printf(&b, "#   %s\n#   SHA-256 %s\n", t->roots[i].plain, t->roots[i].colons);
    buf_text(&b, "\ncertificate() {    # NAME\n    case $1 in\n");
    for (size_t i = 0; i < t->len; i++)
        buf_printf(&b, "    %s) cat <<'PEM'\n%sPEM\n    ;;\n", t->roots[i].row->slug, t->roots[i].pem);
    buf_text(&b, "    esac\n}\n\neach() {    # FUNCTION\n");
    for (size_t i = 0; i < t->len; i++)
        buf_printf(&b, "    \"$1\" %s %s\n", t->roots[i].row->slug, t->roots[i].sha1);
    buf_text(&b, "}\n\n");
    buf_text(&b, shell_words);
    return take(t, &b, out, e);
}

/* PowerShell -------------------------------------------------------------------------------------------- */

static const char powershell_words[] =
    "$ErrorActionPreference = 'Stop'\r\n"
    "$store = New-Object System.Security.Cryptography.X509Certificates.X509Store 'Root', 'LocalMachine'\r\n"
    "$missing = 0\r\n"
    "\r\n"
    "foreach ($root in $roots) {\r\n"
    "    $path = \"Cert:\\LocalMachine\\Root\\$($root.Thumbprint)\"\r\n"
    "    if ($Remove) {\r\n"
    "        if (Test-Path $path) { Remove-Item $path }\r\n"
    "        Write-Output \"$($root.Name): removed\"\r\n"
    "        continue\r\n"
    "    }\r\n"
    "    if (-not $Verify) {\r\n"
    "        $bytes = [Convert]::FromBase64String($root.Certificate)\r\n"
    "        $certificate = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 (, $bytes)\r\n"
    "        if ($certificate.Thumbprint -ne $root.Thumbprint) { throw \"$($root.Name): this file was changed on its way\" }\r\n"
    "        if (-not (Test-Path $path)) {\r\n"
    "            $store.Open('ReadWrite')\r\n"
    "            $store.Add($certificate)\r\n"
    "            $store.Close()\r\n"
    "        }\r\n"
    "    }\r\n"
    "    if (Test-Path $path) { Write-Output \"$($root.Name): trusted\" }\r\n"
    "    else { Write-Output \"$($root.Name): not trusted\"; $missing = 1 }\r\n"
    "}\r\n"
    "exit $missing\r\n";

enum err trust_powershell(const struct trust *t, struct bytes *out, struct error *e)
{
    struct buf b;

    buf_init(&b, SCRIPT_MAX);
    buf_text(&b, "#Requires -RunAsAdministrator\r\n"
                 "# install-ca.ps1 - makes this machine trust the root certificates below (Local Machine, Root). Windows PowerShell 5.1 and PowerShell 7.\r\n"
                 "#   .\\install-ca.ps1            install, then verify; running it again changes nothing\r\n"
                 "#   .\\install-ca.ps1 -Verify    exit 0: trusted, 1: not\r\n"
                 "#   .\\install-ca.ps1 -Remove    undo\r\n"
                 "# Compare first, by another way than this file came:\r\n");
    for (size_t i = 0; i < t->len; i++)
        buf_printf(&b, "#   %s\r\n#   SHA-256 %s\r\n", t->roots[i].plain, t->roots[i].colons);
    buf_text(&b, "param([switch]$Verify, [switch]$Remove)\r\n\r\n$roots = @(\r\n");
    for (size_t i = 0; i < t->len; i++)
        buf_printf(&b, "    @{ Name = '%s'; Thumbprint = '%s'; Certificate = '%s' }%s\r\n", t->roots[i].row->slug, t->roots[i].sha1,
                   text_base64(t->arena, t->roots[i].cert.der), i + 1 < t->len ? "," : "");
    buf_text(&b, ")\r\n\r\n");
    buf_text(&b, powershell_words);
    return take(t, &b, out, e);
}
