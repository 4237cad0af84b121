// SPDX-License-Identifier: Apache-2.0
// One group: who is in it, and what it gives them.
import { useState } from 'preact/hooks';
import { managedSince } from '../../../api/all.ts';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Badge,
    Button,
    Card,
    Id,
    KeyValue,
    Loaded,
    ManagedBy,
    PageHead,
    Stack,
    Status,
    Time,
    confirm,
} from '../../../ui/index.ts';
import { roleName } from '../Roles.tsx';
import { asFiles } from './files.ts';
import { Gives } from './Gives.tsx';
import { GroupForm } from './GroupForm.tsx';
import { Members } from './Members.tsx';

type Group = Shape<'Group'>;

const back = () => ({ href: '/people/groups', label: t.people.title.groups });

function Page({ group, since, reload }: { group: Group; since: string | undefined; reload: () => void }) {
    const [open, setOpen] = useState(false);
    const name = group.name ?? '';
    const write = may('group:write') && !since;
    const remove = async (): Promise<void> => {
        const said = await confirm({
            title: t.people.deleteAsk(name),
            text: t.groups.deleteText,
            yes: t.people.delete,
            danger: true,
            typed: name,
            act: () => call(api.DELETE('/api/v1/groups/{id}', { params: { path: { id: group.id ?? '' } } })),
        });
        if (said) navigate('/people/groups');
    };
    const acts = write && (
        <>
            <Button icon="edit" onClick={() => setOpen(true)}>
                {t.people.edit}
            </Button>
            <Button kind="danger" icon="remove" onClick={() => void remove()}>
                {t.people.delete}…
            </Button>
        </>
    );
    return (
        <>
            <PageHead
                title={name}
                back={back()}
                mark={
                    since && (
                        <Status tone="info" icon="file">
                            {t.groups.byFiles}
                        </Status>
                    )
                }
                actions={acts}
            />
            {since && <ManagedBy object={asFiles(group)} since={since} />}
            <div class="page-parts first-wide">
                <Members group={group} />
                <Stack>
                    <Card title={t.groups.facts} icon="group">
                        <KeyValue
                            pairs={[
                                [
                                    t.people.roles,
                                    group.roles?.length ? (
                                        <Stack as="row">
                                            {group.roles.map((role) => (
                                                <Badge key={role}>{roleName(role)}</Badge>
                                            ))}
                                        </Stack>
                                    ) : (
                                        t.people.none
                                    ),
                                ],
                                [
                                    t.groups.priority,
                                    <span title={t.groups.priorityHint}>{number(group.priority ?? 0)}</span>,
                                ],
                                [t.people.column.created, <Time at={group.created_at} full />],
                                [t.people.column.id, <Id id={group.id ?? ''} />],
                            ]}
                        />
                    </Card>
                    <Gives id={group.id ?? ''} />
                </Stack>
            </div>
            {open && <GroupForm group={group} onClose={() => setOpen(false)} done={reload} />}
        </>
    );
}

export default function Group({ id }: { id: string }) {
    const asked = useData(
        `group ${id}`,
        async (signal) => {
            const group = await call(api.GET('/api/v1/groups/{id}', { params: { path: { id } }, signal }));
            return { group, since: (await managedSince('group', signal)).get(id) };
        },
        { topics: ['people'] },
    );
    return (
        <>
            {!asked.data && <PageHead title={t.people.title.groups} back={back()} />}
            <Loaded of={asked}>
                {({ group, since }) => <Page group={group} since={since} reload={asked.reload} />}
            </Loaded>
        </>
    );
}
