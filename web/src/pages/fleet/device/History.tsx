// SPDX-License-Identifier: Apache-2.0
// What happened to a device: its lines of the record; for who may not read that, the moves that it keeps itself.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Card, Empty, Loaded, Timeline, type Happening, type IconName, type Tone } from '../../../ui/index.ts';
import type { DeviceRow } from '../device.ts';

type Event = Shape<'AuditEvent'>;
type Moves = Shape<'DeviceMove'>;

/** How a happening looks, by the last word of its name. */
const LOOKS: Record<string, readonly [IconName, Tone]> = {
    approve: ['check', 'good'],
    approved: ['check', 'good'],
    enrolled: ['check', 'good'],
    enroll: ['check', 'good'],
    adopted: ['check', 'good'],
    applied: ['good', 'good'],
    unblock: ['play', 'good'],
    unblocked: ['play', 'good'],
    reinstate: ['undo', 'good'],
    reinstated: ['undo', 'good'],
    failed: ['bad', 'bad'],
    rejected: ['warn', 'bad'],
    drifted: ['warn', 'warn'],
    block: ['pause', 'warn'],
    blocked: ['pause', 'warn'],
    revoke: ['off', 'bad'],
    revoked: ['off', 'bad'],
    refuse: ['close', 'off'],
    refused: ['close', 'off'],
    init: ['lobby', 'info'],
    requested: ['lobby', 'info'],
    rotated: ['key', 'warn'],
    delivered: ['key', 'off'],
    changed: ['edit', 'info'],
    uninstall: ['out', 'off'],
    uninstalled: ['out', 'off'],
};

function look(name: string, refused: boolean): { icon: IconName; tone: Tone } {
    const [icon, tone] = LOOKS[name.split('.').at(-1) ?? ''] ?? ['info', 'off'];
    return { icon, tone: refused ? 'bad' : tone };
}

function actorOf(kind: string | null | undefined, name: string | null | undefined): string {
    if (kind === 'device' || kind === 'none') return t.device.timeline.itself;
    return name ? t.device.timeline.by(name) : t.device.timeline.system;
}

function ofEvent(event: Event): Happening {
    const action = event.action ?? '';
    const known: Record<string, string> = t.device.timeline.actions;
    const refused = event.result === 'refused';
    const details = Object.entries(event.details ?? {})
        .filter(([name, value]) => value !== null && name !== 'etag' && name !== 'result')
        .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    return {
        key: `${event.chain} ${event.seq}`,
        at: event.at ?? '',
        ...look(action, refused),
        title: (
            <>
                {known[action] ?? <code>{action}</code>}
                {refused && <strong class="refused-word"> – {t.device.timeline.refused}</strong>}
            </>
        ),
        actor: (
            <>
                {actorOf(event.actor?.kind, event.actor?.name)}
                {event.ip && <span class="muted"> · {event.ip}</span>}
            </>
        ),
        ...((event.reason || details.length > 0) && {
            detail: (
                <>
                    {event.reason}
                    {details.length > 0 && (
                        <div>
                            <code>{details.join(' · ')}</code>
                        </div>
                    )}
                </>
            ),
        }),
    };
}

function ofMove(move: Moves, at: number): Happening {
    const known: Record<string, string> = t.device.timeline.moves;
    const name = move.move ?? '';
    return {
        key: String(at),
        at: move.at ?? '',
        ...look(name, false),
        title: known[name] ?? name,
        ...(move.actor_kind === 'device' && { actor: t.device.timeline.itself }),
        ...(move.reason && { detail: move.reason }),
    };
}

const FIRST = 30;
const MORE = 100;

function Recorded({ id }: { id: string }) {
    const [limit, setLimit] = useState(FIRST);
    const asked = useData(
        `${id} ${limit}`,
        (signal) => call(api.GET('/api/v1/admin/security/audit', { params: { query: { target: id, limit } }, signal })),
        { topics: ['devices', 'audit'] },
    );
    return (
        <Loaded of={asked}>
            {({ items = [], next_cursor: next }) =>
                items.length === 0 ? (
                    <Empty icon="activity" title={t.device.timeline.empty} />
                ) : (
                    <>
                        <Timeline label={t.device.timeline.label} items={items.map(ofEvent)} />
                        <div class="actions">
                            {next && limit < MORE && (
                                <Button onClick={() => setLimit(MORE)}>{t.device.timeline.more}</Button>
                            )}
                            <Button kind="link" icon="audit" href={`/audit?target=${id}`}>
                                {t.device.timeline.audit}
                            </Button>
                        </div>
                    </>
                )
            }
        </Loaded>
    );
}

export default function History({ device }: { device: DeviceRow }) {
    if (may('audit:read'))
        return (
            <Card>
                <Recorded id={device.id ?? ''} />
            </Card>
        );
    const moves = device.history ?? [];
    return (
        <Card intro={t.device.timeline.only}>
            {moves.length === 0 ? (
                <Empty icon="activity" title={t.device.timeline.empty} />
            ) : (
                <Timeline label={t.device.timeline.label} items={moves.map(ofMove)} />
            )}
        </Card>
    );
}
