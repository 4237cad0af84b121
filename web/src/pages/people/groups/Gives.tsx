// SPDX-License-Identifier: Apache-2.0
// What a group gives those who are in it: the applications that a binding of it opens, the policies that are assigned to it, tools.
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Badge, Card, Loaded } from '../../../ui/index.ts';

/** More than this are named by their number alone. */
const SHOWN_MAX = 50;
/** Policies whose names are known at once; the others are asked for one by one. */
const POLICIES_MAX = 500;

function Applications({ id }: { id: string }) {
    const words = t.groups;
    const asked = useData(
        `apps of ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/applications', {
                    params: { query: { target_id: id, limit: SHOWN_MAX, count: true } },
                    signal,
                }),
            ),
        { topics: ['applications', 'people'] },
    );
    return (
        <Card title={words.applications} icon="application">
            <Loaded of={asked}>
                {({ items = [], total }) =>
                    items.length === 0 ? (
                        <p class="muted">
                            {words.noApplications} <a href="/applications">{words.toApplications}</a>
                        </p>
                    ) : (
                        <>
                            <ul class="links">
                                {items.map((app) => (
                                    <li key={app.id}>
                                        <a href={`/applications/${app.id}`}>{app.name}</a>
                                    </li>
                                ))}
                            </ul>
                            {(total ?? 0) > items.length && (
                                <p class="muted">{words.andMore((total ?? 0) - items.length)}</p>
                            )}
                        </>
                    )
                }
            </Loaded>
        </Card>
    );
}

async function policiesOf(id: string, signal: AbortSignal) {
    const [assigned, policies] = await Promise.all([
        call(
            api.GET('/api/v1/assignments', {
                params: { query: { scope: 'group', target_id: id, limit: SHOWN_MAX } },
                signal,
            }),
        ),
        call(api.GET('/api/v1/policies', { params: { query: { limit: POLICIES_MAX } }, signal })),
    ]);
    const names = new Map((policies.items ?? []).map((policy) => [policy.id, policy.name]));
    return { items: assigned.items ?? [], names };
}

function Policies({ id }: { id: string }) {
    const words = t.groups;
    const asked = useData(`policies of ${id}`, (signal) => policiesOf(id, signal), { topics: ['policies'] });
    return (
        <Card title={words.policies} icon="policy">
            <Loaded of={asked}>
                {({ items, names }) =>
                    items.length === 0 ? (
                        <p class="muted">
                            {words.noPolicies} <a href="/policies">{words.toPolicies}</a>
                        </p>
                    ) : (
                        <ul class="links">
                            {items.map((one) => (
                                <li key={one.id}>
                                    <a href={`/policies/${one.policy_id}/assignments`}>
                                        {names.get(one.policy_id) ?? one.policy_id}
                                    </a>{' '}
                                    {typeof one.number === 'number' && (
                                        <Badge>{words.pinned(number(one.number))}</Badge>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
        </Card>
    );
}

export function Gives({ id }: { id: string }) {
    return (
        <>
            {may('application:read') && <Applications id={id} />}
            {may('policy:read') && <Policies id={id} />}
            {may('tool:read') && (
                <Card title={t.groups.more} icon="tool">
                    <ul class="links">
                        <li>
                            <a href={`/permissions?subject=group:${id}`}>{t.groups.tools}</a>
                        </li>
                    </ul>
                </Card>
            )}
        </>
    );
}
