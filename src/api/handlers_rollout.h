/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HANDLERS_ROLLOUT_H
#define API_HANDLERS_ROLLOUT_H

#include "api/request.h"

handler_f rollouts_list;
handler_f rollouts_create;
handler_f rollouts_get;
handler_f rollouts_change;
handler_f rollouts_delete;

handler_f rollouts_start;
handler_f rollouts_pause;
handler_f rollouts_resume;
handler_f rollouts_promote;
handler_f rollouts_abort;

handler_f rollouts_devices;
handler_f rollouts_events;

#endif
