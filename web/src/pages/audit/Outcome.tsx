// SPDX-License-Identifier: Apache-2.0
// What came of a verification: what was looked at, by whom and when, and what is wrong.
import { dateTime, number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, KeyValue, Note, Time } from '../../ui/index.ts';
import { actionName } from './actions.ts';
import type { Fault, Head } from './chain.ts';
import type { Check } from './check.ts';

function FaultLine({ fault }: { fault: Fault }) {
    const text = t.audit.verify.faults[fault.kind](number(fault.seq));
    return (
        <li>
            {text}
            {fault.action && (
                <span class="muted">
                    {' '}
                    {actionName(fault.action)}
                    {fault.at && `, ${dateTime(fault.at)}`}
                </span>
            )}
        </li>
    );
}

function Verdict({ check, kept }: { check: Check; kept: Head | undefined }) {
    const words = t.audit.verify;
    const { run, state } = check;
    const isCut = kept !== undefined && state === 'over' && !run.met;
    const wrong = run.faulty + (isCut ? 1 : 0);
    if (wrong > 0)
        return (
            <Note tone="bad" title={words.faulty(wrong)}>
                <p>{words.faultyText}</p>
                <ul class="faults">
                    {run.faults.map((fault) => (
                        <FaultLine key={`${fault.seq} ${fault.kind}`} fault={fault} />
                    ))}
                    {run.faulty > run.faults.length && <li>{words.moreFaults(run.faulty - run.faults.length)}</li>}
                    {isCut && <li>{words.cut(number(kept.seq))}</li>}
                </ul>
            </Note>
        );
    if (state === 'stopped')
        return (
            <Note tone="info" title={words.stopped(run.events)}>
                {words.stoppedText}
            </Note>
        );
    return (
        <Note tone="good" title={words.whole(run.events)}>
            {words.wholeText}
            {kept && <p>{words.keptHolds(number(kept.seq))}</p>}
        </Note>
    );
}

export function Outcome({ check, kept, again }: { check: Check; kept: Head | undefined; again(): void }) {
    const words = t.audit.verify;
    const { run, at } = check;
    if (!run.head)
        return check.error ? null : <Note tone="info">{check.state === 'over' ? t.audit.none : words.stopped(0)}</Note>;
    return (
        <>
            <Verdict check={check} kept={kept} />
            <KeyValue
                wide
                pairs={[
                    [words.looked, words.lookedAt(run.detailed, run.erased)],
                    [words.by, words.byBrowser],
                    [words.on, dateTime(at)],
                    [words.place, number(run.head.seq)],
                    [words.of, <Time at={run.at} full />],
                    [words.head, <code class="hash">{run.head.hash}</code>],
                ]}
            />
            <div class="actions">
                <Button small icon="reload" onClick={again}>
                    {words.again}
                </Button>
            </div>
        </>
    );
}
