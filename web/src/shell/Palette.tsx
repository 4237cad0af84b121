// SPDX-License-Identifier: Apache-2.0
// Ctrl-K: to any page, action, device or person, by a few letters (ARIA "combobox" with a list).
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { navigate } from '../router.ts';
import { Icon } from '../ui/Icon.tsx';
import { fixedEntries, foundEntries, type Entry } from './palette.ts';
import { overlay } from './shortcuts.ts';

/** The server is asked once somebody stops typing for so long, and has typed two letters. */
const PAUSE_MS = 150;
const LEAST = 2;

function useFound(typed: string): Entry[] {
    const [found, setFound] = useState<Entry[]>([]);
    useEffect(() => {
        if (typed.trim().length < LEAST) return setFound([]);
        const abort = new AbortController();
        const timer = setTimeout(() => foundEntries(typed.trim(), abort.signal).then(setFound, () => {}), PAUSE_MS);
        return () => {
            clearTimeout(timer);
            abort.abort();
        };
    }, [typed]);
    return found;
}

export default function Palette() {
    const dialog = useRef<HTMLDialogElement>(null);
    const [typed, setTyped] = useState('');
    const [at, setAt] = useState(0);
    const found = useFound(typed);
    const entries = [...fixedEntries(typed), ...found];
    const chosen = entries[Math.min(at, entries.length - 1)];
    useEffect(() => dialog.current?.showModal(), []);

    const open = (entry: Entry | undefined) => {
        if (!entry) return;
        dialog.current?.close();
        navigate(entry.url);
    };
    const pressed = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) setAt((Math.min(at, entries.length - 1) + step + entries.length) % entries.length);
        else if (event.key === 'Enter') open(chosen);
        else return;
        event.preventDefault();
    };
    return (
        <dialog
            ref={dialog}
            class="palette"
            aria-label={t.shell.palette.title}
            onClose={() => overlay.set('none')}
            onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
        >
            <input
                type="text"
                role="combobox"
                autocomplete="off"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-label={t.shell.palette.title}
                aria-activedescendant={chosen ? `palette-${entries.indexOf(chosen)}` : undefined}
                placeholder={t.shell.palette.title}
                value={typed}
                onInput={(event) => {
                    setTyped(event.currentTarget.value);
                    setAt(0);
                }}
                onKeyDown={pressed}
            />
            <Found entries={entries} chosen={chosen} open={open} />
            <p class={entries.length === 0 ? 'palette-hint' : 'palette-hint keys'}>
                {entries.length === 0 ? t.shell.palette.empty : t.shell.palette.hint}
            </p>
            <p class="unseen" role="status">
                {t.shell.palette.results(entries.length)}
            </p>
        </dialog>
    );
}

function Found({ entries, chosen, open }: { entries: Entry[]; chosen: Entry | undefined; open(entry: Entry): void }) {
    const list = useRef<HTMLUListElement>(null);
    useEffect(
        () => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
        [chosen],
    );
    return (
        <ul id="palette-list" ref={list} role="listbox" aria-label={t.shell.palette.title}>
            {entries.map((entry, i) => (
                <li
                    key={entry.group + entry.url}
                    id={`palette-${i}`}
                    role="option"
                    aria-selected={entry === chosen}
                    onClick={() => open(entry)}
                >
                    <Icon name={entry.icon} />
                    <span>{entry.text}</span>
                    <small>{entry.more ?? t.shell.palette[entry.group as 'pages']}</small>
                </li>
            ))}
        </ul>
    );
}
