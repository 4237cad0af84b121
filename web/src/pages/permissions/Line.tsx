// SPDX-License-Identifier: Apache-2.0
// One pattern or tool: what its subject says of it, and what holds in the end.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Icon, IconButton, Menu, Status } from '../../ui/index.ts';
import { CLASS_TONES, toolPath } from '../tools/data.ts';
import type { PermissionRow } from '../tools/who.ts';
import { sourceText } from '../tools/Verdict.tsx';
import type { ToolRow, Whose } from './data.ts';
import { decide, FLAGS, FLAG_OF, type Flag, type Level, type Rule, type Said } from './model.ts';

const ICONS = { yes: 'check', no: 'close', none: 'off' } as const;
const stateOf = (said: Said): keyof typeof ICONS => (said === null ? 'none' : said ? 'yes' : 'no');

interface LineProps {
    pattern: string;
    tool: ToolRow | undefined;
    whose: Whose;
    own: Level;
    everybody: Level;
    row: PermissionRow | undefined;
    changed: Partial<Rule> | undefined;
    verdict: Shape<'PermissionVerdict'> | undefined;
    onCycle: (flag: Flag) => void;
    onWhy?: () => void;
    onConditions: () => void;
}

/** Three states, one button: each press is the next. What it inherits stands behind in grey. */
function Cell({ flag, p }: { flag: Flag; p: LineProps }) {
    const words = t.permissions;
    const said = p.own.get(p.pattern)?.[flag] ?? null;
    const state = stateOf(said);
    const moot = p.tool !== undefined && flag !== 'is_enabled' && flag !== 'approval' && FLAG_OF[p.tool.access] !== flag;
    const name = words.flags[flag];
    const label = words.cell(name, p.pattern, words.saidOf[flag === 'approval' ? 'approval' : 'access'][state]);
    const classes = ['perm-cell', state, moot && 'moot', p.changed && flag in p.changed && 'changed'].filter(Boolean).join(' ');
    return (
        <button type="button" class={classes} aria-label={label} title={moot && p.tool ? words.moot(t.tools.classes[p.tool.access]) : label} disabled={!may('tool:write')} onClick={() => p.onCycle(flag)}>
            <span class="perm-flag" aria-hidden="true">{name}</span><Icon name={ICONS[state]} size={16} />
        </button>
    );
}

/** What holds: by the draft where it says something, else by what the server says, else by what everybody has. */
function Now({ p, tool }: { p: LineProps; tool: ToolRow }) {
    const words = t.permissions;
    const flag = FLAG_OF[tool.access];
    const levels = p.whose.kind === 'default' ? [p.own] : [p.own, p.everybody];
    const on = decide(levels, p.pattern, 'is_enabled');
    const access = decide(levels, p.pattern, flag);
    const drafted = p.changed !== undefined;
    if (p.verdict && !drafted) {
        return <Status tone={p.verdict.allowed ? (p.verdict.needs_approval ? 'wait' : 'good') : 'bad'} title={sourceText(p.verdict.source)}>{p.verdict.allowed ? (p.verdict.needs_approval ? words.asks : words.allowed) : words.denied}</Status>;
    }
    const allowed = on.value && access.value;
    const why = !on.value ? on : access;
    const from = why.at < 0 ? words.from.builtIn : why.at === 0 && p.whose.kind !== 'default' ? words.from.own(why.pattern) : words.from.everybody(why.pattern);
    const asks = allowed && (tool.asks || decide(levels, p.pattern, 'approval').value);
    return <Status tone={allowed ? (asks ? 'wait' : 'good') : 'bad'} title={from}>{allowed ? (asks ? words.asks : words.allowed) : words.denied}</Status>;
}

function Name({ p }: { p: LineProps }) {
    const words = t.permissions;
    if (!p.tool) return <span class="perm-name"><code>{p.pattern}</code><span class="muted">{p.pattern === '*' ? words.patterns.all : p.pattern.startsWith('own:') ? words.patterns.homes : words.patterns.server}</span></span>;
    return (
        <span class="perm-name">
            <a href={toolPath(p.tool.server, p.tool.name)}><code>{p.tool.name}</code></a>
            <Badge tone={CLASS_TONES[p.tool.access] ?? 'off'}>{t.tools.classes[p.tool.access]}</Badge>
            {p.tool.state === 'quarantined' && <Badge tone="warn">{t.tools.pins.quarantined}</Badge>}
        </span>
    );
}

export function Line(p: LineProps) {
    const words = t.permissions;
    const conditions = (Array.isArray(p.row?.arguments) ? p.row.arguments.length : 0) + (p.row?.device ? 1 : 0);
    return (
        <div class={p.tool ? 'perm-row' : 'perm-row pattern'} role="group" aria-label={p.pattern}>
            <Name p={p} />
            {FLAGS.map((flag) => <Cell key={flag} flag={flag} p={p} />)}
            <span class="perm-now">{p.tool && <Now p={p} tool={p.tool} />}</span>
            <span class="perm-more">
                {conditions > 0 && <Badge title={words.conditionsWhy}>{words.conditions(conditions)}</Badge>}
                {p.onWhy && <IconButton small kind="link" icon="why" label={words.whyOf(p.pattern)} onClick={p.onWhy} />}
                {may('tool:write') && <Menu small kind="link" label={words.moreOf(p.pattern)} items={[{ key: 'conditions', label: words.conditionsTitle, icon: 'filter', onSelect: p.onConditions }]} />}
            </span>
        </div>
    );
}
