// SPDX-License-Identifier: Apache-2.0
// A move of many devices while it goes on, and what became of it: which were not moved, and why.
import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf, wasAborted, type Problem } from '../../../api/client.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Note } from '../../../ui/index.ts';
import { matchingIds, moveDevices, type BulkMove } from './acts.ts';
import { moveAll, type Refusal, type Report } from './bulk.ts';
import type { DeviceFilter } from './query.ts';

export interface Work {
    move: BulkMove;
    reason: string;
    /** Of an approval: into these. */
    groups?: readonly string[];
    /** Their ids, or all that a filter leaves. */
    which: readonly string[] | DeviceFilter;
}

/** Refusals that are shown; the rest is counted. */
const SHOWN = 50;

const isList = (which: Work['which']): which is readonly string[] => Array.isArray(which);

function Refusals({ refused }: { refused: readonly Refusal[] }) {
    return (
        <>
            <ul class="refusals">
                {refused.slice(0, SHOWN).map(({ id, why }) => (
                    <li key={id}>
                        <a href={`/fleet/${id}`}>
                            <code>…{id.slice(-8)}</code>
                        </a>{' '}
                        {why}
                    </li>
                ))}
            </ul>
            {refused.length > SHOWN && <p class="muted">{t.fleet.report.more(refused.length - SHOWN)}</p>}
        </>
    );
}

export function BulkReport({ work, onClose }: { work: Work; onClose: () => void }) {
    const [report, setReport] = useState<Report>();
    const [problem, setProblem] = useState<Problem>();
    const [over, setOver] = useState(false);
    const abort = useRef(new AbortController());
    useEffect(() => {
        const { signal } = abort.current;
        const run = async (): Promise<void> => {
            const ids = isList(work.which) ? work.which : await matchingIds(work.which, signal);
            await moveAll(ids, (some) => moveDevices(some, work.move, work.reason, work.groups), setReport, signal);
        };
        run()
            .catch((thrown: unknown) => !wasAborted(thrown) && setProblem(problemOf(thrown)))
            .finally(() => setOver(true));
        return () => abort.current.abort();
    }, []);
    const words = t.fleet.report;
    const failed = problem ?? report?.problem;
    const left = report ? report.all - report.done - report.refused.length : 0;
    return (
        <Dialog
            title={words.title[work.move]}
            onClose={() => over && onClose()}
            actions={
                over ? (
                    <Button kind="primary" onClick={onClose}>
                        {words.close}
                    </Button>
                ) : (
                    <Button onClick={() => abort.current.abort()}>{words.stop}</Button>
                )
            }
        >
            {failed && <ErrorBox problem={failed} />}
            {!over && (
                <>
                    <progress
                        class="bulk-progress"
                        max={report?.all ?? 1}
                        value={report ? report.done + report.refused.length : undefined}
                        aria-label={words.title[work.move]}
                    />
                    <p class="muted" role="status">
                        {report
                            ? words.working(number(report.done + report.refused.length), number(report.all))
                            : words.finding}
                    </p>
                </>
            )}
            {over && report && (
                <Note
                    tone={report.refused.length > 0 || left > 0 ? 'warn' : 'good'}
                    title={words.done[work.move](report.done)}
                >
                    {left > 0 && words.left(left)}
                    {report.refused.length > 0 && (
                        <>
                            {words.failed(report.refused.length)}
                            <Refusals refused={report.refused} />
                        </>
                    )}
                </Note>
            )}
        </Dialog>
    );
}
