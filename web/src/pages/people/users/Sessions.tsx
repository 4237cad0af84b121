// SPDX-License-Identifier: Apache-2.0
// Where a person is signed in.
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Badge, Button, Card, Loaded, Time } from '../../../ui/index.ts';
import { endSessions } from './acts.ts';

type Kind = keyof typeof t.people.sessionKind;

const kindOf = (session: Shape<'Session'>): string => t.people.sessionKind[session.kind as Kind] ?? session.kind ?? '';

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
                may('user:write') && (
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
                            {items.map((session) => (
                                <li key={session.id}>
                                    <span>
                                        {kindOf(session)}
                                        <small>{[session.client, session.address].filter(Boolean).join(' · ')}</small>
                                    </span>
                                    <span>
                                        {session.methods?.map((method) => (
                                            <Badge key={method}>{method}</Badge>
                                        ))}
                                    </span>
                                    <span class="muted">
                                        {t.people.lastUsed} <Time at={session.used_at} />
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
