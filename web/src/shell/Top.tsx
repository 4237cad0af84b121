// SPDX-License-Identifier: Apache-2.0
// The head of every page: the menu on narrow screens, the search, whether the page is live, and the account.
import { loadParts, t } from '../i18n/index.ts';
import { liveState } from '../live.ts';
import { startPath } from '../pages.ts';
import { asking, firstStanding } from '../ready.ts';
import { useStore } from '../store.ts';
import { Icon } from '../ui/Icon.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { Lazy } from './Lazy.tsx';
import { overlay } from './shortcuts.ts';

/** After the page: nobody came for the bell. */
const loadBell = async () => {
    await firstStanding;
    const answered = asking();
    try {
        const [code] = await Promise.all([import('./notices/Bell.tsx'), loadParts(['notices'])]);
        return code;
    } finally {
        answered();
    }
};

export function Top({ menuOpen, onMenu }: { menuOpen: boolean; onMenu(): void }) {
    return (
        <header class="top">
            <button
                type="button"
                class="top-menu"
                aria-controls="nav"
                aria-expanded={menuOpen}
                aria-label={t.shell.menu}
                onClick={onMenu}
            >
                <Icon name="menu" />
            </button>
            <a class="brand" href={startPath()}>
                <Mark />
                <span>{t.shell.name}</span>
            </a>
            <button
                type="button"
                class="top-search"
                onClick={() => overlay.set('palette')}
                aria-keyshortcuts="Control+K"
            >
                <Icon name="search" />
                <span>{t.shell.searchHint}</span>
                <kbd aria-hidden="true">{t.shell.keys.keyNames.ctrl} K</kbd>
            </button>
            <LiveMark />
            <div class="top-bell">
                <Lazy load={loadBell} />
            </div>
            <AccountMenu />
        </header>
    );
}

/** The same drawing as the icon of the page. */
function Mark() {
    return (
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5zm0 6a2.5 2.5 0 0 1 1 4.8V17h-2v-4.2A2.5 2.5 0 0 1 12 8z" />
        </svg>
    );
}

function LiveMark() {
    const state = useStore(liveState);
    return (
        <span class={`live ${state}`} title={t.shell.live[state]}>
            <span class="live-dot" aria-hidden="true" />
            <span class="unseen">{t.shell.live[state]}</span>
        </span>
    );
}

/** Below the head, as long as nothing tells us of changes. */
export function Away() {
    const away = useStore(liveState) === 'away';
    return <div role="status">{away && <p class="strip">{t.shell.live.old}</p>}</div>;
}
