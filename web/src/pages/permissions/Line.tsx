// SPDX-License-Identifier: Apache-2.0
// One pattern or tool: what its subject says of it, and what holds in the end.
import { useState } from 'preact/hooks';
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Icon, IconButton, Menu } from '../../ui/index.ts';
import { CLASS_TONES, toolPath } from '../tools/data.ts';
import type { PermissionRow } from '../tools/who.ts';
import type { ToolRow } from './data.ts';
import { FLAGS, FLAG_OF, type Flag, type Level, type Rule, type Said } from './model.ts';
import { Now } from './Now.tsx';

const ICONS = { yes: 'check', no: 'close', none: 'off' } as const;
const stateOf = (said: Said): keyof typeof ICONS => (said === null ? 'none' : said ? 'yes' : 'no');

interface LineProps {
    pattern: string;
    tool: ToolRow | undefined;
    own: Level;
    row: PermissionRow | undefined;
    /** Files stand behind the row: nobody changes it here. */
    managed: boolean;
    changed: Partial<Rule> | undefined;
    verdict: Shape<'PermissionVerdict'> | undefined;
    drafted: Shape<'PermissionVerdict'> | undefined;
    onCycle: (flag: Flag) => void;
    onWhy?: () => void;
    onConditions: () => void;
}

/** Three states, one button: each press is the next. What it inherits stands behind in grey. */
function Cell({ flag, p }: { flag: Flag; p: LineProps }) {
    const words = t.permissions;
    const said = p.own.get(p.pattern)?.[flag] ?? null;
    const state = stateOf(said);
    const moot =
        p.tool !== undefined && flag !== 'is_enabled' && flag !== 'approval' && FLAG_OF[p.tool.access] !== flag;
    const name = words.flags[flag];
    const says = words.saidOf[flag === 'approval' ? 'approval' : 'access'][state];
    const label = words.cell(name, p.pattern, says);
    const classes = ['perm-cell', state, moot && 'moot', p.changed && flag in p.changed && 'changed']
        .filter(Boolean)
        .join(' ');
    return (
        <button
            type="button"
            class={classes}
            data-said={says}
            aria-label={label}
            title={moot && p.tool ? words.moot(t.tools.classes[p.tool.access]) : label}
            disabled={!may('tool:write') || p.managed}
            onClick={() => p.onCycle(flag)}
        >
            <span class="perm-flag" aria-hidden="true">
                {name}
            </span>
            <Icon name={ICONS[state]} size={16} />
        </button>
    );
}

function Name({ p }: { p: LineProps }) {
    const words = t.permissions;
    const conditions = (Array.isArray(p.row?.arguments) ? p.row.arguments.length : 0) + (p.row?.device ? 1 : 0);
    const marks = (
        <>
            {conditions > 0 && <Badge title={words.conditionsWhy}>{words.conditions(conditions)}</Badge>}
            {p.managed && <Badge title={words.managedRow}>{words.files}</Badge>}
        </>
    );
    if (!p.tool)
        return (
            <span class="perm-name">
                <code>{p.pattern}</code>
                <span class="muted">
                    {p.pattern === '*'
                        ? words.patterns.all
                        : p.pattern.startsWith('own:')
                          ? words.patterns.homes
                          : words.patterns.server}
                </span>
                {marks}
            </span>
        );
    return (
        <span class="perm-name">
            <a href={toolPath(p.tool.server, p.tool.name)}>
                <code>{p.tool.name}</code>
            </a>
            <Badge tone={CLASS_TONES[p.tool.access] ?? 'off'}>{t.tools.classes[p.tool.access]}</Badge>
            {marks}
            {p.tool.state === 'quarantined' && <Badge tone="warn">{t.tools.pins.quarantined}</Badge>}
        </span>
    );
}

/** What it says in few words: on phones, where the cells are folded away. */
function Brief({ p }: { p: LineProps }) {
    const words = t.permissions;
    const rule = p.own.get(p.pattern);
    const said = FLAGS.filter((flag) => typeof rule?.[flag] === 'boolean');
    return (
        <span class="perm-brief muted">
            {said.length === 0
                ? words.saidOf.access.none
                : said.map((flag) => words.flagIs(words.flags[flag], rule?.[flag] === true)).join(', ')}
        </span>
    );
}

export function Line(p: LineProps) {
    const words = t.permissions;
    const [open, setOpen] = useState(false);
    const classes = ['perm-row', !p.tool && 'pattern', open && 'open', p.changed && 'touched'].filter(Boolean);
    return (
        <div class={classes.join(' ')} role="group" aria-label={p.pattern}>
            <Name p={p} />
            <span class="perm-fold">
                <IconButton
                    kind="link"
                    icon={open ? 'up' : 'down'}
                    label={open ? words.fold(p.pattern) : words.unfold(p.pattern)}
                    aria-expanded={open}
                    onClick={() => setOpen(!open)}
                />
            </span>
            <Brief p={p} />
            {FLAGS.map((flag) => (
                <Cell key={flag} flag={flag} p={p} />
            ))}
            <span class="perm-now">{p.tool && <Now saved={p.verdict} drafted={p.drafted} />}</span>
            <span class="perm-more">
                {p.onWhy && (
                    <IconButton small kind="link" icon="why" label={words.whyOf(p.pattern)} onClick={p.onWhy} />
                )}
                {may('tool:write') && !p.managed && (
                    <Menu
                        small
                        kind="link"
                        label={words.moreOf(p.pattern)}
                        items={[
                            {
                                key: 'conditions',
                                label: words.conditionsTitle,
                                icon: 'filter',
                                onSelect: p.onConditions,
                            },
                        ]}
                    />
                )}
            </span>
        </div>
    );
}
