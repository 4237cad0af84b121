// SPDX-License-Identifier: Apache-2.0
// One stream of the server tells what has changed; whoever shows such things asks for them again. Nothing polls.
import { store } from './store.ts';

export type Topic = 'devices' | 'policies' | 'rollouts' | 'people' | 'applications' | 'tools' | 'approvals' | 'permissions'
    | 'homeassistant' | 'audit' | 'notices' | 'sessions' | 'admin';

/** Whether the stream stands; shown in the head of the page. */
export const liveState = store<'connecting' | 'open' | 'away'>('connecting');

/** A burst of changes is looked at once: the page asks again at most so often. */
const PAUSE_MS = 1000;

interface Watcher {
    topics: readonly Topic[];
    tell(): void;
}
const watchers = new Set<Watcher>();
let source: EventSource | undefined;

/** Calls `tell` after a change of these; at most once a second. The answer ends that. */
export function onTopics(topics: readonly Topic[], tell: () => void): () => void {
    let timer = 0;
    let last = 0;
    const watcher: Watcher = {
        topics,
        tell() {
            if (timer) return;
            const wait = Math.max(0, last + PAUSE_MS - performance.now());
            timer = setTimeout(() => {
                timer = 0;
                last = performance.now();
                tell();
            }, wait);
        },
    };
    watchers.add(watcher);
    return () => {
        watchers.delete(watcher);
        clearTimeout(timer);
    };
}

function told(topic: string): void {
    for (const watcher of watchers) {
        if (watcher.topics.includes(topic as Topic)) watcher.tell();
    }
}

/** Opens the stream. `ended`: the server says that this session is over. */
export function startLive(ended: () => void): void {
    source?.close();
    source = new EventSource('/api/v1/live');
    let missed = false;
    source.onopen = () => {
        liveState.set('open');
        if (missed) for (const watcher of watchers) watcher.tell(); // whatever changed while we were away
        missed = false;
    };
    source.onerror = () => {
        missed = true;
        liveState.set('away');
    };
    source.addEventListener('change', (event) => told((JSON.parse(event.data) as { topic: string }).topic));
    source.addEventListener('end', () => {
        source?.close();
        ended();
    });
}
