/* SPDX-License-Identifier: Apache-2.0 */
/* What the one who asks may open, and nothing about the rest. */
#include "api/asker.h"
#include "api/handlers_access.h"
#include "api/page_html.h"
#include "api/shapes_access.h"
#include "domain/access/app_words.h"
#include "domain/identity/group.h"

static struct portal_application_out portal_view(const struct row_application *row)
{
    return (struct portal_application_out){ .id = row->id,
                                            .name = row->name,
                                            .kind = word_of(&app_kind_words, row->kind),
                                            .description = row->description,
                                            .icon = row->icon,
                                            .launch_url = row->launch_url,
                                            .admin = row->admin != 0 };
}

/* His own organisation's: a system administrator who looks at another one has nothing there. */
static err_t own(struct request *rq, struct row_application **ret, size_t *ret_n)
{
    struct access_ask ask;
    TRY(asker_fill(rq, &ask));
    return access_open_now(&rq->act, &ask, ret, ret_n);
}

err_t portal_list(struct request *rq)
{
    struct row_application *rows = NULL;
    size_t n = 0;
    TRY(own(rq, &rows, &n));
    struct portal_application_out *out =
        ARENA_ARRAY(rq->act.arena, struct portal_application_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = portal_view(&rows[i]);
    return reply_list(rq, &portal_application_out_shape, out, n, STR_NONE);
}

err_t portal_get(struct request *rq)
{
    struct portal_application_out *out = ARENA_NEW(rq->act.arena, struct portal_application_out);
    struct row_application *rows = NULL;
    size_t n = 0;
    oid_t id;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(own(rq, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!oid_eq(rows[i].id, id))
            continue;
        *out = portal_view(&rows[i]);
        return reply_obj(rq, 200, &portal_application_out_shape, out);
    }
    return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such application");
}

/* Only a path of ours may be shown as a picture: the policy of our pages loads no other. */
static void icon_put(struct html *h, const struct row_application *row)
{
    if (!str_starts(row->icon, STR("/")))
        return;
    HTML(h, "<img class=\"icon\" alt=\"\"");
    html_attr(h, "src", row->icon);
    HTML(h, "> ");
}

static void application_put(struct html *h, const struct row_application *row)
{
    HTML(h, "<li>");
    icon_put(h, row);
    if (row->launch_url.n > 0)
        html_link_text(h, row->launch_url, row->name);
    else
        html_text(h, row->name);
    if (row->description.n > 0) {
        HTML(h, "<br><small>");
        html_text(h, row->description);
        HTML(h, "</small>");
    }
    HTML(h, "</li>\n");
}

err_t portal_show(struct request *rq)
{
    struct row_application *rows = NULL;
    struct html *h;
    const str_t name = str_from_cz(rq->act.actor.name);
    const str_t *groups = NULL;
    size_t groups_n = 0;
    size_t n = 0;
    TRY(own(rq, &rows, &n));
    TRY(groups_of(&rq->act, rq->act.actor.kind, rq->act.actor.id, &groups, &groups_n));
    TRY(page_begin(rq, PHRASE_PORTAL_TITLE, &h));
    html_para_with(h, PHRASE_PORTAL_WHO, &name, 1);
    if (n == 0)
        html_para(h, PHRASE_PORTAL_EMPTY);
    HTML(h, "<ul>\n");
    for (size_t i = 0; i < n; i++)
        application_put(h, &rows[i]);
    HTML(h, "</ul>\n");
    if (groups_n > 0) {
        html_heading(h, PHRASE_PORTAL_GROUPS);
        HTML(h, "<ul>\n");
        for (size_t i = 0; i < groups_n; i++) {
            HTML(h, "<li>");
            html_text(h, groups[i]);
            HTML(h, "</li>\n");
        }
        HTML(h, "</ul>\n");
    }
    html_form(h, "/logout");
    html_form_end(h, PHRASE_PORTAL_SIGN_OUT);
    return reply_page(rq, 200, h);
}
