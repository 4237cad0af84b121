// SPDX-License-Identifier: Apache-2.0
// Before a draft is published: what changes in the text, and what changes for whom. Then publish, or roll out.
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Badge, Button, Card, confirm, Diff, Empty, Icon, Loaded, toast } from '../../../ui/index.ts';
import { laidOut } from '../json.ts';
import { Access, usePreview, type Preview } from './Access.tsx';
import type { PartProps, PolicyRow } from './Policy.tsx';

type Version = Shape<'PolicyVersion'>;

async function publish(policy: PolicyRow, draft: Version, preview: Preview | undefined): Promise<void> {
    const words = t.policy.review;
    const number = draft.number ?? 0;
    const path = { id: policy.id ?? '', number: String(number) };
    let version = '';
    const done = await confirm({
        title: words.publishTitle(number, policy.name ?? ''),
        text: preview ? words.publishText(preview.devices ?? 0, preview.changed ?? 0) : words.publishBlind,
        yes: words.publishYes(preview?.devices ?? 0),
        act: async () => {
            const made = await call(
                api.POST('/api/v1/policies/{id}/versions/{number}/publish', {
                    params: { path },
                    headers: { 'If-Match': draft.etag ?? '' },
                }),
            );
            version = made.version ?? '';
        },
    });
    if (!done) return;
    toast.good(words.publishedNow(version));
    navigate(`/policies/${policy.id}/history`);
}

/** What changes in locks and in the switch. */
function Beside({ from, to }: { from: Version | undefined; to: Version }) {
    const words = t.policy.review;
    const was = from?.locked ?? [];
    const will = to.locked ?? [];
    const now = will.filter((path) => !was.includes(path));
    const gone = was.filter((path) => !will.includes(path));
    const say = (enabled: boolean | null | undefined) =>
        t.policy.edit.switches[enabled === true ? 'on' : enabled === false ? 'off' : 'unsaid'];
    const turned = (from?.enabled ?? null) !== (to.enabled ?? null);
    if (now.length + gone.length === 0 && !turned) return null;
    return (
        <ul class="locks">
            {now.length > 0 && (
                <li>
                    <Icon name="lock" size={16} />
                    {words.locksNow(list(now))}
                </li>
            )}
            {gone.length > 0 && (
                <li>
                    <Icon name="lock" size={16} />
                    {words.locksGone(list(gone))}
                </li>
            )}
            {turned && (
                <li>
                    <Icon name="off" size={16} />
                    {words.enabled} <del>{say(from?.enabled)}</del> → <ins>{say(to.enabled)}</ins>
                </li>
            )}
        </ul>
    );
}

function Draft({ policy, writable, draft, newest }: PartProps & { draft: Version; newest: Version | undefined }) {
    const words = t.policy.review;
    const preview = usePreview({ policy_id: policy.id ?? '', number: draft.number ?? 0 }, `${draft.etag}`);
    return (
        <>
            <Card title={words.title} actions={<Badge tone="warn">{t.policy.version(draft.number ?? 0, '')}</Badge>}>
                <p>
                    {preview.data &&
                        (preview.data.devices
                            ? words.reaches(preview.data.devices, preview.data.changed ?? 0)
                            : words.reachesNone)}
                </p>
                {writable && (
                    <div class="policy-foot">
                        <Button kind="primary" icon="check" onClick={() => void publish(policy, draft, preview.data)}>
                            {words.publish}
                        </Button>
                        {may('rollout:write') && (
                            <Button icon="rollout" href={`/rollouts/new?policy=${policy.id}&to=${draft.number}`}>
                                {words.rollout}
                            </Button>
                        )}
                        {!policy.assignments && (
                            <Button icon="add" href={`/policies/${policy.id}/assignments?new=1`}>
                                {words.assign}
                            </Button>
                        )}
                    </div>
                )}
            </Card>
            <div class="policy-halves">
                <Card title={words.text}>
                    {newest === undefined && <p class="muted">{words.textFirst}</p>}
                    <Beside from={newest} to={draft} />
                    <Diff before={newest ? laidOut(newest.content) : ''} after={laidOut(draft.content)} />
                </Card>
                <Access of={preview} title={words.access} summed={false} />
            </div>
        </>
    );
}

export default function Review(props: PartProps) {
    const { policy, writable } = props;
    const id = policy.id ?? '';
    const one = (number: number, signal: AbortSignal) =>
        call(
            api.GET('/api/v1/policies/{id}/versions/{number}', {
                params: { path: { id, number: String(number) } },
                signal,
            }),
        );
    const number = policy.draft_number;
    const found = useData(
        number ? `${id} ${number} ${policy.newest_number}` : undefined,
        async (signal) => {
            const [draft, newest] = await Promise.all([
                one(number ?? 0, signal),
                policy.newest_number ? one(policy.newest_number, signal) : undefined,
            ]);
            return { draft, newest };
        },
        { topics: ['policies'] },
    );
    if (!number) {
        return (
            <Empty
                icon="policy"
                title={t.policy.review.title}
                action={
                    writable && (
                        <Button kind="primary" icon="edit" href={`/policies/${id}`}>
                            {t.policy.review.toContent}
                        </Button>
                    )
                }
            >
                {t.policy.review.nothing}
            </Empty>
        );
    }
    return <Loaded of={found}>{({ draft, newest }) => <Draft {...props} draft={draft} newest={newest} />}</Loaded>;
}
