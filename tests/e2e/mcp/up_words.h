/* SPDX-License-Identifier: Apache-2.0 */
/* What up_probe.c starts and whom it calls, from the words of its command line. */
#ifndef UP_WORDS_H
#define UP_WORDS_H

#include "mcp/up_stdio.h"

const struct up_command *up_words_command(char *text); /* cuts it up */
const struct outbound_rules *up_words_rules(void);

#endif
