// SPDX-License-Identifier: Apache-2.0
// Whether what we see stands: its code is here and nothing that it shows is still asked for. <html data-ready="PAGE"> says so, to tests and to style sheets.
let underWay = 0;
let page = '';
let frame = 0;

/** What the page can do without waits no longer than this for what it cannot. */
const STANDS_MS = 3000;
let stood = (): void => {};
/** Once the first page stands; then comes what could wait. */
export const firstStanding = new Promise<void>((resolve) => {
    stood = resolve;
    setTimeout(resolve, STANDS_MS);
});

function settle(): void {
    cancelAnimationFrame(frame);
    // Two frames: what has just come is drawn in the first, and may ask for more while it is.
    frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => {
            if (underWay > 0 || !page) return;
            document.documentElement.dataset['ready'] = page;
            stood();
        });
    });
}

function unsettle(): void {
    cancelAnimationFrame(frame);
    delete document.documentElement.dataset['ready'];
}

/** This page is drawn, as far as it is up to its code. */
export function pageStands(id: string): void {
    page = id;
    settle();
}

/** Another page was asked for. */
export function pageLeaves(): void {
    page = '';
    unsettle();
}

/** Something that the page shows is asked for, until the answer is called. */
export function asking(): () => void {
    underWay += 1;
    unsettle();
    let over = false;
    return () => {
        if (over) return;
        over = true;
        underWay -= 1;
        settle();
    };
}
