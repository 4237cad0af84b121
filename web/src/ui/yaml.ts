// SPDX-License-Identifier: Apache-2.0
// JSON as YAML 1.2, block style: for "copy as YAML" of objects that files manage. What might be read as something else is quoted.

const PLAIN = /^[A-Za-z_/][A-Za-z0-9_/.@+-]*(?: [A-Za-z0-9_/.@+()-]+)*$/;
/** Words that YAML 1.1 or 1.2 readers take for something else. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

function scalar(value: unknown): string {
    if (value === null || value === undefined) return 'null';
    if (typeof value !== 'string') return JSON.stringify(value);
    return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

/** Several lines as a literal block; only where no line begins with a blank, which the block would take for its indent. */
function isBlock(value: unknown): value is string {
    return (
        typeof value === 'string' &&
        /^[^\s].*\n/.test(value) &&
        !/[\r\t\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]/.test(value) &&
        !/^\s*\n/.test(value) &&
        !/\n\n+$/.test(value)
    );
}

function member(value: unknown, indent: string): string {
    if (Array.isArray(value)) return value.length === 0 ? ' []' : `\n${lines(value, indent)}`;
    if (isMap(value)) return Object.keys(value).length === 0 ? ' {}' : `\n${lines(value, indent)}`;
    if (isBlock(value)) {
        const body = value
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => (line ? indent + line : ''));
        return ` |${value.endsWith('\n') ? '' : '-'}\n${body.join('\n')}`;
    }
    return ` ${scalar(value)}`;
}

function lines(value: unknown[] | Record<string, unknown>, indent: string): string {
    if (!Array.isArray(value))
        return Object.entries(value)
            .filter(([, one]) => one !== undefined)
            .map(([key, one]) => `${indent}${scalar(key)}:${member(one, `${indent}  `)}`)
            .join('\n');
    return value
        .map((one) => {
            const inner = `${indent}  `;
            const filled = Array.isArray(one) ? one.length > 0 : isMap(one) && Object.keys(one).length > 0;
            // The first line of what stands inside goes beside the dash.
            return filled
                ? `${indent}- ${lines(one as unknown[] | Record<string, unknown>, inner).slice(inner.length)}`
                : `${indent}-${member(one, inner)}`;
        })
        .join('\n');
}

/** `value` as a YAML document, with a line end. */
export function toYaml(value: unknown): string {
    if (Array.isArray(value) || isMap(value))
        return Object.keys(value).length === 0 ? `${JSON.stringify(value)}\n` : `${lines(value, '')}\n`;
    return `${scalar(value)}\n`;
}
