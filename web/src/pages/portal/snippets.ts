// SPDX-License-Identifier: Apache-2.0
// The settings of usual clients, as their own documentation has them: those that open the sign-in page by themselves, and those that take a header.
import type enPortal from '../../i18n/parts/portal.en.ts';

interface Snippet {
    key: string;
    label: string;
    text: string;
    hint: string;
    wrap?: boolean;
}

type Words = Pick<(typeof enPortal)['connect'], 'hints' | 'n8n'>;

const NAME = 'seneschal';
const BEARER = { Authorization: 'Bearer TOKEN' };

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const servers = (value: object): string => json({ mcpServers: { [NAME]: value } });

/** mcp-remote speaks plain HTTP with this machine alone, unless it is told. */
const bridgeOf = (url: string): string[] => {
    const { protocol, hostname } = new URL(url);
    const near = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return ['-y', 'mcp-remote', url, ...(protocol === 'http:' && !near ? ['--allow-http'] : [])];
};

export function signingIn(origin: string, { hints, n8n }: Words): Snippet[] {
    const url = `${origin}/mcp`;
    return [
        {
            key: 'claude',
            label: 'Claude Code',
            hint: hints.claude,
            text: `claude mcp add --transport http ${NAME} ${url}`,
            wrap: true,
        },
        {
            key: 'desktop',
            label: 'Claude Desktop',
            hint: hints.desktop,
            text: servers({ command: 'npx', args: bridgeOf(url) }),
        },
        {
            key: 'vscode',
            label: 'VS Code',
            hint: hints.vscode,
            text: json({ servers: { [NAME]: { type: 'http', url } } }),
        },
        { key: 'cursor', label: 'Cursor', hint: hints.cursor, text: servers({ url }) },
        { key: 'n8n', label: 'n8n', hint: hints.n8n, text: n8n(url), wrap: true },
        { key: 'json', label: 'JSON', hint: hints.json, text: servers({ type: 'http', url }) },
    ];
}

export function withToken(origin: string, { hints }: Words): Snippet[] {
    const url = `${origin}/mcp`;
    return [
        { key: 'lmstudio', label: 'LM Studio', hint: hints.lmstudio, text: servers({ url, headers: BEARER }) },
        {
            key: 'json',
            label: 'JSON',
            hint: hints.json,
            text: servers({ type: 'http', url, headers: BEARER }),
        },
        {
            key: 'claude',
            label: 'Claude Code',
            hint: hints.terminal,
            text: `claude mcp add --transport http ${NAME} ${url} --header "Authorization: ${BEARER.Authorization}"`,
            wrap: true,
        },
        {
            key: 'curl',
            label: 'curl',
            hint: hints.curl,
            text: `curl -H "Authorization: ${BEARER.Authorization}" --json '{}' ${origin}/api/v1/mcp/tools/list`,
            wrap: true,
        },
    ];
}
