// SPDX-License-Identifier: Apache-2.0
// The server itself: version, health, room; and every metric as a table.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { bytes, number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Card, KeyValue, Loaded, Note, SearchInput, Stack, Status, Time } from '../../ui/index.ts';
import { familiesOf, labelsText, matching, type Family } from './metrics.ts';

/** In words, what is known of why it is not well. */
function stateOf({ status = '', reason }: Shape<'Health'>): string {
    const states: Record<string, string> = t.admin.operation.states;
    const state = reason ?? status ?? '';
    return states[state] ?? state;
}

function Server() {
    const words = t.admin.operation;
    const health = useData('admin/health', (signal) => call(api.GET('/api/v1/health', { signal })));
    const stats = useData('admin/stats', (signal) => call(api.GET('/api/v1/admin/stats', { signal })), {
        topics: ['admin'],
    });
    const server = stats.data?.server;
    const lost = server?.log_lost ?? 0;
    return (
        <Card title={words.server} icon="server">
            <Loaded of={health}>
                {(now) => (
                    <KeyValue
                        wide
                        pairs={[
                            [words.health, <Status tone={now.status === 'ok' ? 'good' : 'bad'}>{stateOf(now)}</Status>],
                            [words.version, <code>{now.version}</code>],
                            [words.started, server ? <Time at={server.started_at} full /> : undefined],
                            [words.databaseSize, server ? bytes(server.database_bytes ?? 0) : undefined],
                            [words.diskFree, server ? bytes(server.disk_free_bytes ?? 0) : undefined],
                            [words.memory, server ? bytes(server.memory_bytes ?? 0) : undefined],
                            [words.logs, server ? bytes(server.log_bytes ?? 0) : undefined],
                            [words.organisations, server ? number(server.organisations ?? 0) : undefined],
                            [words.sessions, server ? number(server.sessions ?? 0) : undefined],
                            [words.clients, server ? number(server.mcp_sessions ?? 0) : undefined],
                            [words.events, server ? number(server.audit_events ?? 0) : undefined],
                        ]}
                    />
                )}
            </Loaded>
            {lost > 0 && <Note tone="warn">{words.logLost(lost)}</Note>}
        </Card>
    );
}

function Rows({ family }: { family: Family }) {
    return (
        <>
            {family.samples.map((one) => (
                <tr key={`${one.name} ${labelsText(one.labels)}`}>
                    <th scope="row" title={family.help}>
                        <code>{one.name.split(/(?<=_)/).map((word) => [word, <wbr />])}</code>
                    </th>
                    <td>{labelsText(one.labels)}</td>
                    <td class="figure">{number(one.value)}</td>
                </tr>
            ))}
        </>
    );
}

function Metrics() {
    const words = t.admin.metrics;
    const [search, setSearch] = useState('');
    const asked = useData('admin/metrics', (signal) => call(api.GET('/api/v1/admin/metrics', { signal })));
    const families = useMemo(() => matching(familiesOf(asked.data?.families), search), [asked.data, search]);
    if (asked.error?.status === 403) return null; // of the whole server: for who runs it
    return (
        <Card
            title={words.title}
            intro={words.intro}
            icon="activity"
            actions={<SearchInput label={words.search} value={search} onInput={setSearch} />}
        >
            <Loaded of={asked}>
                {() => (
                    <div class="figures metrics" tabIndex={0} role="region" aria-label={words.intro}>
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{words.name}</th>
                                    <th scope="col">{words.labels}</th>
                                    <th scope="col" class="figure">
                                        {words.value}
                                    </th>
                                </tr>
                            </thead>
                            <tbody>
                                {families.map((family) => (
                                    <Rows key={family.name} family={family} />
                                ))}
                            </tbody>
                        </table>
                    </div>
                )}
            </Loaded>
        </Card>
    );
}

export default function Operation() {
    return (
        <Stack>
            <Server />
            <Metrics />
        </Stack>
    );
}
