// SPDX-License-Identifier: Apache-2.0
// One group: who is in it, and what it gives them.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Badge, Button, Card, Chooser, DataTable, Field, Id, KeyValue, Loaded, ManagedBy, PageHead, Stack, Status, Time, confirm, toast, type Choice, type Column } from '../../../ui/index.ts';
import { findServices, findUsers } from '../../../ui/find.ts';
import { putIn, takeOut, type Kind } from '../acts.ts';
import { roleName } from '../Roles.tsx';
import { GroupForm } from './GroupForm.tsx';

type Group = Shape<'Group'>;
type Member = Shape<'Member'>;

const HOMES = { user: '/people/', service: '/people/services/', device: '/fleet/' } as const;
const asKind = (kind: string | null | undefined): Kind => (kind === 'service' || kind === 'device' ? kind : 'user');
const hrefOf = (member: Member): string => `${HOMES[asKind(member.kind)]}${member.id}`;
const back = () => ({ href: '/people/groups', label: t.people.title.groups });

/** People first, then programs: both by how their names begin. */
async function findMembers(text: string, signal: AbortSignal): Promise<Choice[]> {
    const found = await Promise.all([may('user:read') ? findUsers(text, signal) : [], may('service-account:read') ? findServices(text, signal) : []]);
    return found.flat();
}

function Members({ group }: { group: Group }) {
    const [turn, setTurn] = useState(0);
    const write = may('group:write');
    const id = group.id ?? '';
    const again = () => setTurn((n) => n + 1);
    const add = async (chosen: readonly Choice[]): Promise<void> => {
        const one = chosen[0];
        if (!one) return;
        try {
            await putIn(id, one.icon === 'robot' ? 'service' : 'user', one.id);
            toast.good(t.groups.joined(one.name));
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        }
        again();
    };
    const remove = async (member: Member): Promise<void> => {
        const name = member.name ?? '';
        const said = await confirm({ title: t.people.outAsk(name, group.name ?? ''), text: t.people.outText, yes: t.people.out, danger: true, act: () => takeOut(id, member.id ?? '') });
        if (said) again();
    };
    const columns: Column<Member>[] = [
        { key: 'name', head: t.people.column.name, width: 'minmax(9rem, 2fr)', cell: (member) => member.name },
        { key: 'kind', head: t.groups.kind, width: '9.5rem', cell: (member) => t.groups.kinds[asKind(member.kind)] },
        ...(write ? [{ key: 'act', head: '', width: '8rem', align: 'end' as const, cell: (member: Member) => <Button small onClick={(event) => { event.stopPropagation(); void remove(member); }}>{t.people.out}</Button> }] : []),
    ];
    return (
        <Card title={t.groups.members} icon="people">
            {write && <Field label={t.groups.addMember}><Chooser label={t.groups.findMember} chosen={[]} onInput={(chosen) => void add(chosen)} find={findMembers} single /></Field>}
            <DataTable<Member> label={t.groups.members} columns={columns} rowKey={(member) => member.id ?? ''} rowName={(member) => member.name ?? ''} href={hrefOf} turn={turn} topics={['people', 'devices']}
                load={({ limit, cursor }, signal) => call(api.GET('/api/v1/groups/{id}/members', { params: { path: { id }, query: { limit, ...(cursor && { cursor }) } }, signal }))
                    .then(({ items = [], next_cursor = null }) => ({ items, next_cursor }))}
                count={t.groups.membersCount} empty={<p class="muted">{t.groups.nobody}</p>} />
        </Card>
    );
}

const APPS_MAX = 500;
/** More applications than this are not asked one by one. */
const ASKED_MAX = 40;

