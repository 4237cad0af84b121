// SPDX-License-Identifier: Apache-2.0
// Everything of the kit on one page, for who works on it: `cd web && npx vite`, then /gallery.html?lang=fr. No part of what is built for the server.
import { render } from 'preact';
import { loadParts, setLanguage } from '../../i18n/index.ts';
import { startRouter } from '../../router.ts';
import { Controls } from './Controls.tsx';
import { Heavy } from './Heavy.tsx';
import { Lists } from './Lists.tsx';

function Gallery() {
    return (
        <main class="stack">
            <Controls />
            <Heavy />
            <Lists />
        </main>
    );
}

await setLanguage(new URLSearchParams(location.search).get('lang') === 'fr' ? 'fr' : 'en');
await loadParts(['kit']);
startRouter();
render(<Gallery />, document.getElementById('app') as HTMLElement);
