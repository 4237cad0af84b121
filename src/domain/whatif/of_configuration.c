/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/preview.h"
#include "domain/whatif/gathering.h"

static str_t word(bool yes)
{
    return yes ? STR("true") : STR("false");
}

err_t note_configuration(struct gathering *g, oid_t device)
{
    struct config_ask ask = { .device = device };
    struct config_plan now;
    struct config_plan then;
    struct preview_result r;
    TRY(config_plan(&g->now, &ask, &now));
    TRY(config_plan(&g->then, &ask, &then));
    if (memcmp(now.digest.b, then.digest.b, SHA256_SIZE) == 0)
        return E_OK;
    TRY(preview_diff(&g->now, &now, &then, &r));
    g->to->truncated = g->to->truncated || r.changes_n < r.changes_all;
    if (r.enabled_from != r.enabled_to)
        TRY(gathering_note(g, &(struct whatif_change){ .what = WHATIF_ENABLED,
                                                       .from = word(r.enabled_from),
                                                       .to = word(r.enabled_to) }));
    for (size_t i = 0; i < r.changes_n; i++)
        TRY(gathering_note(g, &(struct whatif_change){ .what = WHATIF_VALUE,
                                                       .name = r.changes[i].pointer,
                                                       .from = r.changes[i].from,
                                                       .to = r.changes[i].to }));
    return E_OK;
}
