// SPDX-License-Identifier: Apache-2.0
// An application as the files of `seneschal apply` have it (docs/FILES.md): what it is, and who may open it. Pure.
import type { Shape } from '../../api/client.ts';
import { said } from '../../ui/said.ts';

/** What the server says of it that no file does. */
type NotInFiles = 'id' | 'name' | 'origin' | 'client_secret' | 'secret_shown' | 'created_at' | 'updated_at' | 'etag';

export function asFiles(
    app: Shape<'Application'>,
    bindings: readonly Shape<'Binding'>[],
): { applications: Record<string, Record<string, unknown>> } {
    const { id, name, origin, client_secret, secret_shown, created_at, updated_at, etag, ...members } = app;
    const own: Omit<Shape<'Application'>, NotInFiles> = members;
    const bound = (kind: string): string[] =>
        bindings.flatMap((one) => (one.kind === kind && one.name ? [one.name] : []));
    return {
        applications: {
            [name ?? '']: said({ ...own, groups: bound('group'), service_accounts: bound('service_account') }),
        },
    };
}
