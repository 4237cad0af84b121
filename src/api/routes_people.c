/* SPDX-License-Identifier: Apache-2.0 */
/* How people come in. */
#include "api/handlers_people.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/invitations",       invitations_list,   .auth = AUTH_ACTOR, MAY(INVITATION_READ),
      .tx = TX_READ, .no_store = true,
      .query = &invitation_query_shape, .out = &invitation_out_shape, .out_list = true,
      .doc = "The invitations of the organisation, without their links." },
    { HTTP_POST,   "/invitations",       invitations_create, .auth = AUTH_ACTOR, MAY(INVITATION_WRITE),
      .tx = TX_WRITE, .idem = true, .no_store = true,
      .in = &invitation_in_shape, .in_optional = true, .out = &invitation_out_shape,
      .audit = "invitation.created",
      .doc = "Invite a person: a link to an account with these groups, shown once; also by mail." },
    { HTTP_POST,   "/invitations/batch", invitations_batch,  .auth = AUTH_ACTOR, MAY(INVITATION_WRITE),
      .tx = TX_WRITE, .no_store = true, .body_max = INVITATIONS_BODY_MAX,
      .in = &invitations_in_shape, .out = &invitations_out_shape, .audit = "invitations.created",
      .doc = "Invite many: each line is made or refused by itself. A person with an account, or an open "
             "invitation, is not invited again, so that a list may be sent twice." },
    { HTTP_GET,    "/invitations/{id}",  invitations_get,    .auth = AUTH_ACTOR, MAY(INVITATION_READ),
      .tx = TX_READ, .no_store = true, .out = &invitation_out_shape,
      .doc = "One invitation." },
    { HTTP_DELETE, "/invitations/{id}",  invitations_delete, .auth = AUTH_ACTOR, MAY(INVITATION_WRITE),
      .tx = TX_WRITE, .audit = "invitation.deleted",
      .doc = "Withdraw an invitation: its link is over at once." },
};
/* clang-format on */

const struct route_table routes_people = { rows, ARRAY_LEN(rows) };
