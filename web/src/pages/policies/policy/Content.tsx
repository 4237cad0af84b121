// SPDX-License-Identifier: Apache-2.0
// The draft; without one what is published, which a draft begins with.
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Empty, Loaded } from '../../../ui/index.ts';
import { Editor } from './Editor.tsx';
import type { PartProps } from './Policy.tsx';

export default function Content(props: PartProps) {
    const { policy, writable } = props;
    const number = policy.draft_number ?? policy.newest_number ?? undefined;
    const id = policy.id ?? '';
    const found = useData(
        number === undefined ? undefined : `${id} ${number} ${policy.etag}`,
        (signal) =>
            call(
                api.GET('/api/v1/policies/{id}/versions/{number}', {
                    params: { path: { id, number: String(number) } },
                    signal,
                }),
            ),
        { topics: ['policies'] },
    );
    if (number === undefined)
        return writable ? (
            <Editor {...props} version={undefined} again={found.reload} />
        ) : (
            <Empty icon="policy" title={t.policy.unpublished} />
        );
    return (
        <Loaded of={found}>
            {(version) => <Editor key={number} {...props} version={version} again={found.reload} />}
        </Loaded>
    );
}
