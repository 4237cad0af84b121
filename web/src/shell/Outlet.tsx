// SPDX-License-Identifier: Apache-2.0
// The page that the path names. The one before stays until the next one is there, so that nothing flickers.
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadParts, t } from '../i18n/index.ts';
import { isOpen, pageAt, type Page, type PageProps } from '../pages.ts';
import { pageLeaves, pageStands } from '../ready.ts';
import { segmentsBelow } from '../router.ts';
import { Boundary } from './Boundary.tsx';
import { Forbidden, Missing } from './Refusals.tsx';

interface Shown {
    page: Page;
    Body: FunctionComponent<PageProps>;
}

export function Outlet({ path }: { path: string }) {
    const page = pageAt(path);
    const open = page !== undefined && isOpen(page);
    const [shown, setShown] = useState<Shown>();
    const [failed, setFailed] = useState<Error>();

    useEffect(() => {
        pageLeaves();
        setFailed(undefined);
        if (!page || !open) return pageStands('refusal');
        let wanted = true;
        Promise.all([page.load(), loadParts(page.parts)]).then(
            ([module]) => wanted && setShown({ page, Body: module.default }),
            (thrown: Error) => wanted && setFailed(thrown),
        );
        return () => {
            wanted = false;
        };
    }, [page, open]);

    useEffect(() => {
        if (!shown || shown.page !== page) return;
        document.title = `${t.shell.pages[page.id]} – ${t.shell.name}`;
        pageStands(page.id);
        document.getElementById('content')?.focus({ preventScroll: true });
        scrollTo(0, 0);
    }, [shown, page]);

    if (!page) return <Missing />;
    if (!open) return <Forbidden />;
    if (failed) throw failed;
    if (!shown) return null;
    const Body = shown.Body;
    const rest = shown.page === page ? segmentsBelow(path, page.path) : [];
    return (
        <Boundary key={`${shown.page.id}`}>
            <Body rest={rest} />
        </Boundary>
    );
}
