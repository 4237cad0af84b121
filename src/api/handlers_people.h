/* SPDX-License-Identifier: Apache-2.0 */
/* How people come in: invitations, registration, requests for access. */
#ifndef API_HANDLERS_PEOPLE_H
#define API_HANDLERS_PEOPLE_H

#include "api/shapes_people.h"

handler_f invitations_list;
handler_f invitations_create;
handler_f invitations_batch;
handler_f invitations_get;
handler_f invitations_delete;

handler_f invitations_accept_prepare;
handler_f invitations_accept;
handler_f auth_register_prepare;
handler_f auth_register;
handler_f invite_get;
handler_f invite_prepare;
handler_f invite_post;
handler_f register_get;
handler_f register_prepare;
handler_f register_post;
handler_f access_page;

handler_f users_validate;
handler_f users_reject;

handler_f access_requests_list;
handler_f access_requests_approve;
handler_f access_requests_refuse;
handler_f portal_requests_list;
handler_f portal_requests_make;

#endif
