// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import {
    Button,
    Card,
    CodeBlock,
    confirm,
    KeyValue,
    lazy,
    Menu,
    Note,
    Snippets,
    Status,
    Time,
    toast,
} from '../../ui/index.ts';
import type { HomeAssistant } from './index.tsx';
import { Gives } from './Gives.tsx';

const Test = lazy(() => import('./Test.tsx'));

function State({ house }: { house: HomeAssistant }) {
    const words = t.config.states;
    if (house.last_status === 'ok') return <Status tone="good">{words.ok}</Status>;
    if (house.last_status === 'failed') return <Status tone="bad">{words.failed}</Status>;
    return <Status tone="info">{words.never}</Status>;
}

/** How an assistant uses this house alone. */
function Use({ name }: { name: string }) {
    const url = `${location.origin}/s/${name}/mcp`;
    return (
        <>
            <p class="hint">{t.config.useText}</p>
            <Snippets
                label={t.config.use}
                items={[
                    { key: 'url', label: t.config.address, text: url },
                    { key: 'claude', label: 'Claude Code', text: `claude mcp add --transport http ${name} ${url}` },
                    {
                        key: 'vscode',
                        label: 'VS Code',
                        text: JSON.stringify({ servers: { [name]: { type: 'http', url } } }, null, 2),
                        hint: <code>.vscode/mcp.json</code>,
                    },
                    {
                        key: 'cursor',
                        label: 'Cursor',
                        text: JSON.stringify({ mcpServers: { [name]: { url } } }, null, 2),
                        hint: <code>.cursor/mcp.json</code>,
                    },
                ]}
            />
            <details class="more">
                <summary>{t.config.together}</summary>
                <CodeBlock text={`${location.origin}/mcp`} label={t.config.together} />
            </details>
        </>
    );
}

export function House({ house, onEdit, done }: { house: HomeAssistant; onEdit: () => void; done: () => void }) {
    const words = t.config;
    const [testing, setTesting] = useState(false);
    const name = house.name ?? '';
    const remove = async (): Promise<void> => {
        const yes = await confirm({
            title: words.deleteAsk(name),
            text: words.deleteText,
            yes: words.delete,
            danger: true,
            typed: name,
            act: () =>
                call(api.DELETE('/api/v1/config/homeassistant/{id}', { params: { path: { id: house.id ?? '' } } })),
        });
        if (!yes) return;
        toast.good(words.deleted(name));
        done();
    };
    return (
        <Card
            title={name}
            icon="home"
            actions={
                <>
                    <State house={house} />
                    <Button small icon="play" onClick={() => setTesting(true)}>
                        {words.test.verb}
                    </Button>
                    <Menu
                        small
                        label={words.actsOn(name)}
                        items={[
                            { key: 'edit', label: words.edit, icon: 'edit', onSelect: onEdit },
                            {
                                key: 'delete',
                                label: words.delete,
                                icon: 'remove',
                                danger: true,
                                onSelect: () => void remove(),
                            },
                        ]}
                    />
                </>
            }
        >
            {house.last_status === 'failed' && house.last_message && (
                <Note tone="bad" title={words.failedTitle}>
                    {house.last_message}
                </Note>
            )}
            {house.warnings?.includes('plain-http') && <Note tone="warn" title={words.warnings['plain-http']} />}
            <KeyValue
                pairs={[
                    [words.url, <code>{house.url}</code>],
                    [words.lastTest, <Time at={house.last_test} none={words.states.never} />],
                    [
                        words.domains,
                        house.domains_allowed?.length ? (
                            <span class="domains">
                                {house.domains_allowed.map((one) => (
                                    <span class="badge neutral" key={one}>
                                        {one}
                                    </span>
                                ))}
                            </span>
                        ) : (
                            words.allDomains
                        ),
                    ],
                ]}
            />
            <details class="more">
                <summary>{words.gives}</summary>
                <Gives name={name} />
            </details>
            <details class="more">
                <summary>{words.use}</summary>
                <Use name={name} />
            </details>
            {testing && (
                <Test
                    house={house}
                    onClose={() => {
                        setTesting(false);
                        done();
                    }}
                />
            )}
        </Card>
    );
}
