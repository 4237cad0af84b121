// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { useCode } from './lazy.ts';
import { Skeleton } from './States.tsx';
import '../style/kit/data.css';

/** Longer values are laid out over several lines. */
const LINE_MOST = 60;
const SIGNS = { same: ' ', added: '+', removed: '−', skip: '' } as const;

/** What changes between two texts, with numbers of lines. `json`: both are JSON and are laid out alike first. */
export function Diff({
    before,
    after,
    label,
    json,
}: {
    before: string;
    after: string;
    label?: string;
    json?: boolean;
}) {
    const code = useCode(() => import('./diff_lines.ts'));
    const found = useMemo(
        () => code?.linesOf(json ? laidOut(before) : before, json ? laidOut(after) : after),
        [code, before, after, json],
    );
    if (!found) return <Skeleton lines={4} />;
    if (found.added + found.removed === 0) return <p class="muted">{t.kit.diff.same}</p>;
    return (
        <figure class="diff-frame">
            <figcaption>{t.kit.diff.summary(found.added, found.removed)}</figcaption>
            <div class="diff" tabIndex={0} role="region" aria-label={label ?? t.kit.diff.label}>
                <table>
                    <tbody>
                        {found.lines.map((line, at) =>
                            line.kind === 'skip' ? (
                                <tr key={at} class="diff-skip">
                                    <td colSpan={4}>{t.kit.diff.unchanged(line.count ?? 0)}</td>
                                </tr>
                            ) : (
                                <tr key={at} class={`diff-${line.kind}`}>
                                    <td class="diff-number">{line.before}</td>
                                    <td class="diff-number">{line.after}</td>
                                    <td class="diff-sign">
                                        {SIGNS[line.kind]}
                                        {line.kind !== 'same' && <span class="unseen">{t.kit.diff[line.kind]}</span>}
                                    </td>
                                    <td class="diff-text">
                                        <code>{line.text}</code>
                                    </td>
                                </tr>
                            ),
                        )}
                    </tbody>
                </table>
            </div>
        </figure>
    );
}

function laidOut(text: string): string {
    try {
        return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
    } catch {
        return text;
    }
}

/** A value of a configuration as JSON; undefined: it is not there. */
export function Value({ value }: { value: unknown }) {
    if (value === undefined) return <span class="muted">{t.kit.diff.absent}</span>;
    const line = JSON.stringify(value);
    return <code class="value">{line.length <= LINE_MOST ? line : JSON.stringify(value, null, 2)}</code>;
}

export interface ValueChange {
    pointer: string;
    /** undefined: it was not there. */
    from?: unknown;
    /** undefined: it goes. */
    to?: unknown;
    /** Whom or what it is about, before the pointer. */
    who?: ComponentChildren;
}

/** Values that change, one a row: where, before, after. */
export function ValueDiff({ changes, head }: { changes: readonly ValueChange[]; head?: string }) {
    if (changes.length === 0) return <p class="muted">{t.kit.diff.same}</p>;
    return (
        <div class="value-diff" role="table" aria-label={head ?? t.kit.diff.label}>
            <div role="row" class="value-diff-head">
                <span role="columnheader">{t.kit.diff.where}</span>
                <span role="columnheader">{t.kit.diff.before}</span>
                <span role="columnheader">{t.kit.diff.after}</span>
            </div>
            {changes.map((change, at) => (
                <div role="row" key={at}>
                    <span role="cell">
                        {change.who}
                        <code>{change.pointer || '/'}</code>
                    </span>
                    <span role="cell" class="from" data-head={t.kit.diff.before}>
                        {change.from === undefined ? (
                            <Value value={undefined} />
                        ) : (
                            <del>
                                <Value value={change.from} />
                            </del>
                        )}
                    </span>
                    <span role="cell" class="to" data-head={t.kit.diff.after}>
                        {change.to === undefined ? (
                            <Value value={undefined} />
                        ) : (
                            <ins>
                                <Value value={change.to} />
                            </ins>
                        )}
                    </span>
                </div>
            ))}
        </div>
    );
}
