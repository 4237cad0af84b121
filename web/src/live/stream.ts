// SPDX-License-Identifier: Apache-2.0
// The server's stream of changes, held open. Not by EventSource: that gives up at the first answer that is not 200, and cannot see Retry-After.
import type { LiveState } from '../live.ts';
import { eventReader, retryAfterMs, waitMs } from './events.ts';

export interface Sink {
    /** keeps: what changes while it is not open is told by `reload` when it is. */
    state(now: LiveState, keeps?: boolean): void;
    change(topic: string): void;
    /** Something changed that was not told. */
    reload(): void;
    /** The server says that this session is over, or does not know it. */
    ended(): void;
}

/** The server says something every 15 s: one that is silent for so long is gone (a computer that slept, a network that was left). */
const SILENT_MS = 45_000;

/** The newest `id` that came: who comes back with it is told whether he missed anything. */
interface Mark {
    id: string;
}

interface Read {
    opened: boolean;
    refused?: boolean;
    askedMs: number;
}

/** Opens it, and again whenever it breaks; the answer closes it. */
export function openStream(url: string, sink: Sink): () => void {
    const over = new AbortController();
    void keepOpen(url, sink, over.signal);
    return () => over.abort();
}

async function keepOpen(url: string, sink: Sink, over: AbortSignal): Promise<void> {
    const mark: Mark = { id: '' };
    let failed = 0;
    while (!over.aborted) {
        const { opened, refused, askedMs } = await readOnce(url, mark, sink, over);
        if (over.aborted) return;
        if (refused) return sink.ended();
        failed = opened ? 0 : failed + 1;
        sink.state(opened ? 'connecting' : 'away', mark.id !== ''); // one that broke is mostly back at once
        await pause(waitMs(failed, askedMs), over);
    }
}

/** From one opening to its end, whatever that is. */
async function readOnce(url: string, mark: Mark, sink: Sink, over: AbortSignal): Promise<Read> {
    const silent = new AbortController();
    let timer = 0;
    const heard = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), SILENT_MS);
    };
    const found: Read = { opened: false, askedMs: 0 };
    try {
        heard();
        const signal = AbortSignal.any([over, silent.signal]);
        const headers = { Accept: 'text/event-stream', ...(mark.id && { 'Last-Event-ID': mark.id }) };
        const reply = await fetch(url, { signal, cache: 'no-store', headers });
        if (!reply.ok || !reply.body) {
            void reply.body?.cancel();
            const askedMs = retryAfterMs(reply.headers.get('Retry-After'));
            return { opened: false, refused: reply.status === 401, askedMs };
        }
        found.opened = true;
        sink.state('open');
        const read = eventReader(
            (name, data) => {
                if (over.aborted) return;
                if (name === 'change') sink.change((JSON.parse(data) as { topic: string }).topic);
                else if (name === 'reload') sink.reload();
                else if (name === 'end') found.refused = true;
            },
            (id) => {
                mark.id = id;
            },
        );
        const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
            heard();
            read(piece.value);
            if (found.refused) break;
        }
    } catch {
        // It broke, or never began: the next try tells more than the error does.
    } finally {
        clearTimeout(timer);
        silent.abort();
    }
    return found;
}

/** So long; or until the network is back, or nobody waits any more. */
function pause(ms: number, over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const done = (): void => {
            clearTimeout(timer);
            removeEventListener('online', done);
            over.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, ms);
        addEventListener('online', done);
        over.addEventListener('abort', done);
    });
}
