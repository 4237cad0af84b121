// SPDX-License-Identifier: Apache-2.0
// Every JSON answer that a test gets is held to the document that the server gives of itself: the
// types, the required members, and no member that it does not name.
import { execFileSync } from 'node:child_process';
import { BIN } from './process.mjs';
import { foldIds, rowOf } from './routes.mjs';

const FORMATS = {
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
};
/** What is checked below, and what only informs; any other keyword is a gap in this file. */
const INFORMS = new Set(['description', 'title', 'examples', 'default', 'deprecated', 'readOnly', 'writeOnly']);

const UNNAMED = 'is not in the document';

let loaded;
const rowsByPath = new Map();

/** The document and its operations as rows. */
function load() {
    if (loaded === undefined) {
        const doc = JSON.parse(execFileSync(BIN, ['openapi'], { encoding: 'utf8', maxBuffer: 64 << 20 }));
        const rows = Object.entries(doc.paths).flatMap(([path, operations]) =>
            Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
        );
        loaded = { doc, rows };
    }
    return loaded;
}

function resolve(schema) {
    if (schema?.$ref === undefined) return schema;
    return schema.$ref
        .slice(2)
        .split('/')
        .reduce((at, part) => at[part], load().doc);
}

function typeOf(value) {
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'array';
    return Number.isInteger(value) ? 'integer' : typeof value;
}

const isType = (value, want) => typeOf(value) === want || (want === 'number' && typeof value === 'number');

const KEYWORDS = {
    type: (want, value) => [want].flat().some((one) => isType(value, one)) || `is no ${want}`,
    enum: (want, value) => want.includes(value) || `is none of ${want}`,
    const: (want, value) => want === value || `is not ${want}`,
    format: (want, value) => value === null || (FORMATS[want]?.test(value) ?? true) || `is no ${want}`,
    pattern: (want, value) => typeof value !== 'string' || new RegExp(want, 'u').test(value) || `does not match ${want}`,
    minLength: (want, value) => typeof value !== 'string' || value.length >= want || `is shorter than ${want}`,
    maxLength: (want, value) => typeof value !== 'string' || value.length <= want || `is longer than ${want}`,
    minimum: (want, value) => typeof value !== 'number' || value >= want || `is under ${want}`,
    maximum: (want, value) => typeof value !== 'number' || value <= want || `is over ${want}`,
    maxItems: (want, value) => !Array.isArray(value) || value.length <= want || `has over ${want} items`,
    required: (want, value) => typeOf(value) !== 'object' || want.find((name) => !(name in value)) === undefined || `lacks one of ${want}`,
};

/** Complaints about a value, each with the place it is about. */
export function mismatches(schema, value, at = '') {
    const found = [];
    const { properties, additionalProperties, items, oneOf, ...rest } = resolve(schema) ?? {};
    if (oneOf !== undefined) {
        const verdicts = oneOf.map((form) => mismatches(form, value, at));
        if (!verdicts.some((complaints) => complaints.length === 0)) found.push(...verdicts.flat());
    }
    for (const [keyword, want] of Object.entries(rest)) {
        if (INFORMS.has(keyword)) continue;
        const verdict = KEYWORDS[keyword]?.(want, value) ?? `: openapi.mjs does not know ${keyword}`;
        if (verdict !== true) found.push(`${at || '/'} ${verdict}`);
    }
    if (items !== undefined && Array.isArray(value)) {
        value.forEach((item, i) => found.push(...mismatches(items, item, `${at}/${i}`)));
    }
    if (properties !== undefined && typeOf(value) === 'object') {
        for (const [name, member] of Object.entries(value)) {
            const inner = properties[name] ?? additionalProperties;
            if (inner === undefined || inner === false) found.push(`${at}/${name} ${UNNAMED}`);
            else if (inner !== true) found.push(...mismatches(inner, member, `${at}/${name}`));
        }
    }
    return found;
}

function operationOf(method, path) {
    const folded = `${method} ${foldIds(path)}`;
    if (!rowsByPath.has(folded)) rowsByPath.set(folded, rowOf(load().rows, method, path)?.operation);
    return rowsByPath.get(folded);
}

/** What is wrong with this answer, as a list of sentences; none for a call that the document lacks. */
export function judge(method, path, reply) {
    const judged = reply.type === 'application/json' || reply.type === 'application/problem+json';
    if (!judged || reply.bytes.length === 0 || path === '/openapi.json') return []; // the document itself has no schema
    const responses = operationOf(method, path)?.responses;
    if (responses === undefined) return [];
    const status = String(reply.status);
    const response = resolve(responses[status] ?? responses[`${status[0]}XX`] ?? responses.default);
    if (response === undefined) return [`${status} is not in the document`];
    const content = response.content?.[reply.type];
    if (content === undefined) return [`${status} with ${reply.type} is not in the document`];
    if (content.schema === undefined) return [];
    const { secret_shown, ...body } = reply.json; // a convention of every POST that creates, not of one object
    if (secret_shown !== undefined && (method !== 'POST' || secret_shown !== true)) return ['/secret_shown'];
    const found = mismatches(content.schema, body);
    // RFC 9457 section 3.2: a problem may carry members of its own.
    return reply.status < 400 ? found : found.filter((line) => !line.endsWith(UNNAMED));
}
