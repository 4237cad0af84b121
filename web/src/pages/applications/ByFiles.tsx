// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { ManagedBy } from '../../ui/index.ts';
import { asFiles } from './files.ts';

const MOST = 500;

/** Above an application that files manage: it is changed there, and this is how it stands there. */
export function ByFiles({ app }: { app: Shape<'Application'> }) {
    const id = app.id ?? '';
    const bindings = useData(
        `by files ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/applications/{id}/bindings', {
                    params: { path: { id }, query: { limit: MOST } },
                    signal,
                }),
            ),
        { topics: ['applications', 'people'] },
    );
    return <ManagedBy object={asFiles(app, bindings.data?.items ?? [])} />;
}
