/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_MANNERS_H
#define PROBE_MANNERS_H

/* What the program in the cage does instead of probing; its exit status. */
int probe_behave(const char *how);

#endif
