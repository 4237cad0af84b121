// SPDX-License-Identifier: Apache-2.0
// One stream of the server tells what has changed; whoever shows such things asks for them again. Nothing polls.
import { store } from './store.ts';

export type Topic =
    | 'devices'
    | 'policies'
    | 'rollouts'
    | 'people'
    | 'applications'
    | 'tools'
    | 'approvals'
    | 'permissions'
    | 'homeassistant'
    | 'audit'
    | 'notices'
    | 'sessions'
    | 'admin';

export type LiveState = 'connecting' | 'open' | 'away';

/** Whether the stream stands; shown in the head of the page. Away: the last try failed. */
export const liveState = store<LiveState>('connecting');

/** A burst of changes is looked at once: the page asks again at most so often. */
const PAUSE_MS = 1000;
/** Before another try where the code of the stream did not come, or nobody could say who this is. */
const AGAIN_MS = 5000;

interface Watcher {
    topics: readonly Topic[];
    tell(): void;
}
const watchers = new Set<Watcher>();

let askRights = (): void => {};
/** So often it is asked just now what he may do. Until it is known nothing else is asked for: what he sees no more would be refused. */
let unknown = 0;

/** Everything is asked for again, and first what he may do: that may be more, or less. */
function reload(): void {
    unknown += 1;
    askRights();
}

/** Calls `tell` after a change of these: at most once a second, and in a tab that nobody looks at once it is looked at. */
export function onTopics(topics: readonly Topic[], tell: () => void): () => void {
    let timer = 0;
    let last = 0;
    const look = (): void => {
        if (document.hidden) return document.addEventListener('visibilitychange', look, { once: true });
        timer = 0;
        if (unknown > 0) return; // all are told once it is known
        last = performance.now();
        tell();
    };
    const watcher: Watcher = {
        topics,
        tell() {
            timer ||= setTimeout(look, Math.max(0, last + PAUSE_MS - performance.now()));
        },
    };
    watchers.add(watcher);
    return () => {
        watchers.delete(watcher);
        clearTimeout(timer);
        document.removeEventListener('visibilitychange', look);
    };
}

/** `ask` is called where his own rights have changed, or may have, and calls rightsKnown once it knows them. */
export function onRights(ask: () => void): void {
    askRights = ask;
}

export function rightsKnown(): void {
    if (unknown > 0 && --unknown === 0) for (const watcher of watchers) watcher.tell();
}

function told(topic: string): void {
    if (topic === 'rights') return reload();
    for (const watcher of watchers) {
        if (watcher.topics.includes(topic as Topic)) watcher.tell();
    }
}

let stop = (): void => {};
let turn = 0;
/** It was open, or refused: from then on it matters when it is not open. */
let began = false;
let missed = false;

function show(now: LiveState, keeps = false): void {
    if (now !== 'connecting') began = true;
    if (now === 'open') {
        if (missed) reload(); // whatever changed while we were away
        missed = false;
    } else if (began && !keeps) missed = true;
    liveState.set(now);
}

/** Follows the changes of this session. `ended`: the server says that it is over. */
export function startLive(session: string, ended: () => void): void {
    const mine = ++turn;
    stop();
    import('./live/share.ts').then(
        ({ shareStream }) => {
            if (mine !== turn) return;
            stop = shareStream(session, {
                state: show,
                change: told,
                reload,
                ended() {
                    stop();
                    ended();
                },
            });
        },
        () => {
            show('away');
            setTimeout(() => mine === turn && startLive(session, ended), AGAIN_MS);
        },
    );
}
