// SPDX-License-Identifier: Apache-2.0
// What this server reaches out to, and whether it was there: tool servers, and one's own Home Assistants.
import type { ComponentChildren } from 'preact';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, Loaded, Stack, Status, Time } from '../../ui/index.ts';
import { stateOf, type Reach } from './reach.ts';

/** So many are looked at; the page of tools has all. */
const SERVERS = 100;

const TONES = { up: 'good', down: 'bad', off: 'off', new: 'wait' } as const;

function Lines({ children, none, action }: { children: ComponentChildren[]; none: string; action: ComponentChildren }) {
    if (children.length === 0)
        return (
            <Stack as="row">
                <span class="muted">{none}</span>
                {action}
            </Stack>
        );
    return <ul class="reach">{children}</ul>;
}

function Line({
    name,
    href,
    state,
    at,
    why,
}: {
    name: string;
    href: string;
    state: Reach;
    at: string | null | undefined;
    why: string | null | undefined;
}) {
    return (
        <li>
            <a href={href}>{name}</a>
            <Status tone={TONES[state]}>{t.dashboard.reach[state]}</Status>
            <small class="muted">
                {at ? <Time at={at} /> : null}
                {state === 'down' && why && <span class="reach-why">{why}</span>}
            </small>
        </li>
    );
}

const serverLine = (one: Shape<'Server'>) => {
    const state = stateOf(one);
    return (
        <Line
            key={one.id}
            name={one.title || one.name || ''}
            href={`/tools/${one.id}`}
            state={state}
            at={state === 'down' ? one.failed_at : one.seen_at}
            why={one.failed}
        />
    );
};

const houseLine = (one: Shape<'HomeAssistant'>) => {
    const state: Reach = one.last_status === 'ok' ? 'up' : one.last_status === 'failed' ? 'down' : 'new';
    return (
        <Line
            key={one.id}
            name={one.name ?? ''}
            href="/config"
            state={state}
            at={one.last_test}
            why={one.last_message}
        />
    );
};

function Servers() {
    const words = t.dashboard.reach;
    const asked = useData(
        'dashboard/servers',
        (signal) => call(api.GET('/api/v1/gateway/servers', { params: { query: { limit: SERVERS } }, signal })),
        { topics: ['tools'] },
    );
    const add = may('server:write') && (
        <Button small icon="add" href="/tools?new=1">
            {words.addServer}
        </Button>
    );
    return (
        <Card title={words.servers} icon="server">
            <Loaded of={asked}>
                {({ items }) => (
                    <Lines none={words.noServer} action={add}>
                        {items.map(serverLine)}
                    </Lines>
                )}
            </Loaded>
        </Card>
    );
}

function Houses() {
    const words = t.dashboard.reach;
    const asked = useData(
        'dashboard/homeassistant',
        (signal) => call(api.GET('/api/v1/config/homeassistant', { signal })),
        { topics: ['homeassistant'] },
    );
    const add = (
        <Button small icon="add" href="/config">
            {words.addHouse}
        </Button>
    );
    return (
        <Card title={words.houses} icon="home">
            <Loaded of={asked}>
                {({ items }) => (
                    <Lines none={words.noHouse} action={add}>
                        {items.map(houseLine)}
                    </Lines>
                )}
            </Loaded>
        </Card>
    );
}

export function Running() {
    return (
        <Stack as="grid">
            {may('server:read') && <Servers />}
            <Houses />
        </Stack>
    );
}
