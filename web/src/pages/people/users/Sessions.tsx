// SPDX-License-Identifier: Apache-2.0
// Where a person is signed in.
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { agentName } from '../../../ui/agent.ts';
import { Badge, Button, Card, Loaded, Time } from '../../../ui/index.ts';
import { mayChange } from '../Roles.tsx';
import { endSessions } from './acts.ts';

type Session = Shape<'Session'>;

const said = (words: Record<string, string>, key: string | null | undefined): string => words[key ?? ''] ?? key ?? '';

const newestFirst = (a: Session, b: Session): number => (b.used_at ?? '').localeCompare(a.used_at ?? '');

/** What tells it from the others: the program and the system, from where, since when and until when. */
function Which({ session }: { session: Session }) {
    const kind = said(t.people.sessionKind, session.kind);
    const agent = agentName(session.client);
    return (
        <span title={session.client ?? undefined}>
            {agent ?? kind} {session.current && <Badge tone="good">{t.people.sessionThis}</Badge>}
            <small>
                {agent && session.kind !== 'browser' && `${kind} · `}
                {session.address && `${session.address} · `}
                {t.people.sessionSince} <Time at={session.created_at} />
                <br />
                {t.people.lastUsed} <Time at={session.used_at} />
            </small>
        </span>
    );
}

export function Sessions({ user }: { user: Shape<'User'> }) {
    const id = user.id ?? '';
    const asked = useData(
        `sessions ${id}`,
        (signal) =>
            call(api.GET('/api/v1/users/{id}/sessions', { params: { path: { id }, query: { limit: 100 } }, signal })),
        { topics: ['people', 'sessions'] },
    );
    const some = (asked.data?.items?.length ?? 0) > 0;
    const end = () => void endSessions(user).then((ended) => ended && asked.reload());
    return (
        <Card
            title={t.people.sessions}
            icon="session"
            flush
            actions={
                some &&
                may('user:write') &&
                mayChange(user.roles) && (
                    <Button small onClick={end}>
                        {t.people.sessionsEnd}…
                    </Button>
                )
            }
        >
            <Loaded of={asked}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <p class="inset muted">{t.people.sessionsNone}</p>
                    ) : (
                        <ul class="plain-list">
                            {items.toSorted(newestFirst).map((session) => (
                                <li key={session.id}>
                                    <Which session={session} />
                                    <span>
                                        {session.methods?.map((method) => (
                                            <Badge key={method}>{said(t.people.proofs, method)}</Badge>
                                        ))}
                                    </span>
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
        </Card>
    );
}
