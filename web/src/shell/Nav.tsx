// SPDX-License-Identifier: Apache-2.0
// The pages that this person may see, by section. On a narrow screen it is a drawer.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { openPages, type Page, type Section } from '../pages.ts';
import { Icon } from '../ui/Icon.tsx';

function bySection(): Map<Section, Page[]> {
    const found = new Map<Section, Page[]>();
    for (const page of openPages()) {
        const rows = found.get(page.section);
        if (rows) rows.push(page);
        else found.set(page.section, [page]);
    }
    return found;
}

export function Nav({ current, open, onClose }: { current: Page | undefined; open: boolean; onClose(): void }) {
    const nav = useRef<HTMLElement>(null);
    useEffect(() => {
        if (open) nav.current?.querySelector('a')?.focus();
    }, [open]);
    const sections = [...bySection()];
    return (
        <>
            {open && <div class="veil" onClick={onClose} />}
            <nav
                ref={nav}
                id="nav"
                class={open ? 'nav open' : 'nav'}
                aria-label={t.shell.menu}
                onKeyDown={(event) => event.key === 'Escape' && onClose()}
            >
                {sections.map(([section, rows]) => (
                    <section key={section} aria-label={t.shell.sections[section]}>
                        {sections.length > 1 && <h2>{t.shell.sections[section]}</h2>}
                        <ul>
                            {rows.map((page) => (
                                <li key={page.id}>
                                    <a href={page.path} aria-current={page === current ? 'page' : undefined}>
                                        <Icon name={page.icon} />
                                        {t.shell.pages[page.id]}
                                    </a>
                                </li>
                            ))}
                        </ul>
                    </section>
                ))}
            </nav>
        </>
    );
}
