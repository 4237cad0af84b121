// SPDX-License-Identifier: Apache-2.0
// /policies/ID: its content, what publishing does, its versions, whom it is for.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Badge, confirm, lazy, Loaded, Menu, PageHead, PartNav, Status, toast } from '../../../ui/index.ts';
import { Rename } from './Rename.tsx';
import '../policies.css';

export type PolicyRow = Shape<'Policy'>;

export interface PartProps {
    policy: PolicyRow;
    /** He may change it, and files do not. */
    writable: boolean;
    reload: () => void;
}

const Content = lazy(() => import('./Content.tsx'));
const Review = lazy(() => import('./Review.tsx'));
const History = lazy(() => import('./History.tsx'));
const Assignments = lazy(() => import('./Assignments.tsx'));
const ByFiles = lazy(() => import('./ByFiles.tsx'));

const PARTS = ['content', 'review', 'history', 'assignments'] as const;
type Part = (typeof PARTS)[number];

const isPart = (part: string): part is Part => (PARTS as readonly string[]).includes(part);
const hrefOf = (id: string, part: Part): string => (part === 'content' ? `/policies/${id}` : `/policies/${id}/${part}`);

async function remove(policy: PolicyRow): Promise<void> {
    const words = t.policy;
    const name = policy.name ?? '';
    const act = () => call(api.DELETE('/api/v1/policies/{id}', { params: { path: { id: policy.id ?? '' } } }));
    if (
        !(await confirm({
            title: words.removeTitle(name),
            text: words.removeText,
            yes: words.remove,
            danger: true,
            typed: name,
            act,
        }))
    )
        return;
    toast.good(words.removed(name));
    navigate('/policies');
}

function Marks({ policy }: { policy: PolicyRow }) {
    return (
        <>
            {policy.newest_version ? (
                <Badge tone="info">{t.policy.published(policy.newest_version)}</Badge>
            ) : (
                <Badge>{t.policy.unpublished}</Badge>
            )}
            {policy.draft_number && (
                <Status tone="wait" icon="edit">
                    {t.policy.draft}
                </Status>
            )}
        </>
    );
}

function Nav({ policy, part }: { policy: PolicyRow; part: Part }) {
    const parts = PARTS.map((one) => ({
        key: one as string,
        href: hrefOf(policy.id ?? '', one),
        label: t.policy.parts[one],
        count: one === 'assignments' ? (policy.assignments ?? 0) : undefined,
    }));
    const rollouts = { key: 'rollouts', href: `/rollouts?policy=${policy.id}`, label: t.policy.parts.rollouts };
    return (
        <PartNav
            label={t.policy.parts.label}
            current={part}
            parts={may('rollout:read') ? [...parts, rollouts] : parts}
        />
    );
}

function Shown({ policy, part, reload }: { policy: PolicyRow; part: Part; reload: () => void }) {
    const [renaming, setRenaming] = useState(false);
    const writable = may('policy:write') && !policy.managed;
    const props: PartProps = { policy, writable, reload };
    const acts = writable && (
        <Menu
            label={t.policies.more(policy.name ?? '')}
            items={[
                { key: 'rename', label: t.policy.rename, icon: 'edit', onSelect: () => setRenaming(true) },
                {
                    key: 'remove',
                    label: t.policy.remove,
                    icon: 'remove',
                    danger: true,
                    onSelect: () => void remove(policy),
                },
            ]}
        />
    );
    return (
        <>
            <PageHead
                title={policy.name}
                intro={policy.description ?? undefined}
                back={{ href: '/policies', label: t.policy.back }}
                mark={<Marks policy={policy} />}
                actions={acts}
            />
            {policy.managed && <ByFiles policy={policy} />}
            <Nav policy={policy} part={part} />
            <div class="tab-panel">
                {part === 'content' && <Content {...props} />}
                {part === 'review' && <Review {...props} />}
                {part === 'history' && <History {...props} />}
                {part === 'assignments' && <Assignments {...props} />}
            </div>
            {renaming && <Rename policy={policy} close={() => setRenaming(false)} done={reload} />}
        </>
    );
}

export default function Policy({ id, part }: { id: string; part: string }) {
    const found = useData(
        id,
        (signal) => call(api.GET('/api/v1/policies/{id}', { params: { path: { id } }, signal })),
        { topics: ['policies'] },
    );
    return (
        <Loaded of={found}>
            {(policy) => <Shown policy={policy} part={isPart(part) ? part : 'content'} reload={found.reload} />}
        </Loaded>
    );
}
