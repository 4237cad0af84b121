// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a yes: one's own, and how many wait for one's word.
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may, whoAmI } from '../../session.ts';
import { Button, Card, Empty, Loaded, PageHead, Stack, Status, Time, type Tone } from '../../ui/index.ts';
import './portal.css';

type Line = Shape<'ApprovalLine'>;

const TONES: Record<string, Tone> = { waiting: 'wait', approved: 'good', denied: 'bad', expired: 'off' };
const SHOWN = 200;

export default function Approvals() {
    const words = t.portal.approvals;
    const lines = useData(
        'portal/approvals',
        (signal) => call(api.GET('/api/v1/gateway/approvals', { params: { query: { limit: SHOWN } }, signal })),
        { topics: ['approvals'] },
    );
    return (
        <>
            <PageHead title={t.shell.pages.portalApprovals} intro={words.intro} />
            <Loaded of={lines}>{({ items = [] }) => <Lists lines={[...items].reverse()} />}</Loaded>
        </>
    );
}

function Lists({ lines }: { lines: readonly Line[] }) {
    const words = t.portal.approvals;
    const me = whoAmI().id;
    const waiting = lines.filter((line) => line.state === 'waiting');
    const decides = may('approval:decide') ? waiting.filter((line) => line.caller_id !== me) : [];
    const own = waiting.filter((line) => !decides.includes(line));
    const before = lines.filter((line) => line.state !== 'waiting' && (line.caller_id === me || !may('approval:read')));
    if (decides.length + own.length + before.length === 0)
        return (
            <Empty icon="approval" title={words.none}>
                {words.noneText}
            </Empty>
        );
    return (
        <Stack>
            {decides.length > 0 && (
                <Group
                    title={words.toDecide}
                    lines={decides}
                    action={
                        <Button kind="primary" small href="/tools?tab=approvals">
                            {words.all}
                        </Button>
                    }
                />
            )}
            {own.length > 0 && <Group title={words.yours} lines={own} />}
            {before.length > 0 && <Group title={words.history} lines={before} />}
        </Stack>
    );
}

function Group({ title, lines, action }: { title: string; lines: readonly Line[]; action?: preact.ComponentChildren }) {
    return (
        <Card title={title} actions={action}>
            <ul class="portal-list">
                {lines.map((line) => (
                    <OneCall key={line.id} line={line} />
                ))}
            </ul>
        </Card>
    );
}

function OneCall({ line }: { line: Line }) {
    const words = t.portal.approvals;
    const state = (line.state ?? 'waiting') as keyof typeof words.state;
    return (
        <li>
            <span>
                <strong>{line.tool}</strong> <span class="muted">{line.server_name}</span>
            </span>
            <Status tone={TONES[state] ?? 'off'}>{words.state[state]}</Status>
            {line.caller_name && line.caller_id !== whoAmI().id && (
                <span class="muted">{words.by(line.caller_name)}</span>
            )}
            <span class="muted">
                <Time at={line.decided_at ?? line.created_at} />
            </span>
            {line.reason && <span>{words.over[line.reason] ?? words.reason(line.reason)}</span>}
        </li>
    );
}
