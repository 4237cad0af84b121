// SPDX-License-Identifier: Apache-2.0
// The figures as rows: what was measured, what must be reached, whether it was.

export class Table {
    rows = [];

    /** value and limit are numbers; want: '<=' or '>='; note: what stands behind the value. */
    add(figure, value, want, limit, unit, note = '') {
        const met = want === '<=' ? value <= limit : value >= limit;
        this.rows.push({ figure, value, want, limit, unit, met, note });
        console.log(line(this.rows.at(-1)));
    }

    /** A figure that nothing is asked of. */
    note(figure, value, unit, note) {
        this.rows.push({ figure, value, unit, note });
        console.log(line(this.rows.at(-1)));
    }

    get missed() {
        return this.rows.filter((row) => row.met === false);
    }
}

const short = (n) => (Math.abs(n) >= 100 ? Math.round(n).toLocaleString('en-US') : Number(n.toPrecision(3)).toString());

function line({ figure, value, want, limit, unit, met, note }) {
    const cells = [figure.padEnd(52), `${short(value)} ${unit}`.padStart(14), (want ? `${want} ${short(limit)}` : '').padStart(10)];
    const verdict = { true: 'met', false: 'MISSED', undefined: '' }[met];
    return `${cells.join(' ')}  ${verdict.padEnd(6)}  ${note}`.trimEnd();
}

export const us = (n) => `${n.toFixed(2)} µs`;
export const rate = (n) => `${Math.round(n).toLocaleString('en-US')}/s`;
