/* SPDX-License-Identifier: Apache-2.0 */
/* How people come in. */
#include "api/handlers_people.h"
#include "api/routes_parts.h"
#include "api/shapes_identity.h"

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

    { HTTP_POST,   "/invitations/{token}/accept", invitations_accept, .auth = AUTH_OPEN, .limit = LIMIT_OPEN,
      .tx = TX_WRITE, .no_store = true, .secret = true, .prepare = invitations_accept_prepare, .hashes = true,
      .in = &accept_in_shape, .out = &account_out_shape, .audit = "invitation.accepted",
      .doc = "Make the account that an invitation is for, and be signed in. Whatever is wrong with the "
             "link is said in the same words." },
    { HTTP_POST,   "/auth/register", auth_register, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .both = true,
      .tx = TX_WRITE, .no_store = true, .secret = true, .prepare = auth_register_prepare, .hashes = true,
      .in = &register_in_shape, .out = &account_out_shape, .audit = "user.registered",
      .doc = "Make an account: with an invitation at once; without one only where that is on, and then "
             "it waits until an administrator validates it." },
    { HTTP_GET,    "/invite/{token}", invite_get, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .root = true,
      .page = true, .tx = TX_READ,
      .doc = "The page of an invitation; reading it uses nothing up." },
    { HTTP_POST,   "/invite/{token}", invite_post, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .root = true,
      .page = true, .secret = true, .no_store = true, .tx = TX_WRITE,
      .form = &accept_form_shape, .prepare = invite_prepare, .hashes = true,
      .audit = "invitation.accepted",
      .doc = "The same as accept, from the page." },
    { HTTP_GET,    "/register", register_get, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .root = true,
      .page = true, .tx = TX_READ,
      .doc = "The page for an account without an invitation, where that is on." },
    { HTTP_POST,   "/register", register_post, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .root = true,
      .page = true, .secret = true, .no_store = true, .tx = TX_WRITE,
      .form = &accept_form_shape, .prepare = register_prepare, .hashes = true,
      .audit = "user.registered",
      .doc = "The same as /auth/register, from the page." },
    { HTTP_GET,    "/access", access_page, .auth = AUTH_OPEN, .limit = LIMIT_OPEN, .root = true,
      .page = true, .tx = TX_READ,
      .doc = "How to get access." },

    { HTTP_POST,   "/users/{id}/validate", users_validate, .auth = AUTH_ACTOR, MAY(USER_WRITE),
      .tx = TX_WRITE, .no_store = true,
      .in = &validate_in_shape, .in_optional = true, .out = &user_out_shape, .audit = "user.validated",
      .doc = "Let in a person who registered himself." },
    { HTTP_POST,   "/users/{id}/reject",   users_reject,   .auth = AUTH_ACTOR, MAY(USER_WRITE),
      .tx = TX_WRITE, .in = &reject_in_shape, .in_optional = true, .audit = "user.rejected",
      .doc = "Do not let in a person who registered himself: the account goes." },

    { HTTP_GET,    "/portal/access-requests", portal_requests_list, .auth = AUTH_ACTOR, .tx = TX_READ,
      .no_store = true, .query = &access_request_query_shape,
      .out = &access_request_out_shape, .out_list = true,
      .doc = "What the person who asks has asked for." },
    { HTTP_POST,   "/portal/access-requests", portal_requests_make, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .idem = true, .no_store = true, .hides = true,
      .in = &access_request_in_shape, .out = &access_request_out_shape, .audit = "access-request.made",
      .doc = "Ask for an application." },
    { HTTP_GET,    "/access-requests", access_requests_list, .auth = AUTH_ACTOR, MAY(GROUP_READ),
      .tx = TX_READ, .no_store = true, .query = &access_request_query_shape,
      .out = &access_request_out_shape, .out_list = true,
      .doc = "Who asks for which application." },
    { HTTP_POST,   "/access-requests/{id}/approve", access_requests_approve, .auth = AUTH_ACTOR,
      MAY(GROUP_WRITE), .tx = TX_WRITE, .no_store = true,
      .in = &approve_request_shape, .in_optional = true, .out = &access_request_out_shape,
      .audit = "access-request.approved",
      .doc = "The person enters a group that opens the application." },
    { HTTP_POST,   "/access-requests/{id}/refuse",  access_requests_refuse,  .auth = AUTH_ACTOR,
      MAY(GROUP_WRITE), .tx = TX_WRITE, .no_store = true,
      .in = &refuse_request_shape, .in_optional = true, .out = &access_request_out_shape,
      .audit = "access-request.refused",
      .doc = "The person does not get it." },
};
/* clang-format on */

const struct route_table routes_people = { rows, ARRAY_LEN(rows) };
