#include "base/agent.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LOOKED_AT = 512, DIGITS_MAX = 4 };

/* The first that matches: most call themselves by the names of others as well. */
static const struct { const char *mark, *name; } programs[] = {
    { "Edg/", "Edge" }, { "OPR/", "Opera" }, { "SamsungBrowser/", "Samsung Internet" }, { "FxiOS/", "Firefox" }, { "CriOS/", "Chrome" },
    { "Firefox/", "Firefox" }, { "Chromium/", "Chromium" }, { "HeadlessChrome/", "Chromium" }, { "Chrome/", "Chrome" }, { "Version/", "Safari" },
    { "curl/", "curl" }, { "Wget/", "Wget" }, { "Java/", "Java" }, { "Java-http-client/", "Java" }, { "Go-http-client/", "Go" },
    { "python-requests/", "Python" }, { "Python-urllib/", "Python" }, { "PowerShell/", "PowerShell" }, { "WindowsPowerShell/", "PowerShell" },
    { "OpenSSL/", "OpenSSL" }, { "node", "Node.js" },
};
static const struct { const char *mark, *name; } systems[] = {
    { "Windows", "Windows" }, { "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Android", "Android" }, { "CrOS", "ChromeOS" }, { "Mac OS X", "macOS" },
    { "Linux", "Linux" }, { "FreeBSD", "FreeBSD" },
};
#define ROWS(t) (sizeof(t) / sizeof(*(t)))

static void put_version(const char *at, char *out, size_t room)
{
    size_t len = 0;

    while (len < DIGITS_MAX && isdigit((unsigned char)at[len]))
        len++;
    if (len > 0 && !isdigit((unsigned char)at[len]))
        snprintf(out, room, " %.*s", (int)len, at);
}

void agent_words(const char *header, char out[AGENT_TEXT])
{
    char looked[LOOKED_AT], version[DIGITS_MAX + 2] = "";
    const char *name = "another program", *on = "";

    snprintf(looked, sizeof(looked), "%s", header != NULL ? header : "");
    for (size_t i = 0; i < ROWS(programs); i++) {
        const char *at = strstr(looked, programs[i].mark);

        if (at == NULL)
            continue;
        name = programs[i].name;
        put_version(at + strlen(programs[i].mark), version, sizeof(version));
        break;
    }
    for (size_t i = 0; i < ROWS(systems) && on[0] == '\0'; i++)
        if (strstr(looked, systems[i].mark) != NULL)
            on = systems[i].name;
    snprintf(out, AGENT_TEXT, "%s%s%s%s", name, version, on[0] != '\0' ? " on " : "", on);
}
