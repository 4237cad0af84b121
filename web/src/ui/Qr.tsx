// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n/index.ts';
import '../style/kit/pieces.css';

const QUIET = 4;

/** The dark fields as one path: runs of a row are one rectangle. In `rows` 1, # or X is dark. */
export function qrPath(rows: readonly string[]): string {
    return rows
        .flatMap((row, y) =>
            [...row.matchAll(/[1#X]+/g)].map(
                (run) => `M${run.index + QUIET} ${y + QUIET}h${run[0].length}v1h-${run[0].length}z`,
            ),
        )
        .join('');
}

/**
 * Side and path of the picture that the server draws (`qr` of an invitation), taken out of its letters:
 * no text becomes elements here (Trusted Types).
 */
export function pathOfSvg(svg: string): { side: number; path: string } | undefined {
    const side = /viewBox="0 0 (\d+) \1"/.exec(svg)?.[1];
    const path = /<path fill="#000" d="([Mhvz0-9 -]*)"/.exec(svg)?.[1];
    return side && path ? { side: Number(side), path } : undefined;
}

type Source = { svg: string; size?: never; rows?: never } | { svg?: never; size: number; rows: readonly string[] };

/** A QR code, black on white in both themes, with its quiet zone: `<Qr svg={invitation.qr} />` or `<Qr size={n} rows={[…]} />`. */
export function Qr({ svg, size, rows, label, pixels = 200 }: Source & { label?: string; pixels?: number }) {
    const drawn = svg !== undefined ? pathOfSvg(svg) : { side: size + 2 * QUIET, path: qrPath(rows) };
    if (!drawn) return null;
    return (
        <svg
            class="qr"
            viewBox={`0 0 ${drawn.side} ${drawn.side}`}
            width={pixels}
            height={pixels}
            role="img"
            aria-label={label ?? t.kit.qr}
            shape-rendering="crispEdges"
        >
            <rect width={drawn.side} height={drawn.side} class="qr-ground" />
            <path d={drawn.path} class="qr-ink" />
        </svg>
    );
}
