// SPDX-License-Identifier: Apache-2.0
// The whole chain fetched as it is stored, page by page, and its hashes computed here while the next page is on its way.
import { useEffect, useState } from 'preact/hooks';
import { api, call, problemOf, wasAborted, type Problem, type Shape } from '../../api/client.ts';
import { asking } from '../../ready.ts';
import { begun, goOn, type Head, type Run } from './chain.ts';

const PATH = '/api/v1/admin/security/audit';
const PAGE = 500;
/** A busy server is asked again so often, so much later. */
const TRIES = 5;
const WAIT_MS = 2000;

type Page = { items: Shape<'AuditBytes'>[]; next_cursor?: string | null };

const isBusy = (thrown: unknown): boolean => [429, 503].includes(problemOf(thrown).status);

async function pageOf(org: string | undefined, cursor: string | undefined, signal: AbortSignal): Promise<Page> {
    const query = { limit: PAGE, ...(org && { org }), ...(cursor && { cursor }) };
    for (let left = TRIES; ; left--) {
        try {
            return await call(api.GET(`${PATH}/bytes`, { params: { query }, signal }));
        } catch (thrown) {
            if (left === 0 || wasAborted(thrown) || !isBusy(thrown)) throw thrown;
            await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
        }
    }
}

async function* runs(org: string | undefined, kept: Head | undefined, signal: AbortSignal): AsyncGenerator<Run> {
    let run = begun;
    let next: Promise<Page> | undefined = pageOf(org, undefined, signal);
    while (next) {
        const page: Page = await next;
        next = page.next_cursor ? pageOf(org, page.next_cursor, signal) : undefined;
        next?.catch(() => undefined); // it is awaited in its turn; until then nobody hears of its end
        run = await goOn(run, page.items, kept);
        yield run;
    }
}

async function newest(org: string | undefined, signal: AbortSignal): Promise<number> {
    const query = { limit: 1, ...(org && { org }) };
    const { items } = await call(api.GET(PATH, { params: { query }, signal }));
    return items[0]?.seq ?? 0;
}

export interface Check {
    run: Run;
    /** How many events there were when it began; undefined: that cannot be said, because the newest cannot be read. */
    total: number | undefined;
    state: 'running' | 'over' | 'stopped';
    at: number;
    error: Problem | undefined;
}

/** `turn`: another one begins it anew. The function stops it. */
export function useCheck(org: string | undefined, kept: Head | undefined, turn: number): [Check, () => void] {
    const [check, setCheck] = useState<Check>(nothing);
    const [abort, setAbort] = useState<AbortController>();
    useEffect(() => {
        const stopper = new AbortController();
        const { signal } = stopper;
        const answered = asking();
        let here = true;
        const tell = (news: Partial<Check>): void => {
            if (here) setCheck((was) => ({ ...was, ...news, at: Date.now() }));
        };
        setCheck(nothing);
        setAbort(stopper);
        const work = async (): Promise<void> => {
            void newest(org, signal).then(
                (total) => tell({ total }),
                () => undefined,
            );
            for await (const run of runs(org, kept, signal)) {
                if (signal.aborted) break;
                tell({ run });
            }
            tell({ state: signal.aborted ? 'stopped' : 'over' });
        };
        work()
            .catch((thrown: unknown) =>
                tell({ state: 'stopped', ...(!wasAborted(thrown) && { error: problemOf(thrown) }) }),
            )
            .finally(answered);
        return () => {
            here = false;
            stopper.abort();
            answered();
        };
    }, [org, kept, turn]);
    return [check, () => abort?.abort()];
}
const nothing: Check = { run: begun, total: undefined, state: 'running', at: 0, error: undefined };
