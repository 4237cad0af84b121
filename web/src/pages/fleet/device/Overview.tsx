// SPDX-License-Identifier: Apache-2.0
// What is known of a device, in the order in which somebody asks.
import type { ComponentChildren } from 'preact';
import { list, number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Badge, Card, Copy, Icon, Id, KeyValue, Stack, Status, Time, lazy } from '../../../ui/index.ts';
import type { DeviceRow } from '../device.ts';

const Requests = lazy<{ device: DeviceRow; done: () => void }>(() => import('../lobby/Requests.tsx'), ['lobby']);

/** The members of an object of free form, as text. */
export const textsOf = (value: unknown): [string, string][] =>
    value && typeof value === 'object'
        ? Object.entries(value).map(([name, member]) => [
              name,
              typeof member === 'string' ? member : JSON.stringify(member),
          ])
        : [];

export function Labels({ labels }: { labels: unknown }) {
    const pairs = textsOf(labels);
    if (pairs.length === 0) return <span class="muted">{t.device.facts.noLabels}</span>;
    return (
        <span class="words">
            {pairs.map(([name, value]) => (
                <a key={name} href={`/fleet?label=${encodeURIComponent(`${name}=${value}`)}`}>
                    <Badge>
                        {name}={value}
                    </Badge>
                </a>
            ))}
        </span>
    );
}

function Groups({ groups }: { groups: readonly string[] | undefined }) {
    if (!groups?.length) return <span class="muted">{t.device.facts.noGroups}</span>;
    return (
        <span class="words">
            {groups.map((group) => (
                <a key={group} href={`/fleet?group=${encodeURIComponent(group)}`}>
                    <Badge>{group}</Badge>
                </a>
            ))}
        </span>
    );
}

function Owner({ device }: { device: DeviceRow }) {
    if (!device.user_id) return <span class="muted">{t.fleet.nobody}</span>;
    const name = device.user_name ?? device.user_id;
    return may('user:read') ? <a href={`/people/${device.user_id}`}>{name}</a> : <>{name}</>;
}

function Machine({ device }: { device: DeviceRow }) {
    const words = t.device.facts;
    return (
        <Card title={words.machine} icon="device">
            <KeyValue
                pairs={[
                    [
                        words.machineId,
                        <span class="id">
                            <code>{device.machine_id}</code>
                            <Copy text={device.machine_id ?? ''} />
                        </span>,
                    ],
                    [words.hostname, device.hostname ?? ''],
                    [words.system, device.os ?? ''],
                    [words.kind, device.type ?? ''],
                    [words.client, device.client_version ?? ''],
                    [words.fingerprint, device.fingerprint ? <code>{device.fingerprint}</code> : undefined],
                    [words.id, <Id id={device.id ?? ''} />],
                    [words.created, <Time at={device.created_at} />],
                    [words.enrolled, <Time at={device.enrolled_at} none={words.never} />],
                    [words.seen, <Time at={device.last_seen_at} none={words.never} />],
                ]}
            />
        </Card>
    );
}

function Belongs({ device }: { device: DeviceRow }) {
    const words = t.device.facts;
    return (
        <Card title={words.belongs} icon="people">
            <KeyValue
                pairs={[
                    [words.owner, <Owner device={device} />],
                    [words.groups, <Groups groups={device.groups} />],
                    [words.labels, <Labels labels={device.labels} />],
                ]}
            />
        </Card>
    );
}

const LADDER = ['token', 'software-key'] as const;

function Proves({ device }: { device: DeviceRow }) {
    const level = LADDER.find((one) => one === device.credential_level) ?? 'none';
    const words = t.device.levels[level];
    return (
        <Card title={t.device.facts.proves} icon="key">
            <ol class="ladder" aria-hidden="true">
                {LADDER.map((rung, at) => (
                    <li key={rung} class={level !== 'none' && at <= LADDER.indexOf(level) ? 'reached' : ''} />
                ))}
            </ol>
            <p>
                <strong>{words.title}</strong>
            </p>
            <p class="muted">{words.text}</p>
            <KeyValue
                pairs={[
                    [
                        t.device.facts.key,
                        device.key_thumbprint ? (
                            <span class="id">
                                <code class="thumb">{device.key_thumbprint}</code>
                                <Copy text={device.key_thumbprint} />
                            </span>
                        ) : undefined,
                    ],
                    [t.device.facts.rotations, device.join_seq ? number(device.join_seq) : undefined],
                ]}
            />
        </Card>
    );
}

const RESULTS = ['applied', 'failed', 'rejected'] as const;

function Configuration({ device }: { device: DeviceRow }) {
    const words = t.device.facts;
    const { config } = device;
    const result = RESULTS.find((one) => one === config?.result);
    return (
        <Card
            title={words.configuration}
            icon="policy"
            actions={<a href={`/fleet/${device.id}/config`}>{words.why}</a>}
        >
            {!result && <p class="muted">{words.nothing}</p>}
            {result && config && (
                <KeyValue
                    pairs={[
                        [
                            words.result,
                            <Status tone={result === 'applied' ? 'good' : 'bad'}>{t.device.result[result]}</Status>,
                        ],
                        [words.version, config.version ?? ''],
                        [t.device.reason, config.reason ?? undefined],
                        [words.at, <Time at={config.acked_at} />],
                        [
                            words.drift,
                            config.drift_count ? (
                                <>
                                    <Icon name="warn" size={16} /> {list(config.drift ?? [])} (
                                    {number(config.drift_count)})
                                </>
                            ) : undefined,
                        ],
                        [words.driftAt, config.drifted_at ? <Time at={config.drifted_at} /> : undefined],
                    ]}
                />
            )}
        </Card>
    );
}

function Free({ title, icon, value }: { title: string; icon: 'info' | 'activity'; value: unknown }): ComponentChildren {
    const pairs = textsOf(value);
    if (pairs.length === 0) return null;
    return (
        <Card title={title} icon={icon}>
            <KeyValue pairs={pairs} />
        </Card>
    );
}

export function Overview({ device, reload }: { device: DeviceRow; reload: () => void }) {
    return (
        <Stack>
            {(device.requests?.length ?? 0) > 0 && <Requests device={device} done={reload} />}
            <div class="facts">
                <Machine device={device} />
                <Configuration device={device} />
                <Belongs device={device} />
                <Free title={t.device.facts.metrics} icon="activity" value={device.metrics} />
                <Proves device={device} />
                <Free title={t.device.facts.says} icon="info" value={device.metadata} />
            </div>
        </Stack>
    );
}
