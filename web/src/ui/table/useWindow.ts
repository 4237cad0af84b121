// SPDX-License-Identifier: Apache-2.0
import {
    elementScroll,
    observeElementOffset,
    observeElementRect,
    Virtualizer,
    type VirtualItem,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

/** Drawn above and below what is in view: pixels, so that of high cards there are not as many as of rows. */
const OVERSCAN = 264;

export interface Windowed {
    items: VirtualItem[];
    height: number;
    show: (row: number) => void;
}

/** The rows of `count` that are in view of `scroller`, each `size` pixels high: of 100,000 no other is measured. */
export function useWindow(
    scroller: RefObject<HTMLElement | null>,
    count: number,
    size: number,
    identity: string,
): Windowed {
    const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
    const made = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
    const options = {
        count,
        estimateSize: () => size,
        getScrollElement: () => scroller.current,
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
        overscan: Math.ceil(OVERSCAN / size),
        // The head sticks above the rows: a row that is brought into view at the foot stands lower by its height.
        scrollPaddingEnd: size,
        onChange: () => redraw(),
    };
    made.current ??= new Virtualizer<HTMLElement, HTMLElement>(options);
    const virtual = made.current;
    virtual.setOptions(options);
    useLayoutEffect(() => virtual._didMount(), []);
    useLayoutEffect(() => virtual._willUpdate());
    useEffect(() => virtual.measure(), [size]);
    useEffect(() => {
        if (scroller.current) scroller.current.scrollTop = 0;
    }, [identity]);
    return {
        items: virtual.getVirtualItems(),
        height: virtual.getTotalSize(),
        show: (row) => virtual.scrollToIndex(row, { align: 'auto' }),
    };
}

/** The height of the first row in `box`, as it was drawn: cards are as high as their columns make them, and all alike. */
export function useRowHeight(box: RefObject<HTMLElement | null>, first: number, shape: string): number {
    const [height, setHeight] = useState(first);
    useLayoutEffect(() => {
        const row = box.current?.querySelector<HTMLElement>('.table-body > :not(.waiting)');
        if (row && row.offsetHeight > 0) setHeight(row.offsetHeight);
    }, [shape]);
    return height;
}

/** The width of an element, as it changes; before it is drawn, that of the window, so that a telephone draws no table first. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
    const width = useRef(innerWidth);
    const watched = useRef<HTMLElement | null>(null);
    const observer = useRef<ResizeObserver | undefined>(undefined);
    const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
    // Each time it is drawn: an empty list has no table, and its first row comes with another one.
    useLayoutEffect(() => {
        const now = element.current;
        if (now === watched.current) return;
        watched.current = now;
        observer.current?.disconnect();
        if (!now) return;
        const look = (): void => {
            if (now.clientWidth === width.current) return;
            width.current = now.clientWidth;
            redraw();
        };
        look();
        observer.current = new ResizeObserver(look);
        observer.current.observe(now);
    });
    useLayoutEffect(() => () => observer.current?.disconnect(), []);
    return width.current;
}
