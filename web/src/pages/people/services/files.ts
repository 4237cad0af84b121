// SPDX-License-Identifier: Apache-2.0
import type { Shape } from '../../../api/client.ts';
import { said } from '../../../ui/said.ts';

/** A service account as the files of `seneschal apply` have it (docs/FILES.md): its credentials stand in none. Pure. */
export const asFiles = ({ name, status, roles, groups }: Shape<'ServiceAccount'>): Record<string, unknown> => ({
    service_accounts: { [name ?? '']: said({ status, roles, groups }) },
});
