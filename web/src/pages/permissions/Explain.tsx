// SPDX-License-Identifier: Apache-2.0
// One decision, explained: what the server says, and every row that speaks of the tool for this subject.
import { readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Badge, Button, Dialog, Loaded, Note, Status } from '../../ui/index.ts';
import { sourceText } from '../tools/Verdict.tsx';
import { rowsFor, SAYS_TONES, saysOf, type PermissionRow } from '../tools/who.ts';
import type { ToolRow, Whose } from './data.ts';

function concerns(row: PermissionRow, whose: Whose): boolean {
    if (row.subject_kind === 'default') return true;
    if (
        row.subject_kind === 'group' &&
        (whose.kind === 'user' || whose.kind === 'service-account' || whose.kind === 'device')
    )
        return true;
    return row.subject_kind === whose.kind && row.subject_id === whose.id;
}

export default function Explain({
    whose,
    tool,
    verdict,
    onClose,
}: {
    whose: Whose;
    tool: ToolRow;
    verdict: Shape<'PermissionVerdict'> | undefined;
    onClose: () => void;
}) {
    const words = t.permissions.why;
    const rows = useData('permissions all', (signal) =>
        readAll((query) => call(api.GET('/api/v1/permissions', { params: { query }, signal }))),
    );
    return (
        <Dialog
            wide
            title={words.title(tool.tool)}
            onClose={onClose}
            actions={
                <Button kind="primary" onClick={onClose}>
                    {t.kit.close}
                </Button>
            }
        >
            {verdict && (
                <Note
                    tone={verdict.allowed ? 'good' : 'bad'}
                    title={verdict.allowed ? words.allowed(whose.name) : words.denied(whose.name)}
                >
                    {t.tools.tester.because(sourceText(verdict.source))}
                </Note>
            )}
            <p>{words.order}</p>
            <Loaded of={rows}>
                {(all) => (
                    <ol class="why-rows">
                        {rowsFor(all, tool.server, tool.name)
                            .filter((row) => concerns(row, whose))
                            .map((row) => {
                                const says = saysOf(row, tool.access);
                                return (
                                    <li key={row.id}>
                                        <strong>
                                            {row.subject_kind === 'default'
                                                ? t.permissions.everybody
                                                : row.subject_name}
                                        </strong>{' '}
                                        <span class="muted">
                                            {
                                                t.tools.who.kinds[
                                                    (row.subject_kind ?? 'default') as keyof typeof t.tools.who.kinds
                                                ]
                                            }
                                        </span>
                                        <span>
                                            <code>{row.tool}</code>{' '}
                                            <Status tone={SAYS_TONES[says]}>{t.tools.who.says[says]}</Status>
                                        </span>
                                        {verdict?.rule === row.id && <Badge tone="info">{words.decides}</Badge>}
                                    </li>
                                );
                            })}
                        <li>
                            <strong>{words.builtIn}</strong> <span>{t.tools.who.builtIn[tool.access]}</span>
                            {verdict && !verdict.rule && verdict.source === 'built-in' && (
                                <Badge tone="info">{words.decides}</Badge>
                            )}
                        </li>
                    </ol>
                )}
            </Loaded>
            {(whose.kind === 'user' || whose.kind === 'device' || whose.kind === 'service-account') && (
                <p class="hint">{words.groups}</p>
            )}
        </Dialog>
    );
}
