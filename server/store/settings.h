/* settings - what the administrator may change while it runs: one row each in one table; parser, docs, console and command line follow it. */
#ifndef STORE_SETTINGS_H
#define STORE_SETTINGS_H

#include "store/store.h"

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_FLAG, SETTING_LIST /* comma-separated */ };
struct setting {
    const char *name;              /* "server.hostnames" "server.ip_addresses" "server.public_http_url" "limits.per_address" "session.idle_minutes" ... */
    enum setting_kind kind;
    const char *otherwise;         /* default, as text */
    int64_t min, max;
    const char *help;              /* one sentence */
    /* Names and addresses: into the form in which they are kept; NULL: as given. e->field: which entry of a list. */
    enum err (*normal)(const char *value, struct arena *a, const char **out, struct error *e);
};
extern const struct setting settings_table[];
extern const size_t settings_table_len;

struct settings;                   /* the values now; a frozen snapshot inside, replaced after each change */
enum err settings_open(struct store *store, struct settings **out, struct error *e) MUST_CHECK;
void settings_close(struct settings *s);
/* fn runs after each change, on the thread that made it. One watcher; before any other thread runs. */
void settings_watch(struct settings *s, void (*fn)(void *arg), void *arg);
int64_t settings_number(struct settings *s, const char *name);                       /* aborts on a name that is not in the table */
bool settings_flag(struct settings *s, const char *name);
const char *settings_text(struct settings *s, const char *name, struct arena *a);
size_t settings_list(struct settings *s, const char *name, struct arena *a, const char *const **out);
/* Of all values as they are now: another one after any change. What who->if_match is held against. */
int64_t settings_version(struct settings *s);
/* Checks kind and bounds, writes, notes "setting.changed", reloads. NULL value: back to the default. All or none. */
struct setting_change { const char *name, *value; };
enum err settings_change(struct settings *s, const struct actor *who, const struct setting_change *changes, size_t len, struct error *e) MUST_CHECK;
/* The value as this look sees it, for floors that hold no settings. */
enum err store_setting_number(const struct db *db, const char *name, int64_t *out, struct error *e) MUST_CHECK;

#endif
