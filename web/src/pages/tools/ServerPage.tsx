// SPDX-License-Identifier: Apache-2.0
// One server: how it does, what it is, the tools that it has shown.
import { useState } from 'preact/hooks';
import { milliseconds } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Button,
    Card,
    Copy,
    Empty,
    KeyValue,
    lazy,
    Loaded,
    ManagedBy,
    Note,
    PageHead,
    Status,
    Time,
} from '../../ui/index.ts';
import { ServerMenu } from './acts.tsx';
import { Credential } from './Credential.tsx';
import { asFile, placeOf, stateOf, useServer, type ServerLine } from './data.ts';
import { ServerTools } from './ServerTools.tsx';
import './tools.css';

const TestServer = lazy(() => import('./TestServer.tsx'));

function Facts({ line: { server, running } }: { line: ServerLine }) {
    const words = t.tools.facts;
    const secrets = [...(server.header_names ?? []), ...(server.env_names ?? [])];
    const bounded = Boolean(server.parallel_max || server.queue_max || server.timeout_ms);
    const usual = (value: number | undefined, said: (value: number) => string): string =>
        value ? said(value) : words.usual;
    return (
        <Card title={words.title}>
            <KeyValue
                pairs={[
                    [
                        words.transport,
                        t.tools.form.transports[(server.transport ?? 'http') as keyof typeof t.tools.form.transports]
                            .label,
                    ],
                    [
                        words.place,
                        <>
                            {placeOf(server)}
                            {server.url && <Copy text={server.url} />}
                        </>,
                    ],
                    [
                        words.door,
                        <>
                            <code>{`/s/${server.name}/mcp`}</code>
                            <Copy text={`${location.origin}/s/${server.name}/mcp`} />
                        </>,
                    ],
                    [words.prefix, <code>{`${server.prefix}__`}</code>],
                    [words.pinning, t.tools.form.pins[(server.pinning ?? 'new') as keyof typeof t.tools.form.pins]],
                    [
                        words.credential,
                        server.per_user
                            ? words.perUser
                            : secrets.length > 0
                              ? words.shared(secrets)
                              : words.noCredential,
                    ],
                    [words.seen, server.seen_at ? <Time at={server.seen_at} /> : t.tools.never],
                    [words.version, server.seen_version ?? null],
                    [words.calls, t.tools.load(running?.running ?? 0, running?.waiting ?? 0)],
                    [
                        words.bounds,
                        bounded &&
                            words.boundsOf(
                                usual(server.parallel_max, words.atOnce),
                                usual(server.queue_max, words.waiting),
                                usual(server.timeout_ms, milliseconds),
                            ),
                    ],
                ]}
            />
        </Card>
    );
}

export default function ServerPage({ name }: { name: string }) {
    const server = useServer(name);
    const [testing, setTesting] = useState(false);
    return (
        <Loaded
            of={{ ...server, data: server.data === undefined && !server.loading && !server.error ? null : server.data }}
        >
            {(line) => {
                if (!line) return <Missing name={name} />;
                const state = stateOf(line);
                const plain = line.server.warnings?.includes('plain-http');
                return (
                    <>
                        <PageHead
                            title={name}
                            back={{ href: '/tools', label: t.tools.servers }}
                            mark={<Status tone={state.tone}>{state.word}</Status>}
                            {...(line.server.title && { intro: line.server.title })}
                            actions={
                                may('server:write') && (
                                    <>
                                        <ServerMenu
                                            server={line.server}
                                            fixed={line.byFiles !== undefined}
                                            done={server.reload}
                                            gone={() => navigate('/tools')}
                                        />
                                        <Button kind="primary" icon="play" onClick={() => setTesting(true)}>
                                            {t.tools.test.verb}
                                        </Button>
                                    </>
                                )
                            }
                        />
                        {line.byFiles !== undefined && (
                            <ManagedBy object={asFile(line.server)} since={line.byFiles || null} />
                        )}
                        {state.tone === 'bad' && (
                            <Note tone="bad" title={t.tools.failedTitle}>
                                {state.why} <Time at={line.server.failed_at} />
                            </Note>
                        )}
                        {line.server.status === 'disabled' && <Note tone="info" title={t.tools.disabledTitle} />}
                        {plain && <Note tone="warn" title={t.tools.form.plain} />}
                        <ServerTools line={line} />
                        <Facts line={line} />
                        {line.server.per_user && <Credential server={line.server} />}
                        {testing && (
                            <TestServer
                                server={line.server}
                                onClose={() => {
                                    setTesting(false);
                                    server.reload();
                                }}
                            />
                        )}
                    </>
                );
            }}
        </Loaded>
    );
}

export function Missing({ name }: { name: string }) {
    return (
        <>
            <PageHead title={name} back={{ href: '/tools', label: t.tools.servers }} />
            <Empty
                icon="server"
                title={t.tools.missing(name)}
                action={
                    <Button kind="primary" href="/tools">
                        {t.tools.toServers}
                    </Button>
                }
            >
                {t.tools.missingText}
            </Empty>
        </>
    );
}
