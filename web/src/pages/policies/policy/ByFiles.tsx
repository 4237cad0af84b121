// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { ManagedBy } from '../../../ui/index.ts';
import { asFiles } from './files.ts';
import type { PolicyRow } from './Policy.tsx';

const MOST = 500;

/** Above a policy that files manage: it is changed there, and this is how it stands there. */
export default function ByFiles({ policy }: { policy: PolicyRow }) {
    const id = policy.id ?? '';
    const number = policy.newest_number;
    const found = useData(
        `${id} ${policy.etag}`,
        async (signal) => {
            const [version, assignments] = await Promise.all([
                number == null
                    ? undefined
                    : call(
                          api.GET('/api/v1/policies/{id}/versions/{number}', {
                              params: { path: { id, number: String(number) } },
                              signal,
                          }),
                      ),
                call(api.GET('/api/v1/assignments', { params: { query: { policy_id: id, limit: MOST } }, signal })),
            ]);
            return asFiles(policy, version, assignments.items ?? []);
        },
        { topics: ['policies'] },
    );
    return <ManagedBy object={found.data ?? asFiles(policy, undefined, [])} />;
}
