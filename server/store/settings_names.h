/* settings_names - what the names of this server may be: read into the form in which they are compared and written into certificates. */
#ifndef STORE_SETTINGS_NAMES_H
#define STORE_SETTINGS_NAMES_H

#include "base/arena.h"
#include "base/error.h"

/* Comma-separated; *out has neither blanks nor the same name twice. e->field: "/N" for the N-th that is refused. */
enum err setting_hostnames(const char *value, struct arena *a, const char **out, struct error *e) MUST_CHECK;
enum err setting_addresses(const char *value, struct arena *a, const char **out, struct error *e) MUST_CHECK;
/* http://host or http://host:port, nothing behind: paths are appended to it. "" is fine. */
enum err setting_http_url(const char *value, struct arena *a, const char **out, struct error *e) MUST_CHECK;

#endif
