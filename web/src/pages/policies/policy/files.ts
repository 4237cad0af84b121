// SPDX-License-Identifier: Apache-2.0
// A policy as the files of `seneschal apply` have it (docs/FILES.md): what is published of it, and whom it is for. Pure.
import type { Shape } from '../../../api/client.ts';
import { said } from '../../../ui/said.ts';

/** People and devices are not in files. */
const IN_FILES = ['global', 'org', 'group'];

export function asFiles(
    policy: Shape<'Policy'>,
    version: Shape<'PolicyVersion'> | undefined,
    assignments: readonly Shape<'Assignment'>[],
): Record<string, unknown> {
    const name = policy.name ?? '';
    const rows = assignments
        .filter((one) => IN_FILES.includes(one.scope ?? ''))
        .map((one) =>
            said({
                policy: name,
                scope: one.scope,
                group: one.scope === 'group' ? one.target_name : undefined,
                priority: one.priority,
                number: one.number,
            }),
        );
    return {
        policies: {
            [name]: said({
                description: policy.description,
                content: version?.content,
                locked: version?.locked,
                enabled: version?.enabled,
            }),
        },
        ...(rows.length > 0 && { assignments: rows }),
    };
}
