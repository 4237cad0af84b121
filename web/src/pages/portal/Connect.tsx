// SPDX-License-Identifier: Apache-2.0
// How usual clients are told where the tools are.
import { t } from '../../i18n/index.ts';
import { Button, Card, CodeBlock, PageHead, Snippets, Stack, type Snippet } from '../../ui/index.ts';

const json = (value: unknown): string => JSON.stringify(value, null, 2);

function snippets(url: string): Snippet[] {
    const { hints, n8n } = t.portal.connect;
    return [
        { key: 'claude', label: 'Claude Code', hint: hints.claude, text: `claude mcp add --transport http seneschal ${url}` },
        { key: 'desktop', label: 'Claude Desktop', hint: hints.desktop, text: json({ mcpServers: { seneschal: { command: 'npx', args: ['-y', 'mcp-remote', url] } } }) },
        { key: 'vscode', label: 'VS Code', hint: hints.vscode, text: json({ servers: { seneschal: { type: 'http', url } } }) },
        { key: 'cursor', label: 'Cursor', hint: hints.cursor, text: json({ mcpServers: { seneschal: { url } } }) },
        { key: 'lmstudio', label: 'LM Studio', hint: hints.lmstudio, text: json({ mcpServers: { seneschal: { url } } }) },
        { key: 'n8n', label: 'n8n', hint: hints.n8n, text: n8n(url) },
        { key: 'json', label: 'JSON', hint: hints.json, text: json({ mcpServers: { seneschal: { type: 'http', url } } }) },
    ];
}

const withToken = (url: string): string => json({ mcpServers: { seneschal: { type: 'http', url, headers: { Authorization: 'Bearer TOKEN' } } } });

export default function Connect() {
    const words = t.portal.connect;
    const url = `${location.origin}/mcp`;
    return (
        <>
            <PageHead title={t.shell.pages.portalConnect} intro={words.intro} />
            <Stack>
                <Card title={words.address} icon="connect"><CodeBlock label={words.address} text={url} /></Card>
                <Card title={words.clients} intro={words.clientsText}><Snippets label={words.clients} items={snippets(url)} /></Card>
                <Card title={words.withToken} intro={words.withTokenText} actions={<Button small href="/portal/account">{words.makeToken}</Button>}>
                    <CodeBlock label={words.withToken} text={withToken(url)} />
                </Card>
            </Stack>
        </>
    );
}
