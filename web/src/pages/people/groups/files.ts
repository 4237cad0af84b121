// SPDX-License-Identifier: Apache-2.0
import type { Shape } from '../../../api/client.ts';
import { said } from '../../../ui/said.ts';

/** A group as the files of `seneschal apply` have it (docs/FILES.md): who is in it stands in none. Pure. */
export const asFiles = ({ name, priority, roles }: Shape<'Group'>): Record<string, unknown> => ({
    groups: { [name ?? '']: said({ priority, roles }) },
});
