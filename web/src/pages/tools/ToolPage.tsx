// SPDX-License-Identifier: Apache-2.0
// One tool: what it says of itself, whether that is what was approved, who may call it, and a try of it.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Card, CodeBlock, lazy, Loaded, Note, PageHead, Tabs } from '../../ui/index.ts';
import { serverPath, useServer, type Server, type Tool } from './data.ts';
import { definitionOf } from './definition.ts';
import { Pending } from './Pending.tsx';
import { Missing } from './ServerPage.tsx';
import { ToolClass, ToolState } from './ServerTools.tsx';
import { ToolSettings } from './ToolSettings.tsx';
import './tools.css';

const Tester = lazy(() => import('./Tester.tsx'));
const WhoMay = lazy(() => import('./WhoMay.tsx'));

export default function ToolPage({ server: name, tool }: { server: string; tool: string }) {
    const server = useServer(name);
    const known = {
        ...server,
        data: server.data === undefined && !server.loading && !server.error ? null : server.data,
    };
    return (
        <Loaded of={known}>
            {(line) =>
                line ? (
                    <One server={line.server} name={tool} running={line.server.status !== 'disabled'} />
                ) : (
                    <Missing name={name} />
                )
            }
        </Loaded>
    );
}

/** What the server says of the tool, and in which form. */
function Definition({ tool }: { tool: Tool }) {
    const words = t.tools.tool;
    const said = definitionOf(tool);
    if (!said) return null;
    const hints = Object.entries(said.annotations).filter(([, value]) => typeof value === 'boolean');
    return (
        <Card title={words.definition}>
            <p class="tool-text">{said.description || <span class="muted">{words.noDescription}</span>}</p>
            {hints.length > 0 && (
                <p class="hints">
                    {hints.map(([name, value]) => (
                        <Badge key={name}>
                            {name}: {String(value)}
                        </Badge>
                    ))}
                </p>
            )}
            <details class="more">
                <summary>{words.input}</summary>
                <CodeBlock text={JSON.stringify(said.input, null, 2)} label={words.input} />
            </details>
            {said.output && (
                <details class="more">
                    <summary>{words.output}</summary>
                    <CodeBlock text={JSON.stringify(said.output, null, 2)} label={words.output} />
                </details>
            )}
        </Card>
    );
}

/** Of a short story; a long one is told under "About". */
const firstLine = (text = ''): string => text.split('\n', 1).find((line) => line.length <= 160) ?? '';

function One({ server, name, running }: { server: Server; name: string; running: boolean }) {
    const path = { id: server.id ?? '', name };
    const found = useData(
        `tool ${server.id} ${name}`,
        (signal) => call(api.GET('/api/v1/gateway/servers/{id}/tools/{name}', { params: { path }, signal })),
        { topics: ['tools'] },
    );
    const title = (
        <>
            <span class="muted">{server.name}/</span>
            {name}
        </>
    );
    const introOf = (tool: Tool): string => {
        const said = definitionOf(tool);
        return said?.title || firstLine(said?.description);
    };
    const back = { href: serverPath(server.name ?? ''), label: server.name ?? '' };
    return (
        <Loaded of={found}>
            {(tool) => {
                const callable = tool.state === 'active' && running;
                return (
                    <>
                        <PageHead
                            title={title}
                            back={back}
                            mark={
                                <>
                                    <ToolClass tool={tool} />
                                    <ToolState tool={tool} />
                                </>
                            }
                            intro={introOf(tool)}
                        />
                        {tool.state === 'gone' && (
                            <Note tone="info" title={t.tools.pins.gone}>
                                {t.tools.pinWhy.gone}
                            </Note>
                        )}
                        {tool.state === 'quarantined' && <Pending server={server} tool={tool} done={found.reload} />}
                        <Tabs
                            label={name}
                            items={[
                                callable && {
                                    key: 'try',
                                    label: t.tools.tool.try,
                                    content: () => <Tester server={server} tool={tool} />,
                                },
                                {
                                    key: 'about',
                                    label: t.tools.tool.about,
                                    content: () => (
                                        <>
                                            <Definition tool={tool} />
                                            {may('server:write') && (
                                                <ToolSettings server={server} tool={tool} done={found.reload} />
                                            )}
                                        </>
                                    ),
                                },
                                may('tool:read') && {
                                    key: 'who',
                                    label: t.tools.whoMay,
                                    content: () => <WhoMay server={server} tool={tool} />,
                                },
                            ]}
                        />
                    </>
                );
            }}
        </Loaded>
    );
}
