// SPDX-License-Identifier: Apache-2.0
// The open requests of one machine: one as a card, several beside each other with what differs marked.
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Card, Time } from '../../../ui/index.ts';
import type { DeviceRow } from '../device.ts';
import Approve from './Approve.tsx';
import { approve, refuse } from './decide.ts';
import { Odd } from './Odd.tsx';
import { differing, odditiesOf } from './oddness.ts';
import './lobby.css';

type Request = NonNullable<DeviceRow['requests']>[number];
type FieldName = keyof typeof t.lobby.field;

const FIELDS: readonly FieldName[] = [
    'code',
    'key_thumbprint',
    'address',
    'created_at',
    'expires_at',
    'user_name',
    'user_hint',
    'hostname',
    'type',
    'os',
    'client_version',
    'labels',
];

function Cell({ name, request }: { name: FieldName; request: Request }) {
    const value = request[name];
    if (name === 'code') return <code class="code-of">{request.code}</code>;
    if (name === 'created_at' || name === 'expires_at') return <Time at={request[name]} />;
    if (name === 'key_thumbprint')
        return request.key_thumbprint ? (
            <code class="thumb">{request.key_thumbprint}</code>
        ) : (
            <span class="muted">{t.lobby.noKey}</span>
        );
    if (name === 'user_name')
        return request.user_name ? (
            <>
                {request.user_name} <small>{t.lobby.proven}</small>
            </>
        ) : (
            <span class="muted">{t.lobby.nobody}</span>
        );
    if (name === 'labels')
        return (
            <>
                {Object.entries(request.labels ?? {})
                    .map(([label, word]) => `${label}=${String(word)}`)
                    .join(', ')}
            </>
        );
    return <>{typeof value === 'string' ? value : ''}</>;
}

/** Members that differ between any two requests: they say nothing about the machine. */
const ALWAYS_OTHER: readonly FieldName[] = ['code', 'created_at', 'expires_at'];

/** Members that at least one request says something about; of the code, the key, the person also nothing says something. */
const shownFields = (requests: readonly Request[]): readonly FieldName[] =>
    FIELDS.filter(
        (name) =>
            ['code', 'key_thumbprint', 'user_name'].includes(name) ||
            requests.some((one) => (name === 'labels' ? Object.keys(one.labels ?? {}).length > 0 : Boolean(one[name]))),
    );

export function Acts({ device, request, done }: { device: DeviceRow; request: Request; done: () => void }) {
    const [open, setOpen] = useState(false);
    const [busy, setBusy] = useState(false);
    if (!may('device:approve')) return null;
    const run = async (act: () => Promise<boolean>): Promise<void> => {
        setBusy(true);
        const changed = await act();
        setBusy(false);
        if (changed) done();
    };
    return (
        <div class="actions">
            <Button
                kind="primary"
                small
                icon="check"
                busy={busy}
                onClick={() => void run(() => approve(device, request))}
            >
                {t.lobby.approve}
            </Button>
            <Button small disabled={busy} onClick={() => setOpen(true)}>
                {t.lobby.approveAs}
            </Button>
            {device.requests?.length === 1 && (
                <Button small disabled={busy} onClick={() => void run(() => refuse(device))}>
                    {t.lobby.refuse}…
                </Button>
            )}
            {open && (
                <Approve
                    device={device}
                    request={request.request_id ?? ''}
                    onClose={() => setOpen(false)}
                    done={() => {
                        setOpen(false);
                        done();
                    }}
                />
            )}
        </div>
    );
}

function One({ device, request, done }: { device: DeviceRow; request: Request; done: () => void }) {
    return (
        <>
            <Odd odd={odditiesOf(device, request)} />
            <dl class="request-facts">
                {shownFields([request]).map((name) => (
                    <div key={name} class={name === 'key_thumbprint' ? 'is-wide' : ''}>
                        <dt>{t.lobby.field[name]}</dt>
                        <dd>
                            <Cell name={name} request={request} />
                        </dd>
                    </div>
                ))}
            </dl>
            <Acts device={device} request={request} done={done} />
        </>
    );
}

function Several({ device, requests, done }: { device: DeviceRow; requests: readonly Request[]; done: () => void }) {
    const other = differing(requests, ALWAYS_OTHER);
    const odd = [...new Set(requests.flatMap((request) => odditiesOf(device, request)))];
    return (
        <>
            <Odd odd={odd} />
            <p class="muted">{t.lobby.compare}</p>
            <div class="compare" tabIndex={0} role="region" aria-label={t.lobby.compare}>
                <table>
                    <thead>
                        <tr>
                            <td />
                            {requests.map((one, at) => (
                                <th key={one.request_id} scope="col">
                                    {t.lobby.request(at + 1)}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {shownFields(requests).map((name) => (
                            <tr key={name} class={other.has(name) ? 'differs' : ''}>
                                <th scope="row">{t.lobby.field[name]}</th>
                                {requests.map((one) => (
                                    <td key={one.request_id}>
                                        <Cell name={name} request={one} />
                                    </td>
                                ))}
                            </tr>
                        ))}
                        <tr>
                            <td />
                            {requests.map((one) => (
                                <td key={one.request_id}>
                                    <Acts device={device} request={one} done={done} />
                                </td>
                            ))}
                        </tr>
                    </tbody>
                </table>
            </div>
            {may('device:approve') && (
                <div class="actions">
                    <Button small onClick={() => void refuse(device).then((changed) => changed && done())}>
                        {t.lobby.refuse}…
                    </Button>
                </div>
            )}
        </>
    );
}

export function RequestsOf({ device, done }: { device: DeviceRow; done: () => void }) {
    const requests = device.requests ?? [];
    const [first] = requests;
    if (!first) return <p class="muted">{t.lobby.expired}</p>;
    return requests.length === 1 ? (
        <One device={device} request={first} done={done} />
    ) : (
        <Several device={device} requests={requests} done={done} />
    );
}

/** The same on the page of the device. */
export default function Requests({ device, done }: { device: DeviceRow; done: () => void }) {
    return (
        <Card title={t.fleet.counts.waiting} icon="lobby">
            <RequestsOf device={device} done={done} />
        </Card>
    );
}
