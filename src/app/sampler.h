/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each minute, what the server did in it and how it stands. Samples wait in memory until the writer
 * has them; a store that takes nothing for SAMPLES_MAX minutes leaves a gap. Minutes in which the
 * server did not run are gaps.
 */
#ifndef APP_SAMPLER_H
#define APP_SAMPLER_H

#include "api/services.h"

enum { SAMPLES_MAX = 60 };

struct sampler;

err_t sampler_new(struct services *services, struct sampler **ret) MUST_USE;
/* On the main thread, each second: is a minute over? */
void sampler_tick(struct sampler *s);
void sampler_free(struct sampler *s); /* NULL is fine */

#endif
