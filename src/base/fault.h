/* SPDX-License-Identifier: Apache-2.0 */
/* Fault injection for tests: the n-th fallible step of this thread fails (STYLE 30). */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef SENESCHAL_FAULTS
void fault_arm(long n); /* the n-th step from now fails, once; 0 is the next one */
void fault_disarm(void);
bool fault_used(void); /* did it fire since it was armed */
bool fault_here(void); /* asked by each fallible step */
#else
static inline bool fault_here(void)
{
    return false;
}
#endif

#endif
