// SPDX-License-Identifier: Apache-2.0
// The tools that one may call, and the credentials that servers want of one.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { Button, Card, Empty, Loaded, PageHead, SearchInput, Stack, Status, Why } from '../../ui/index.ts';
import { Credentials } from './Credentials.tsx';
import './portal.css';

type Tool = Shape<'PermittedTool'>;

/** All pages of the list: a person has some hundreds at most. */
async function allTools(signal: AbortSignal): Promise<Tool[]> {
    const found: Tool[] = [];
    let cursor: string | null | undefined;
    do {
        const page = await call(api.GET('/api/v1/permissions/me', { params: { query: { limit: 500, ...(cursor && { cursor }) } }, signal }));
        found.push(...page.items);
        cursor = page.next_cursor;
    } while (cursor);
    return found;
}

export default function Tools() {
    const words = t.portal.tools;
    const tools = useData('portal/tools', allTools, { topics: ['permissions', 'tools'] });
    return (
        <>
            <PageHead title={t.shell.pages.portalTools} intro={words.intro} actions={<Button icon="connect" href="/portal/connect">{words.connect}</Button>} />
            <Stack>
                <Credentials />
                <Loaded of={tools}>{(found) => (found.length === 0
                    ? <Empty icon="tool" title={words.none} action={<Button kind="primary" href="/access">{t.portal.applications.how}</Button>}>{words.noneText}</Empty>
                    : <Servers tools={found} />)}</Loaded>
            </Stack>
        </>
    );
}

/** SERVER/TOOL: a name of a server has no slash, one of a tool may. */
const serverOf = (tool: Tool): string => (tool.tool ?? '').split('/')[0] ?? '';
const nameOf = (tool: Tool): string => (tool.tool ?? '').slice(serverOf(tool).length + 1);

function Servers({ tools }: { tools: readonly Tool[] }) {
    const words = t.portal.tools;
    const [query, setQuery] = useQuery();
    const [wanted, setWanted] = useState(query['search'] ?? '');
    const search = (text: string) => {
        setWanted(text);
        setQuery({ search: text || undefined });
    };
    const shown = tools.filter((tool) => (tool.tool ?? '').toLowerCase().includes(wanted.toLowerCase()));
    const servers = [...Map.groupBy(shown, serverOf)].sort(([a], [b]) => a.localeCompare(b));
    return (
        <>
            <SearchInput label={words.find} value={wanted} onInput={search} />
            {servers.map(([server, rows]) => (
                <Card key={server} title={server} icon="server">
                    <ul class="plain-list">{rows.map((tool) => <OneTool key={tool.id} tool={tool} />)}</ul>
                </Card>
            ))}
        </>
    );
}

/** `user`, `default`, `group NAME` and such, as a sentence. */
function reasonOf(source: string): string {
    const words = t.portal.tools;
    const known: Record<string, string> = words.why;
    return source.startsWith('group ') ? words.whyGroup(source.slice('group '.length)) : known[source] ?? words.why.other;
}

function OneTool({ tool }: { tool: Tool }) {
    const words = t.portal.tools;
    const kinds: Record<string, string> = words.klass;
    return (
        <li>
            <code>{nameOf(tool)}</code>
            <span class="muted">{kinds[tool.class ?? ''] ?? tool.class}</span>
            {tool.needs_approval ? <Status tone="wait">{words.asks}</Status> : <Status tone="good">{tool.conditional ? words.some : words.allowed}</Status>}
            {tool.source && <Why label={words.from}>{reasonOf(tool.source)}</Why>}
        </li>
    );
}
