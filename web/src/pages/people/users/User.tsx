// SPDX-License-Identifier: Apache-2.0
// One person: what the account is, what it may do, where it is signed in.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../../api/client.ts';
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
    Menu,
    Note,
    PageHead,
    Stack,
    Time,
    toast,
} from '../../../ui/index.ts';
import { LinksCard } from '../LinksCard.tsx';
import { Memberships } from '../Memberships.tsx';
import { mayChange, roleName } from '../Roles.tsx';
import { AccountState } from '../State.tsx';
import { endSessions, recoveryLink, reject, remove, removeFactors, setStatus } from './acts.ts';
import { EditUser, LetIn, Recovery } from './dialogs.tsx';
import { Sessions } from './Sessions.tsx';

type User = Shape<'User'>;

const back = () => ({ href: '/people', label: t.people.title.users });

/** What this person has and did, on the pages that know it. */
function Links({ user }: { user: User }) {
    const words = t.people.may;
    return (
        <LinksCard
            title={words.title}
            links={[
                may('access-rule:read') && { href: `/applications/explain?user=${user.id}`, label: words.applications },
                may('tool:read') && { href: `/permissions?subject=user:${user.id}`, label: words.tools },
                may('device:read') && { href: `/fleet?user=${user.id}`, label: words.devices },
                may('audit:read') && { href: `/audit?actor=${user.id}`, label: words.audit },
            ]}
        />
    );
}

function Page({ user, reload }: { user: User; reload: () => void }) {
    const [open, setOpen] = useState<'edit' | 'let-in'>();
    const [link, setLink] = useState<Shape<'RecoveryLink'>>();
    const name = user.display_name || user.username || '';
    const write = may('user:write') && mayChange(user.roles);
    const words = t.people;
    const then = (done: Promise<boolean>, next = reload): void =>
        void done.then(
            (did) => did && next(),
            (thrown: unknown) => toast.bad(problemOf(thrown)),
        );
    const leave = () => navigate('/people');
    const recover = () => void recoveryLink(user).then(setLink, (thrown: unknown) => toast.bad(problemOf(thrown)));
    const acts = write && (
        <>
            <Button icon="edit" onClick={() => setOpen('edit')}>
                {words.edit}
            </Button>
            <Menu
                label={words.more}
                items={[
                    user.status === 'active' && {
                        key: 'recovery',
                        label: words.recovery,
                        icon: 'link',
                        onSelect: recover,
                    },
                    {
                        key: 'sessions',
                        label: `${words.sessionsEnd}…`,
                        icon: 'out',
                        onSelect: () => then(endSessions(user)),
                    },
                    {
                        key: 'factors',
                        label: `${words.factors}…`,
                        icon: 'key',
                        danger: true,
                        onSelect: () => then(removeFactors(user)),
                    },
                    user.status === 'disabled' && {
                        key: 'enable',
                        label: words.enable,
                        icon: 'play',
                        onSelect: () => then(setStatus(user, 'active')),
                    },
                    user.status === 'active' && {
                        key: 'disable',
                        label: `${words.disable}…`,
                        icon: 'pause',
                        danger: true,
                        onSelect: () => then(setStatus(user, 'disabled')),
                    },
                    {
                        key: 'delete',
                        label: `${words.delete}…`,
                        icon: 'remove',
                        danger: true,
                        onSelect: () => then(remove(user), leave),
                    },
                ]}
            />
        </>
    );
    return (
        <>
            <PageHead title={name} back={back()} mark={<AccountState status={user.status} />} actions={acts} />
            {user.status === 'pending' && (
                <Note
                    tone="warn"
                    title={words.waits.title}
                    actions={
                        write && (
                            <>
                                <Button kind="primary" onClick={() => setOpen('let-in')}>
                                    {words.validate}
                                </Button>
                                <Button onClick={() => then(reject(user), leave)}>{words.reject}…</Button>
                            </>
                        )
                    }
                >
                    {words.waits.text}
                </Note>
            )}
            <div class="page-parts">
                <Stack>
                    <Card title={words.facts} icon="portal">
                        <KeyValue
                            pairs={[
                                [words.column.username, <code>{user.username}</code>],
                                [words.column.email, user.email ?? null],
                                [
                                    words.column.roles,
                                    user.roles?.length ? (
                                        <Stack as="row">
                                            {user.roles.map((role) => (
                                                <Badge key={role}>{roleName(role)}</Badge>
                                            ))}
                                        </Stack>
                                    ) : (
                                        words.none
                                    ),
                                ],
                                [words.column.created, <Time at={user.created_at} full />],
                                [words.column.updated, <Time at={user.updated_at} />],
                                [words.column.id, <Id id={user.id ?? ''} />],
                            ]}
                        />
                    </Card>
                    <Links user={user} />
                </Stack>
                <Stack>
                    <Memberships kind="user" id={user.id ?? ''} name={name} done={reload} />
                    <Sessions user={user} />
                </Stack>
            </div>
            {open === 'edit' && <EditUser user={user} onClose={() => setOpen(undefined)} done={reload} />}
            {open === 'let-in' && <LetIn user={user} onClose={() => setOpen(undefined)} done={reload} />}
            {link && <Recovery user={user} link={link} onClose={() => setLink(undefined)} />}
        </>
    );
}

export default function User({ id }: { id: string }) {
    const asked = useData(
        `user ${id}`,
        (signal) => call(api.GET('/api/v1/users/{id}', { params: { path: { id } }, signal })),
        { topics: ['people'] },
    );
    return (
        <>
            {!asked.data && <PageHead title={t.people.title.users} back={back()} />}
            <Loaded of={asked}>{(user) => <Page user={user} reload={asked.reload} />}</Loaded>
        </>
    );
}
