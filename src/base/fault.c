/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#ifdef SENESCHAL_FAULTS

static _Thread_local long fault_left = -1;
static _Thread_local bool fault_fired;

void fault_arm(long n)
{
    fault_left = n;
    fault_fired = false;
}

void fault_disarm(void)
{
    fault_left = -1;
}

bool fault_used(void)
{
    return fault_fired;
}

bool fault_here(void)
{
    if (fault_left < 0)
        return false;
    if (fault_left-- > 0)
        return false;
    fault_fired = true;
    return true;
}

#else
typedef int fault_is_compiled_out_t; /* ISO C wants a declaration in each unit */
#endif
