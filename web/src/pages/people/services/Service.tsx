// SPDX-License-Identifier: Apache-2.0
// One account of a program: its groups, and by what it proves itself.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../../api/client.ts';
import { managedSince } from '../../../api/all.ts';
import { useData } from '../../../api/data.ts';
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
    Menu,
    PageHead,
    Stack,
    Time,
    confirm,
    toast,
} from '../../../ui/index.ts';
import { LinksCard } from '../LinksCard.tsx';
import { Memberships } from '../Memberships.tsx';
import { mayChange, roleName } from '../Roles.tsx';
import { AccountState } from '../State.tsx';
import { EditService } from './EditService.tsx';
import { asFiles } from './files.ts';
import { Keys } from './Keys.tsx';
import { Tokens } from './Tokens.tsx';

type Account = Shape<'ServiceAccount'>;

const write = (account: Account): boolean => may('service-account:write') && mayChange(account.roles);

const back = () => ({ href: '/people/services', label: t.people.title.services });

function Acts({ account, reload }: { account: Account; reload: () => void }) {
    const [open, setOpen] = useState(false);
    const name = account.name ?? '';
    const params = { path: { id: account.id ?? '' } };
    const setStatus = async (status: 'active' | 'disabled'): Promise<void> => {
        const act = () => call(api.PATCH('/api/v1/service-accounts/{id}', { params, body: { status } }));
        if (
            status === 'disabled' &&
            !(await confirm({
                title: t.people.disableAsk(name),
                text: t.people.disableText,
                yes: t.people.disable,
                danger: true,
                act,
            }))
        )
            return;
        if (status === 'active') await act().catch((thrown: unknown) => toast.bad(problemOf(thrown)));
        reload();
    };
    const remove = async (): Promise<void> => {
        const act = () => call(api.DELETE('/api/v1/service-accounts/{id}', { params }));
        if (
            await confirm({
                title: t.people.deleteAsk(name),
                text: t.services.deleteText,
                yes: t.people.delete,
                danger: true,
                typed: name,
                act,
            })
        )
            navigate('/people/services');
    };
    return (
        <>
            <Button icon="edit" onClick={() => setOpen(true)}>
                {t.people.edit}
            </Button>
            <Menu
                label={t.people.more}
                items={[
                    account.status === 'disabled'
                        ? {
                              key: 'enable',
                              label: t.people.enable,
                              icon: 'play',
                              onSelect: () => void setStatus('active'),
                          }
                        : {
                              key: 'disable',
                              label: `${t.people.disable}…`,
                              icon: 'pause',
                              danger: true,
                              onSelect: () => void setStatus('disabled'),
                          },
                    {
                        key: 'delete',
                        label: `${t.people.delete}…`,
                        icon: 'remove',
                        danger: true,
                        onSelect: () => void remove(),
                    },
                ]}
            />
            {open && <EditService account={account} onClose={() => setOpen(false)} done={reload} />}
        </>
    );
}

/** What this program has and did, on the pages that know it. */
function Links({ id }: { id: string }) {
    const words = t.people.does;
    return (
        <LinksCard
            title={words.title}
            links={[
                may('access-rule:read') && { href: `/applications/explain?service=${id}`, label: words.applications },
                may('tool:read') && { href: `/permissions?subject=service-account:${id}`, label: words.tools },
                may('audit:read') && { href: `/audit?actor=${id}`, label: words.audit },
            ]}
        />
    );
}

export default function Service({ id }: { id: string }) {
    const asked = useData(
        `service ${id}`,
        async (signal) => {
            const account = await call(api.GET('/api/v1/service-accounts/{id}', { params: { path: { id } }, signal }));
            return { account, since: (await managedSince('service-account', signal)).get(id) };
        },
        { topics: ['people'] },
    );
    return (
        <>
            {!asked.data && <PageHead title={t.people.title.services} back={back()} />}
            <Loaded of={asked}>
                {({ account, since }) => (
                    <>
                        <PageHead
                            title={account.name}
                            back={back()}
                            mark={<AccountState status={account.status} />}
                            actions={!since && write(account) && <Acts account={account} reload={asked.reload} />}
                        />
                        {since && <ManagedBy object={asFiles(account)} since={since} />}
                        <div class="page-parts">
                            <Stack>
                                <Tokens id={id} name={account.name ?? ''} write={write(account)} />
                                <Keys id={id} name={account.name ?? ''} write={write(account)} />
                            </Stack>
                            <Stack>
                                <Card title={t.people.facts} icon="robot">
                                    <KeyValue
                                        pairs={[
                                            [
                                                t.people.column.roles,
                                                account.roles?.length ? (
                                                    <Stack as="row">
                                                        {account.roles.map((role) => (
                                                            <Badge key={role}>{roleName(role)}</Badge>
                                                        ))}
                                                    </Stack>
                                                ) : (
                                                    t.people.none
                                                ),
                                            ],
                                            [t.people.column.created, <Time at={account.created_at} full />],
                                            [t.people.column.id, <Id id={id} />],
                                        ]}
                                    />
                                </Card>
                                <Links id={id} />
                                <Memberships
                                    kind="service"
                                    id={id}
                                    name={account.name ?? ''}
                                    fixed={since !== undefined}
                                    done={asked.reload}
                                />
                            </Stack>
                        </div>
                    </>
                )}
            </Loaded>
        </>
    );
}
