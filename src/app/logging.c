/* SPDX-License-Identifier: Apache-2.0 */
#include "app/logging.h"

#include "base/log.h"

static err_t access_of(str_t text, enum access *ret)
{
    static const char *const names[] = {
        [ACCESS_OFF] = "off",
        [ACCESS_ERRORS] = "errors",
        [ACCESS_ALL] = "all",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(text, str_from_cz(names[i]))) {
            *ret = (enum access)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

err_t logging_set(const struct config *c, enum access *ret)
{
    enum log_level level;
    enum log_format format;
    TRY(log_level_parse(config_text(c, CONF_LOG_LEVEL), &level));
    TRY(log_format_parse(config_text(c, CONF_LOG_FORMAT), &format));
    TRY(access_of(config_text(c, CONF_LOG_ACCESS), ret));
    log_set_level(level);
    log_set_format(format);
    return E_OK;
}
