// SPDX-License-Identifier: Apache-2.0
// Before anything is saved: what is written, and who gains or loses what by it.
import { api, call, problemOf, type Problem } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Dialog, ErrorBox, Icon, Note, toast } from '../../ui/index.ts';
import { dropRow, putRows } from './data.ts';
import type { MatrixProps } from './Matrix.tsx';
import { levelOf, writesOf, type Draft, type Flag, type Said } from './model.ts';
import { gainsOf, type Gain } from './preview.ts';

const BULK_MAX = 100;
const DRAWN = { gains: 'check', loses: 'close', asks: 'approval', free: 'play' } as const;

/** Whom a change of this subject concerns, in a sentence. */
function Concerned({ whose }: { whose: MatrixProps['whose'] }) {
    const words = t.permissions.save;
    const members = useData(whose.kind === 'group' && may('group:read') ? `members ${whose.id}` : undefined, async (signal) => {
        const { items } = await call(api.GET('/api/v1/groups/{id}/members', { params: { path: { id: whose.id }, query: { limit: 500 } }, signal }));
        return items?.length ?? 0;
    });
    if (whose.kind === 'default') return <p>{words.forEverybody}</p>;
    if (whose.kind === 'group') return <p>{members.data === undefined ? words.forGroup(whose.name) : words.forMembers(whose.name, members.data)}</p>;
    return <p>{words.forOne(whose.name)}</p>;
}

function Gains({ all, whose }: { all: readonly Gain[]; whose: string }) {
    const words = t.permissions.save;
    if (all.length === 0) return <Note tone="info" title={words.noGains}>{words.noGainsText}</Note>;
    return <ul class="gains">{all.map((one) => <li key={one.tool} class={one.what}><Icon name={DRAWN[one.what]} size={18} /><span>{words.says[one.what](whose)} <code>{one.tool}</code></span></li>)}</ul>;
}

const said = (value: Said): string => t.permissions.save.said[value === null ? 'none' : value ? 'yes' : 'no'];

export default function Save(p: MatrixProps & { draft: Draft; onClose: () => void; onSaved: () => void }) {
    const words = t.permissions.save;
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const saved = levelOf(p.rows);
    const gains = gainsOf({ whose: p.whose, saved, drafted: levelOf(p.rows, p.draft), everybody: levelOf(p.defaults), verdicts: p.verdicts }, p.tools);
    const save = async (): Promise<void> => {
        setBusy(true);
        setProblem(undefined);
        try {
            const { put, drop } = writesOf(p.rows, p.draft);
            for (let at = 0; at < put.length; at += BULK_MAX) await putRows(p.whose.kind, p.whose.id, put.slice(at, at + BULK_MAX) as Parameters<typeof putRows>[2]);
            for (const id of drop) await dropRow(id);
            toast.good(words.saved);
            p.onSaved();
        } catch (thrown) {
            setProblem(problemOf(thrown));
            setBusy(false);
        }
    };
    const changes = [...p.draft].flatMap(([tool, rule]) => Object.entries(rule).map(([flag, value]) => ({ tool, flag: flag as Flag, before: saved.get(tool)?.[flag as Flag] ?? null, after: value })));
    return (
        <Dialog wide title={words.title(p.whose.name)} onClose={p.onClose} onSubmit={() => void save()} actions={
            <>
                <Button onClick={p.onClose}>{t.kit.cancel}</Button>
                <Button type="submit" kind="primary" busy={busy}>{t.kit.save}</Button>
            </>
        }>
            {problem && <ErrorBox problem={problem} />}
            <h3>{words.effect}</h3>
            <Concerned whose={p.whose} />
            <Gains all={gains} whose={p.whose.name} />
            <h3>{words.written}</h3>
            <ul class="perm-changes">
                {changes.map((one) => <li key={`${one.tool} ${one.flag}`}><code>{one.tool}</code> <span>{words.change(t.permissions.flags[one.flag], said(one.before), said(one.after))}</span></li>)}
            </ul>
        </Dialog>
    );
}
