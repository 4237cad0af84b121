// SPDX-License-Identifier: Apache-2.0
// One move of many devices, so many in one call; each is decided by itself, so that one refusal stops none of the others.
import { problemOf, wasAborted, type Problem } from '../../../api/problem.ts';

export interface Refusal {
    id: string;
    why: string;
}

export interface Report {
    all: number;
    done: number;
    refused: readonly Refusal[];
    /** A whole call was refused, or did not come through: it ended there. */
    problem?: Problem;
}

/** What the server says of each device of a call. */
export interface Verdict {
    device_id?: string | null;
    ok?: boolean;
    code?: string | null;
    detail?: string | null;
}

/** So many in one call: progress is seen, and others are served in between. */
export const AT_ONCE = 100;

const refusals = (verdicts: readonly Verdict[]): Refusal[] =>
    verdicts
        .filter(({ ok }) => !ok)
        .map(({ device_id, code, detail }) => ({ id: device_id ?? '', why: detail || code || '' }));

/** Sends `move` for all, part by part, and tells `told` after each. Ends early when `signal` does, or with the first call that is refused. */
export async function moveAll(
    ids: readonly string[],
    move: (ids: string[]) => Promise<readonly Verdict[]>,
    told: (report: Report) => void,
    signal: AbortSignal,
): Promise<Report> {
    let report: Report = { all: ids.length, done: 0, refused: [] };
    const say = (change: Partial<Report>): void => {
        report = { ...report, ...change };
        told(report);
    };
    say({});
    for (let from = 0; from < ids.length && !signal.aborted; from += AT_ONCE) {
        try {
            const verdicts = await move(ids.slice(from, from + AT_ONCE));
            const refused = refusals(verdicts);
            say({ done: report.done + verdicts.length - refused.length, refused: [...report.refused, ...refused] });
        } catch (thrown) {
            if (!wasAborted(thrown)) say({ problem: problemOf(thrown) });
            break;
        }
    }
    return report;
}
