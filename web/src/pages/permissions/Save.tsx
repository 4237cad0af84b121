// SPDX-License-Identifier: Apache-2.0
// Before anything is saved: who gains or loses what by it, and what is written.
import { api, call, problemOf, type Problem } from '../../api/client.ts';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { AccessDiff, Button, Dialog, ErrorBox, toast } from '../../ui/index.ts';
import { dropRow, putRows, type Drafted } from './data.ts';
import type { MatrixProps } from './Matrix.tsx';
import { levelOf, type Draft, type Flag, type Said } from './model.ts';

const BULK_MAX = 100;
const said = (value: Said): string => t.permissions.save.said[value === null ? 'none' : value ? 'yes' : 'no'];

function Written({ rows, draft }: { rows: MatrixProps['rows']; draft: Draft }) {
    const words = t.permissions.save;
    const saved = levelOf(rows);
    return (
        <ul class="perm-changes">
            {[...draft].flatMap(([tool, rule]) =>
                Object.entries(rule).map(([flag, value]) => (
                    <li key={`${tool} ${flag}`}>
                        <code>{tool}</code>{' '}
                        <span>
                            {words.change(
                                t.permissions.flags[flag as Flag],
                                said(saved.get(tool)?.[flag as Flag] ?? null),
                                said(value),
                            )}
                        </span>
                    </li>
                )),
            )}
        </ul>
    );
}

export default function Save({
    whose,
    rows,
    draft,
    drafted,
    onClose,
    onSaved,
}: Pick<MatrixProps, 'whose' | 'rows'> & {
    draft: Draft;
    drafted: Drafted;
    onClose: () => void;
    onSaved: () => void;
}) {
    const words = t.permissions.save;
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const save = async (): Promise<void> => {
        setBusy(true);
        setProblem(undefined);
        try {
            const { permissions, drop } = drafted;
            for (let at = 0; at < permissions.length; at += BULK_MAX)
                await putRows(whose.kind, whose.id, permissions.slice(at, at + BULK_MAX));
            for (const id of drop) await dropRow(id);
            toast.good(words.saved);
            onSaved();
        } catch (thrown) {
            setProblem(problemOf(thrown));
            setBusy(false);
        }
    };
    return (
        <Dialog
            wide
            title={words.title(whose.name)}
            onClose={onClose}
            onSubmit={() => void save()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button type="submit" kind="primary" busy={busy}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            {problem && <ErrorBox problem={problem} />}
            <h3>{words.effect}</h3>
            <AccessDiff
                of={`${whose.kind} ${whose.id} ${JSON.stringify(drafted)}`}
                ask={(signal) =>
                    call(
                        api.POST('/api/v1/permissions/preview', {
                            body: {
                                subject_kind: whose.kind,
                                ...(whose.kind !== 'default' && { subject_id: whose.id }),
                                ...drafted,
                            },
                            signal,
                        }),
                    )
                }
            />
            <h3>{words.written}</h3>
            <Written rows={rows} draft={draft} />
        </Dialog>
    );
}
