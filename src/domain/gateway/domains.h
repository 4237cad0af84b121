/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity domains that somebody has limited his Home Assistant to, held against one call. Pure.
 *
 * A limit can be kept only by tools whose argument `domain` says what they touch: of those, a call
 * that names another domain is refused, and one that names none gets all that are allowed. Other
 * tools may read; scripts of the house do what they were written to do, and may not.
 */
#ifndef DOMAIN_GATEWAY_DOMAINS_H
#define DOMAIN_GATEWAY_DOMAINS_H

#include "domain/gateway/catalogue.h"

/* What the limit of `s` makes of a tool, by the definition that may be called; a definition that
 * cannot be read is as good as one without `domain`. E_NO_MEMORY. */
err_t gate_domains_of(struct arena *a, const struct gate_server *s, const struct gate_tool *tool,
                      struct gate_domains *ret) MUST_USE;

struct gate_domains_ask {
    const struct gate_server *server;
    const struct gate_tool *tool; /* NULL: the server has shown none of this name */
    enum gate_class class;
    const struct json *arguments; /* NULL: the call has none */
    bool list;                    /* for a list of tools: could any call be made? */
};
/* Why not, as one sentence; NULL: the limit is kept, or there is none. */
const char *gate_domains_refuse(const struct gate_domains_ask *ask);

/* The arguments of a call that was not refused, as the server gets them: with `domain` where it
 * limits the tool and is missing. `raw`: a JSON object, or absent. E_BAD_JSON, E_NO_MEMORY. */
err_t gate_domains_fill(struct arena *a, const struct gate_tool *tool, str_t raw,
                        str_t *ret) MUST_USE;

#endif