/** The applications that a binding of this group opens: there is one question for each application. */
function Applications({ id }: { id: string }) {
    const asked = useData(`apps of ${id}`, async (signal) => {
        const { items = [] } = await call(api.GET('/api/v1/applications', { params: { query: { limit: APPS_MAX } }, signal }));
        if (items.length > ASKED_MAX) return { apps: undefined };
        const bound = await Promise.all(items.map(async (app) => {
            const { items: bindings = [] } = await call(api.GET('/api/v1/applications/{id}/bindings', { params: { path: { id: app.id ?? '' }, query: { limit: APPS_MAX } }, signal }));
            return bindings.some((binding) => binding.target_id === id);
        }));
        return { apps: items.filter((_, at) => bound[at]) };
    }, { topics: ['applications'] });
    return (
        <Card title={t.groups.applications} icon="application">
            <Loaded of={asked}>{({ apps }) => (!apps ? <a href="/applications">{t.groups.manyApplications}</a> : apps.length === 0 ? <p class="muted">{t.groups.noApplications}</p>
                : <ul class="links">{apps.map((app) => <li key={app.id}><a href={`/applications/${app.id}`}>{app.name}</a></li>)}</ul>)}</Loaded>
        </Card>
    );
}

function Page({ group, managed, reload }: { group: Group; managed: Shape<'Managed'> | undefined; reload: () => void }) {
    const [open, setOpen] = useState(false);
    const name = group.name ?? '';
    const write = may('group:write') && !managed;
    const remove = async (): Promise<void> => {
        const said = await confirm({
            title: t.people.deleteAsk(name), text: t.groups.deleteText, yes: t.people.delete, danger: true, typed: name,
            act: () => call(api.DELETE('/api/v1/groups/{id}', { params: { path: { id: group.id ?? '' } } })),
        });
        if (said) navigate('/people/groups');
    };
    const acts = write && <><Button icon="edit" onClick={() => setOpen(true)}>{t.people.edit}</Button><Button kind="danger" icon="remove" onClick={() => void remove()}>{t.people.delete}…</Button></>;
    return (
        <>
            <PageHead title={name} back={back()} mark={managed && <Status tone="info" icon="file">{t.groups.byFiles}</Status>} actions={acts} />
            {managed && <ManagedBy object={group} since={managed.marked_at ?? null} />}
            <div class="page-parts">
                <Members group={group} />
                <Stack>
                    <Card title={t.groups.facts} icon="group">
                        <KeyValue pairs={[
                            [t.people.roles, group.roles?.length ? <Stack as="row">{group.roles.map((role) => <Badge key={role}>{roleName(role)}</Badge>)}</Stack> : t.people.none],
                            [t.groups.priority, <span title={t.groups.priorityHint}>{number(group.priority ?? 0)}</span>],
                            [t.people.column.created, <Time at={group.created_at} full />], [t.people.column.id, <Id id={group.id ?? ''} />],
                        ]} />
                    </Card>
                    {may('application:read') && <Applications id={group.id ?? ''} />}
                    {may('policy:read', 'tool:read') && (
                        <Card title={t.groups.more} icon="why">
                            <ul class="links">
                                {may('policy:read') && <li><a href={`/policies?group=${group.id}`}>{t.groups.policies}</a></li>}
                                {may('tool:read') && <li><a href={`/permissions?group=${group.id}`}>{t.groups.tools}</a></li>}
                            </ul>
                        </Card>
                    )}
                </Stack>
            </div>
            {open && <GroupForm group={group} onClose={() => setOpen(false)} done={reload} />}
        </>
    );
}

export default function Group({ id }: { id: string }) {
    const asked = useData(`group ${id}`, async (signal) => {
        const group = await call(api.GET('/api/v1/groups/{id}', { params: { path: { id } }, signal }));
        const managed = await call(api.GET('/api/v1/managed', { params: { query: { limit: APPS_MAX } }, signal }));
        return { group, managed: managed.items?.find((one) => one.id === id) };
    }, { topics: ['people'] });
    return (
        <>
            {!asked.data && <PageHead title={t.people.title.groups} back={back()} />}
            <Loaded of={asked}>{({ group, managed }) => <Page group={group} managed={managed} reload={asked.reload} />}</Loaded>
        </>
    );
}
