// SPDX-License-Identifier: Apache-2.0
// One stream for all tabs of a session: without HTTP/2 a browser opens six connections to a server, and a stream in each tab would leave none for
// anything else. The tab that has the lock holds the stream and passes on what it says; the lock goes to the next tab when that one closes.
import type { LiveState } from '../live.ts';
import { openStream, type Sink } from './stream.ts';

const URL = '/api/v1/live';
/** A tab that is looked at asks the one that holds the stream so often whether it lives (tabs in the background may be put to sleep)... */
const ASK_MS = 10_000;
/** ...and takes over after so long without an answer. */
const ANSWER_MS = 3000;

/** What tabs say to each other. */
type Word = { change: string } | Said | 'reload' | 'ended' | 'ask';

interface Said {
    state: LiveState;
    keeps?: boolean | undefined;
}

/** Follows the changes of this session, by whichever tab; the answer ends it here. */
export function shareStream(session: string, sink: Sink): () => void {
    // Only pages of https and of this machine have locks.
    if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) return openStream(URL, sink);
    const shared = new SharedStream(`seneschal.live.${session}`, sink);
    return () => shared.end();
}

class SharedStream {
    readonly #name: string;
    readonly #sink: Sink;
    readonly #channel: BroadcastChannel;
    readonly #over = new AbortController();
    #said: Said = { state: 'connecting' };
    #heardAt = 0;
    /** Ends our waiting for the lock. */
    #waiting: AbortController | undefined;
    /** Gives the lock back, and closes the stream with it: we hold both. */
    #release: (() => void) | undefined;

    constructor(name: string, sink: Sink) {
        this.#name = name;
        this.#sink = sink;
        this.#channel = new BroadcastChannel(name);
        this.#channel.onmessage = ({ data }: MessageEvent<Word>) => this.#hear(data);
        this.#queue();
        const { signal } = this.#over;
        // Who is put to sleep, or kept for the back button, lets another tab hold it.
        document.addEventListener('freeze', () => this.#sleep(), { signal });
        document.addEventListener('resume', () => this.#queue(), { signal });
        addEventListener('pagehide', () => this.#sleep(), { signal });
        addEventListener('pageshow', (event) => event.persisted && this.#queue(), { signal });
        document.addEventListener('visibilitychange', () => void this.#check(), { signal });
        const timer = setInterval(() => void this.#check(), ASK_MS);
        signal.addEventListener('abort', () => clearInterval(timer));
    }

    end(): void {
        this.#over.abort();
        this.#rest();
        this.#channel.close();
    }

    #rest(): void {
        this.#waiting?.abort();
        this.#waiting = undefined;
        this.#release?.();
    }

    /** What is said from now on is missed. */
    #sleep(): void {
        this.#rest();
        this.#take({ state: 'connecting' });
    }

    /** Waits for the lock; steal: takes it from whoever has it. */
    #queue(steal = false): void {
        if (this.#over.signal.aborted || (!steal && (this.#waiting || this.#release))) return;
        this.#rest();
        this.#channel.postMessage('ask' satisfies Word);
        const waiting = new AbortController();
        if (!steal) this.#waiting = waiting;
        const how: LockOptions = steal ? { steal } : { signal: waiting.signal };
        navigator.locks
            .request(this.#name, how, () => this.#hold())
            .catch(() => {
                // Nobody waits any more, or another tab took the lock: we were asleep.
                if (waiting.signal.aborted) return;
                this.#release?.();
                this.#queue();
            });
    }

    /** Until the lock is given back. */
    #hold(): Promise<void> {
        this.#waiting = undefined;
        return new Promise((resolve) => {
            const close = openStream(URL, {
                state: (state, keeps) => this.#tell({ state, keeps }),
                change: (topic) => this.#tell({ change: topic }),
                reload: () => this.#tell('reload'),
                ended: () => this.#tell('ended'),
            });
            this.#release = () => {
                this.#release = undefined;
                close();
                resolve();
            };
            this.#tell({ state: 'connecting' }); // what was said before this may have been missed
        });
    }

    /** To the other tabs, and to this one. */
    #tell(word: Word): void {
        if (!this.#over.signal.aborted) this.#channel.postMessage(word);
        this.#take(word);
    }

    #hear(word: Word): void {
        this.#heardAt = performance.now();
        if (word !== 'ask') this.#take(word);
        else if (this.#release) this.#channel.postMessage(this.#said satisfies Word);
    }

    #take(word: Word): void {
        if (word === 'ask') return;
        if (word === 'reload') return this.#sink.reload();
        if (word === 'ended') return this.#sink.ended();
        if ('change' in word) return this.#sink.change(word.change);
        this.#said = word;
        this.#sink.state(word.state, word.keeps);
    }

    /** Does the tab that holds the stream still answer? Asked by tabs that are looked at. */
    async #check(): Promise<void> {
        if (document.hidden || this.#release) return;
        const asked = performance.now();
        this.#channel.postMessage('ask' satisfies Word);
        await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
        if (this.#heardAt < asked && !document.hidden && !this.#release) this.#queue(true);
    }
}
