// SPDX-License-Identifier: Apache-2.0
// What stands around every page: head, navigation, the page itself, and what may lie over it.
import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../i18n/index.ts';
import { pageAt } from '../pages.ts';
import { useLocation } from '../router.ts';
import { rights } from '../session.ts';
import { useStore } from '../store.ts';
import { Lazy } from './Lazy.tsx';
import { Nav } from './Nav.tsx';
import { Outlet } from './Outlet.tsx';
import { overlay } from './shortcuts.ts';
import { Away, Top } from './Top.tsx';

export function Shell() {
    useStore(language);
    useStore(rights);
    const place = useLocation();
    const [menuOpen, setMenuOpen] = useState(false);
    const page = pageAt(place.path);
    useEffect(() => setMenuOpen(false), [place.path]);
    return (
        <>
            <a class="skip" href="#content">
                {t.shell.skip}
            </a>
            <Top menuOpen={menuOpen} onMenu={() => setMenuOpen(!menuOpen)} />
            <div class="frame">
                <Nav current={page} open={menuOpen} onClose={() => setMenuOpen(false)} />
                <main id="content" tabIndex={-1}>
                    <Away />
                    <Outlet path={place.path} />
                </main>
            </div>
            <Over />
        </>
    );
}

const loadPalette = () => import('./Palette.tsx');
const loadHelp = () => import('./Help.tsx');

function Over() {
    const shown = useStore(overlay);
    if (shown === 'palette') return <Lazy load={loadPalette} />;
    if (shown === 'help') return <Lazy load={loadHelp} />;
    return null;
}
