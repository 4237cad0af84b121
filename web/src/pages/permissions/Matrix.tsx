// SPDX-License-Identifier: Apache-2.0
// The tools of each server against what is said of them; changes are collected, looked at, then saved all together.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, Empty, lazy, Menu } from '../../ui/index.ts';
import type { PermissionRow } from '../tools/who.ts';
import { Line } from './Line.tsx';
import { useVerdicts, type Drafted, type ToolRow, type Verdicts, type Whose } from './data.ts';
import { FLAG_OF, levelOf, nextOf, setFlag, writesOf, type Draft, type Flag, type Said } from './model.ts';
import { Others } from './Others.tsx';
import '../../style/kit/table.css';

const Save = lazy(() => import('./Save.tsx'));
const Explain = lazy(() => import('./Explain.tsx'));
const Conditions = lazy(() => import('./Conditions.tsx'));

export interface MatrixProps {
    whose: Whose;
    rows: readonly PermissionRow[];
    tools: readonly ToolRow[];
    verdicts: Verdicts | undefined;
    /** Rows that files stand behind, by their ids. */
    managed: ReadonlyMap<string, string>;
    done: () => void;
}

const OWN_HOMES = 'own:homeassistant/*';

function Head() {
    const words = t.permissions.columns;
    return (
        <div class="perm-row perm-head" aria-hidden="true">
            <span>{words.tool}</span>
            <span>{t.tools.classes.READ}</span>
            <span>{t.tools.classes.WRITE}</span>
            <span>{t.tools.classes.EXECUTE}</span>
            <span>{words.enabled}</span>
            <span>{words.approval}</span>
            <span>{words.now}</span>
            <span />
        </div>
    );
}

export function Matrix(p: MatrixProps) {
    const words = t.permissions;
    const [draft, setDraft] = useState<Draft>(new Map());
    const [saving, setSaving] = useState(false);
    const [asked, setAsked] = useState<{ tool: ToolRow; what: 'why' } | { pattern: string; what: 'conditions' }>();
    const saved = levelOf(p.rows);
    const own = levelOf(p.rows, draft);
    const writes = writesOf(p.rows, draft);
    const drafted = { permissions: writes.put, drop: writes.drop } as Drafted;
    const then = useVerdicts(p.whose.kind, p.whose.id, draft.size > 0 ? p.tools : undefined, drafted);
    const isManaged = (pattern: string): boolean =>
        p.rows.some((one) => one.tool === pattern && p.managed.has(one.id ?? ''));
    const change = (tool: string, flag: Flag, value: Said): void =>
        setDraft((now) => setFlag(now, saved, tool, flag, value));
    const line = (pattern: string, tool?: ToolRow) => (
        <Line
            key={pattern}
            pattern={pattern}
            tool={tool}
            own={own}
            managed={isManaged(pattern)}
            row={p.rows.find((one) => one.tool === pattern)}
            changed={draft.get(pattern)}
            verdict={p.verdicts?.get(pattern)}
            drafted={then.data?.get(pattern)}
            onCycle={(flag) => change(pattern, flag, nextOf(own.get(pattern)?.[flag] ?? null))}
            {...(tool && { onWhy: () => setAsked({ tool, what: 'why' }) })}
            onConditions={() => setAsked({ pattern, what: 'conditions' })}
        />
    );
    const servers = [...new Set(p.tools.map((one) => one.server))];
    const setAll = (tools: readonly ToolRow[], value: Said): void =>
        setDraft((now) =>
            tools
                .filter((one) => !isManaged(one.tool))
                .reduce((next, one) => setFlag(next, saved, one.tool, FLAG_OF[one.access], value), now),
        );
    const after = (): void => {
        setSaving(false);
        setDraft(new Map());
        p.done();
    };
    return (
        <>
            <Card title={words.everywhere} intro={words.everywhereText} class="perm-card">
                <Head />
                {line('*')}
                {p.whose.kind !== 'device' && line(OWN_HOMES)}
            </Card>
            {servers.map((server) => {
                const tools = p.tools.filter((one) => one.server === server);
                return (
                    <Card
                        key={server}
                        title={server}
                        icon="server"
                        class="perm-card"
                        actions={
                            may('tool:write') && (
                                <Menu
                                    small
                                    label={words.setAll(server)}
                                    items={[
                                        {
                                            key: 'allow',
                                            label: words.allowAll(tools.length),
                                            icon: 'check',
                                            onSelect: () => setAll(tools, true),
                                        },
                                        {
                                            key: 'deny',
                                            label: words.denyAll(tools.length),
                                            icon: 'bad',
                                            onSelect: () => setAll(tools, false),
                                        },
                                        {
                                            key: 'inherit',
                                            label: words.inheritAll(tools.length),
                                            icon: 'undo',
                                            onSelect: () => setAll(tools, null),
                                        },
                                    ]}
                                />
                            )
                        }
                    >
                        <Head />
                        {line(`${server}/*`)}
                        {tools.map((one) => line(one.tool, one))}
                    </Card>
                );
            })}
            {p.tools.length === 0 && (
                <Empty icon="search" title={t.kit.table.nothing}>
                    {t.kit.table.nothingHint}
                </Empty>
            )}
            <Others
                rows={p.rows}
                managed={p.managed}
                known={['*', OWN_HOMES, ...servers.map((one) => `${one}/*`), ...p.tools.map((one) => one.tool)]}
                done={p.done}
            />
            {draft.size > 0 && (
                <div class="bulk-bar" role="region" aria-label={words.changes(draft.size)}>
                    <strong aria-live="polite">{words.changes(draft.size)}</strong>
                    <div class="actions">
                        <Button onClick={() => setDraft(new Map())}>{words.discard}</Button>
                        <Button kind="primary" onClick={() => setSaving(true)}>
                            {words.preview}
                        </Button>
                    </div>
                </div>
            )}
            {saving && <Save {...p} draft={draft} drafted={drafted} onClose={() => setSaving(false)} onSaved={after} />}
            {asked?.what === 'why' && (
                <Explain
                    whose={p.whose}
                    tool={asked.tool}
                    verdict={p.verdicts?.get(asked.tool.tool)}
                    onClose={() => setAsked(undefined)}
                />
            )}
            {asked?.what === 'conditions' && (
                <Conditions
                    whose={p.whose}
                    pattern={asked.pattern}
                    row={p.rows.find((one) => one.tool === asked.pattern)}
                    onClose={() => setAsked(undefined)}
                    onSaved={() => {
                        setAsked(undefined);
                        p.done();
                    }}
                />
            )}
        </>
    );
}
