/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to whom this server may call (SAFETY rule 10), and where its mail goes. */
#ifndef APP_OUTWARD_H
#define APP_OUTWARD_H

#include "app/config.h"
#include "domain/hooks/notice.h"
#include "plat/http/outbound.h"
#include "plat/http/smtp.h"

/* Lives in `a` and in c's arena. E_USAGE, naming the setting. */
err_t outward_rules(const struct config *c, struct arena *a, struct diag *why,
                    struct outbound_rules *ret) MUST_USE;
/* Does it listen on loopback alone? */
err_t outward_only_loopback(const struct config *c, bool *ret) MUST_USE;
/* Where mail goes, and what notices say. E_USAGE, naming the setting. */
err_t outward_mail(const struct config *c, struct arena *a, struct diag *why, struct smtp_cfg *ret,
                   struct notice_cfg *ret_notices) MUST_USE;

#endif
