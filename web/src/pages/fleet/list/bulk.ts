// SPDX-License-Identifier: Apache-2.0
// One move of many devices: each is asked for by itself, so that one refusal stops none of the others, and each has its line in the record.
import { problemOf, wasAborted, type Problem } from '../../../api/problem.ts';

export interface Refusal {
    id: string;
    problem: Problem;
}

export interface Report {
    all: number;
    done: number;
    refused: readonly Refusal[];
}

/** So many at a time: the server serves others meanwhile. */
const AT_ONCE = 4;

/** What no further attempt will mend, for any of the others either: who asks has lost his session, or the server is away. */
const isOver = (problem: Problem): boolean => problem.status === 401 || problem.code === 'unreachable';

/** Does `act` for each; tells `told` after each. Ends early when `signal` does, with what was done by then. */
export async function forEach(ids: readonly string[], act: (id: string) => Promise<unknown>, told: (report: Report) => void, signal: AbortSignal): Promise<Report> {
    let report: Report = { all: ids.length, done: 0, refused: [] };
    let over = false;
    const queue = ids.values();
    const say = (change: Partial<Report>): void => {
        report = { ...report, ...change };
        told(report);
    };
    const one = async (): Promise<void> => {
        for (const id of queue) {
            if (signal.aborted || over) return;
            try {
                await act(id);
                say({ done: report.done + 1 });
            } catch (thrown) {
                if (wasAborted(thrown)) return;
                const problem = problemOf(thrown);
                over ||= isOver(problem);
                say({ refused: [...report.refused, { id, problem }] });
            }
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return report;
}
