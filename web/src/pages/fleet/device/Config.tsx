// SPDX-License-Identifier: Apache-2.0
// The effective configuration of a device with why for every value, now or as it was.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { dateTime } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Button,
    Card,
    Copy,
    Empty,
    Id,
    Loaded,
    Note,
    SearchInput,
    Stack,
    Status,
    TextInput,
    useGroups,
} from '../../../ui/index.ts';
import { assembled, fitsLeaf, momentOf } from './explain.ts';
import { Leaf } from './Leaf.tsx';
import { Plan, Refused, Removed } from './Plan.tsx';
import { GroupsOf, Source } from './Said.tsx';

type Explanation = Shape<'Explanation'>;

/** So many values are drawn at first. */
const FIRST = 150;

function Leaves({ explained }: { explained: Explanation }) {
    const [typed, setTyped] = useState('');
    const [shown, setShown] = useState(FIRST);
    const words = t.device.config;
    const leaves = explained.leaves ?? [];
    const fitting = leaves.filter((leaf) => fitsLeaf(leaf, typed));
    return (
        <>
            <div class="leaf-bar">
                <SearchInput label={words.search} value={typed} onInput={setTyped} wait={100} />
                <Copy text={() => JSON.stringify(assembled(leaves), null, 2)} small>
                    {words.copy}
                </Copy>
            </div>
            {fitting.length === 0 && <p class="muted">{words.nothing}</p>}
            <ul class="leaves">
                {fitting.slice(0, shown).map((leaf) => (
                    <Leaf key={leaf.pointer} leaf={leaf} />
                ))}
            </ul>
            {fitting.length > shown && (
                <Button onClick={() => setShown(fitting.length)}>{words.more(fitting.length - shown)}</Button>
            )}
        </>
    );
}

function Head({ explained }: { explained: Explanation }) {
    const words = t.device.config;
    const policies = new Set((explained.plan ?? []).map((step) => step.policy_id)).size;
    const { enabled } = explained;
    return (
        <div class="config-head">
            <Status tone={enabled?.value ? 'good' : 'off'}>{enabled?.value ? words.enabled : words.disabled}</Status>
            {enabled?.policy_id && <Source word={enabled} label={words.enabledWhy} />}
            <span>{words.summary(explained.leaves?.length ?? 0, policies)}</span>
            {explained.version && (
                <span class="muted">
                    {words.version} {explained.version}
                </span>
            )}
            {explained.etag && (
                <span class="muted" title={words.etag}>
                    <Id id={explained.etag.replaceAll('"', '')} />
                </span>
            )}
        </div>
    );
}

function Explained({ explained }: { explained: Explanation }) {
    const words = t.device.config;
    const plan = explained.plan ?? [];
    const names = new Map(useGroups()?.map(({ id, name }) => [id, name] as const));
    const groups = plan.map((step) => [step.assignment_id ?? '', names.get(step.target_id ?? '') ?? ''] as const);
    if (plan.length === 0)
        return (
            <Empty
                icon="policy"
                title={words.noneTitle}
                action={
                    may('policy:write') && (
                        <Button kind="primary" href="/policies?new=1">
                            {words.write}
                        </Button>
                    )
                }
            >
                {words.none}
            </Empty>
        );
    return (
        <GroupsOf.Provider value={new Map(groups)}>
            <Stack>
                <Card>
                    <Head explained={explained} />
                    <Leaves explained={explained} />
                </Card>
                <Removed removed={explained.removed ?? []} />
                <Refused refused={explained.refused ?? []} />
                <Plan plan={plan} />
            </Stack>
        </GroupsOf.Provider>
    );
}

function TimeTravel({ at }: { at: string | undefined }) {
    const [query, setQuery] = useQuery();
    const words = t.device.config;
    return (
        <div class="travel">
            <label>
                <span>{words.at}</span>
                <TextInput
                    type="datetime-local"
                    value={query['at'] ?? ''}
                    onInput={(next) => setQuery({ at: next })}
                    aria-label={words.at}
                />
            </label>
            {query['at'] && (
                <Button small onClick={() => setQuery({ at: undefined })}>
                    {words.now}
                </Button>
            )}
            {at && <Note tone="info">{words.then(dateTime(at))}</Note>}
        </div>
    );
}

export default function Config({ id }: { id: string }) {
    const [query] = useQuery();
    const at = momentOf(query['at']);
    const mayRead = may('policy:read');
    const asked = useData(
        mayRead ? `${id} ${at}` : undefined,
        (signal) =>
            call(
                api.GET('/api/v1/devices/{id}/config/explain', {
                    params: { path: { id }, query: at ? { at } : {} },
                    signal,
                }),
            ),
        { topics: at ? [] : ['policies', 'rollouts', 'devices'] },
    );
    if (!mayRead) return <Note tone="info">{t.device.config.forbidden}</Note>;
    return (
        <>
            <TimeTravel at={at} />
            <Loaded of={asked}>{(explained) => <Explained explained={explained} />}</Loaded>
        </>
    );
}
