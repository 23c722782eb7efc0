/* ext_show - an extension as MMC's tab Details tells it to a person. */
#ifndef PKI_EXT_SHOW_H
#define PKI_EXT_SHOW_H

#include "pki/ext.h"

/* Its value must be sound: ext_is_sound. False for those that have no words here. */
bool ext_show(const struct extension *x, struct arena *a, const char **field, const char **value);

#endif
