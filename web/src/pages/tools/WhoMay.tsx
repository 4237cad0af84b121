// SPDX-License-Identifier: Apache-2.0
// All that permissions say about one tool, the most telling first.
import { readAll } from '../../api/all.ts';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Button, Card, Empty, Loaded, Status } from '../../ui/index.ts';
import type { Server, Tool } from './data.ts';
import { rowsFor, SAYS_TONES, saysOf, subjectKey, type PermissionRow } from './who.ts';

function Row({ row, kind }: { row: PermissionRow; kind: 'READ' | 'WRITE' | 'EXECUTE' }) {
    const words = t.tools.who;
    const says = saysOf(row, kind);
    const name = row.subject_kind === 'default' ? words.everybody : (row.subject_name ?? words.gone);
    const query = new URLSearchParams({ subject: subjectKey(row) });
    return (
        <li class="who-row">
            <a href={`/permissions?${query}`}>{name}</a>
            <span class="muted">{words.kinds[(row.subject_kind ?? 'default') as keyof typeof words.kinds]}</span>
            <Status tone={SAYS_TONES[says]}>{words.says[says]}</Status>
            <span class="who-more">
                <code>{row.tool}</code>
                {row.approval === true && <Badge tone="warn">{t.tools.asks}</Badge>}
                {Array.isArray(row.arguments) && row.arguments.length > 0 && (
                    <Badge>{words.onArguments(row.arguments.length)}</Badge>
                )}
                {row.device && <Badge>{words.onDevice}</Badge>}
            </span>
        </li>
    );
}

export default function WhoMay({ server, tool }: { server: Server; tool: Tool }) {
    const words = t.tools.who;
    const rows = useData(
        'permissions all',
        (signal) => readAll((query) => call(api.GET('/api/v1/permissions', { params: { query }, signal }))),
        { topics: ['permissions', 'tools'] },
    );
    const kind = (tool.class ?? 'WRITE') as 'READ' | 'WRITE' | 'EXECUTE';
    const query = new URLSearchParams({ server: server.name ?? '', search: tool.name ?? '' });
    const change = may('tool:write') && (
        <Button kind="primary" icon="permission" href={`/permissions?${query}`}>
            {words.change}
        </Button>
    );
    return (
        <Card title={words.title} intro={words.intro} actions={change}>
            <p>{words.builtIn[kind]}</p>
            <Loaded of={rows}>
                {(all) => {
                    const mine = rowsFor(all, server.name ?? '', tool.name ?? '');
                    return mine.length === 0 ? (
                        <Empty icon="permission" title={words.none}>
                            {words.noneText}
                        </Empty>
                    ) : (
                        <ul class="who-rows">
                            {mine.map((row) => (
                                <Row key={row.id} row={row} kind={kind} />
                            ))}
                        </ul>
                    );
                }}
            </Loaded>
        </Card>
    );
}
