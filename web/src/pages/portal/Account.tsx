// SPDX-License-Identifier: Apache-2.0
// How one signs in, where one is signed in, and the tokens of one's programmes.
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Badge, Button, Card, confirm, Loaded, PageHead, Stack, Time } from '../../ui/index.ts';
import { agentName } from '../../ui/agent.ts';
import { Passkeys } from './Passkeys.tsx';
import { Tokens } from './Tokens.tsx';
import './portal.css';

type Session = Shape<'Session'>;

export default function Account() {
    return (
        <>
            <PageHead title={t.shell.pages.portalAccount} intro={t.portal.account.intro} />
            <Stack>
                <Factors />
                <Sessions />
                <Tokens />
            </Stack>
        </>
    );
}

function Factors() {
    const words = t.portal.account;
    const factors = useData('portal/factors', (signal) => call(api.GET('/api/v1/auth/factors', { signal })), {
        topics: ['sessions'],
    });
    return (
        <Loaded of={factors}>
            {({ totp = [], passkeys = [], recovery_codes_left: codes = 0 }) => {
                const bare = totp.length + passkeys.length === 0;
                const go = (
                    <Button kind={bare ? 'primary' : 'plain'} small href="/account/factors">
                        {bare ? words.addFactor : words.manage}
                    </Button>
                );
                return (
                    <Card title={words.factors} icon="key" actions={go}>
                        <p>{bare ? words.noFactor : words.factorsText(totp.length, passkeys.length, codes)}</p>
                        <Passkeys items={passkeys} codeless={codes === 0} reload={factors.reload} />
                    </Card>
                );
            }}
        </Loaded>
    );
}

/** The one that looks, then by when they were used. */
const newestFirst = (a: Session, b: Session): number =>
    Number(b.current) - Number(a.current) || (b.used_at ?? '').localeCompare(a.used_at ?? '');

const endOne = (one: Session) =>
    call(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id: one.id ?? '' } } }));

function Sessions() {
    const words = t.portal.account;
    const sessions = useData('portal/sessions', (signal) => call(api.GET('/api/v1/auth/sessions', { signal })), {
        topics: ['sessions'],
    });
    const end = async (one: Session) => {
        const act = () => endOne(one);
        if (await confirm({ title: words.endTitle, text: words.endText, yes: words.end, danger: true, act }))
            sessions.reload();
    };
    const others = sessions.data?.items.filter((one) => !one.current) ?? [];
    const endOthers = async () => {
        const act = () => Promise.all(others.map(endOne));
        if (
            await confirm({ title: words.endOthersTitle, text: words.endText, yes: words.endOthers, danger: true, act })
        )
            sessions.reload();
    };
    const all = others.length > 1 && (
        <Button small kind="danger" onClick={() => void endOthers()}>
            {words.endOthers}
        </Button>
    );
    return (
        <Card title={words.sessions} icon="session" actions={all}>
            <Loaded of={sessions}>
                {({ items }) => (
                    <ul class="portal-list">
                        {[...items].sort(newestFirst).map((one) => (
                            <OneSession key={one.id} one={one} end={() => void end(one)} />
                        ))}
                    </ul>
                )}
            </Loaded>
        </Card>
    );
}

function OneSession({ one, end }: { one: Session; end(): void }) {
    const words = t.portal.account;
    const kinds: Record<string, string> = words.kinds;
    const kind = kinds[one.kind ?? ''] ?? one.kind;
    const agent = agentName(one.client);
    return (
        <li>
            <span>
                <strong title={one.client ?? undefined}>{agent ?? kind}</strong>{' '}
                {one.current && <Badge tone="good">{words.thisOne}</Badge>}
                <br />
                <small class="muted">
                    {agent && one.kind !== 'browser' && `${kind} · `}
                    {one.address && `${one.address} · `}
                    {words.used} <Time at={one.used_at} />
                </small>
            </span>
            {!one.current && (
                <Button small kind="danger" onClick={end}>
                    {words.end}
                </Button>
            )}
        </li>
    );
}
