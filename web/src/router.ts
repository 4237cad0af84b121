// SPDX-License-Identifier: Apache-2.0
// Where we are: the path picks the page, the query holds its filters, so that every view has a URL.
import { useCallback } from 'preact/hooks';
import { store, useStore } from './store.ts';

export interface Place {
    /** As in the URL, decoded, without a slash at its end. */
    path: string;
    query: Readonly<Record<string, string>>;
}

type How = 'push' | 'replace';

/** The place that this URL of ours names. Of a member that comes twice the last one counts. */
export function placeOf(url: URL): Place {
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : '/';
    return { path, query: Object.fromEntries(url.searchParams) };
}

/** Path and query as a URL; members that are absent or empty are left out. */
export function urlOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
        if (value) params.set(name, value);
    }
    const text = params.toString();
    return text ? `${path}?${text}` : path;
}

/** A segment as it was meant; one that is no encoding of anything stays as it is. */
function decoded(segment: string): string {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment;
    }
}

/** The segments of `path` below `base`, decoded. */
export const segmentsBelow = (path: string, base: string): string[] =>
    path.slice(base.length).split('/').filter(Boolean).map(decoded);

const here = store<Place>({ path: '/', query: {} });
/** Asked before we leave a page by a link of ours; false keeps us there (forms that are not saved). */
const guards = new Set<() => boolean>();

export function startRouter(): void {
    const read = () => here.set(placeOf(new URL(location.href)));
    addEventListener('popstate', read);
    addEventListener('click', followOwnLinks);
    read();
}

export const currentPlace = (): Place => here.get();

export function useLocation(): Place {
    return useStore(here);
}

export function navigate(url: string, how: How = 'push'): void {
    const target = new URL(url, location.href);
    const leaves = target.pathname !== location.pathname;
    if (leaves && ![...guards].every((guard) => guard())) return;
    if (how === 'replace') history.replaceState(null, '', target);
    else history.pushState(null, '', target);
    here.set(placeOf(target));
}

/** Who may want to keep us on the page. The answer ends that. */
export function guardLeaving(guard: () => boolean): () => void {
    guards.add(guard);
    return () => void guards.delete(guard);
}

/** The query as it stands, and how to change members of it; undefined takes one away. */
export function useQuery(): [
    Readonly<Record<string, string>>,
    (changes: Record<string, string | undefined>, how?: How) => void,
] {
    const { query } = useLocation();
    const change = useCallback((changes: Record<string, string | undefined>, how: How = 'replace') => {
        const now = currentPlace();
        navigate(urlOf(now.path, { ...now.query, ...changes }), how);
    }, []);
    return [query, change];
}

/** Paths that pages link to and the server renders itself, though they look like ours. */
const SERVER_PAGES = /^\/(login|logout|access|invite|device|account|docs|portal\/plain|api)(\/|$)/;

function followOwnLinks(event: MouseEvent): void {
    if (
        event.defaultPrevented ||
        event.button !== 0 ||
        event.metaKey ||
        event.ctrlKey ||
        event.shiftKey ||
        event.altKey
    )
        return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (
        !(link instanceof HTMLAnchorElement) ||
        link.target ||
        link.hasAttribute('download') ||
        link.origin !== location.origin
    )
        return;
    if (SERVER_PAGES.test(link.pathname) || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    navigate(link.href);
}
