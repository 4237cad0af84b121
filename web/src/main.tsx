// SPDX-License-Identifier: Apache-2.0
// The console and the portal: who is here, in which language, and then the page that the URL names.
import { render } from 'preact';
import { chooseLanguage, loadParts, setLanguage, t } from './i18n/index.ts';
import { currentPlace, navigate, placeOf, startRouter } from './router.ts';
import { pageAt, startPath } from './pages.ts';
import { startSession } from './session.ts';
import { Shell } from './shell/Shell.tsx';
import { Unreachable } from './shell/Unreachable.tsx';
import { startShortcuts } from './shell/shortcuts.ts';
import { startTheme } from './shell/theme.ts';

const root = document.getElementById('app') as HTMLElement;

async function start(): Promise<void> {
    // The page and its words are asked for while the server says who this is.
    const { path } = placeOf(new URL(location.href));
    const page = pageAt(path);
    // Asked for again, and looked at, where it is drawn.
    page?.load().catch(() => {});
    if (page?.path === path) page.first?.().catch(() => {});
    const words = loadParts(['shell', 'kit', ...(page?.parts ?? [])], chooseLanguage(undefined));
    const me = await startSession();
    await words;
    await setLanguage(chooseLanguage(me.language));
    startRouter();
    startShortcuts();
    if (currentPlace().path === '/') navigate(startPath(), 'replace');
    document.title = t.shell.name;
    render(<Shell />, root);
}

startTheme();
start().catch(async (thrown) => {
    if (thrown?.status === 401) return; // the sign-in page is on its way
    await setLanguage(chooseLanguage(undefined));
    await loadParts(['shell']);
    render(<Unreachable problem={thrown} />, root);
});
