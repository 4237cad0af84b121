// SPDX-License-Identifier: Apache-2.0
// A stand-in for a collector of OpenTelemetry: takes what is no mistake by the tables of opentelemetry/proto/{common,resource,trace}/v1
// and the JSON mapping of OTLP 1.x (ids in hex, 64-bit numbers as text, enums as numbers, no member that is not known), and refuses the rest.
import assert from 'node:assert/strict';
import { Receiver } from './receiver.mjs';
import { after } from 'node:test';

const text = (v) => typeof v === 'string';
const hex = (n) => (v) => typeof v === 'string' && new RegExp(`^[0-9a-f]{${2 * n}}$`).test(v) && !/^0+$/.test(v);
const uint = (bits) => (v) => Number.isInteger(v) && v >= 0 && v < 2 ** bits;
const u64 = (v) => typeof v === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(v);
const i64 = (v) => typeof v === 'string' && /^(0|-?[1-9][0-9]{0,18})$/.test(v);
const oneOf = (...all) => (v) => all.includes(v);
const list = (of) => (v, at) => Array.isArray(v) && v.every((one, i) => fits(of, one, `${at}[${i}]`));

const MESSAGES = {
    AnyValue: { stringValue: text, boolValue: (v) => typeof v === 'boolean', intValue: i64, doubleValue: (v) => typeof v === 'number' },
    KeyValue: { key: text, value: 'AnyValue' },
    Resource: { attributes: list('KeyValue'), droppedAttributesCount: uint(32) },
    InstrumentationScope: { name: text, version: text, attributes: list('KeyValue'), droppedAttributesCount: uint(32) },
    Status: { message: text, code: oneOf(0, 1, 2) },
    Event: { timeUnixNano: u64, name: text, attributes: list('KeyValue'), droppedAttributesCount: uint(32) },
    Link: { traceId: hex(16), spanId: hex(8), traceState: text, attributes: list('KeyValue'), flags: uint(32) },
    Span: {
        traceId: hex(16), spanId: hex(8), traceState: text, parentSpanId: hex(8), flags: uint(32), name: text, kind: oneOf(1, 2, 3, 4, 5),
        startTimeUnixNano: u64, endTimeUnixNano: u64, attributes: list('KeyValue'), droppedAttributesCount: uint(32),
        events: list('Event'), droppedEventsCount: uint(32), links: list('Link'), droppedLinksCount: uint(32), status: 'Status',
    },
    ScopeSpans: { scope: 'InstrumentationScope', spans: list('Span'), schemaUrl: text },
    ResourceSpans: { resource: 'Resource', scopeSpans: list('ScopeSpans'), schemaUrl: text },
    ExportTraceServiceRequest: { resourceSpans: list('ResourceSpans') },
};
const REQUIRED = { Span: ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano'], KeyValue: ['key', 'value'], Resource: ['attributes'] };

function fits(what, value, at) {
    if (typeof what === 'function') return what(value, at) || assert.fail(`${at} is ${JSON.stringify(value)}`);
    assert.ok(value !== null && typeof value === 'object' && !Array.isArray(value), `${at} is no ${what}`);
    for (const [name, one] of Object.entries(value)) {
        assert.ok(Object.hasOwn(MESSAGES[what], name), `${at}: a ${what} has no ${name}`);
        fits(MESSAGES[what][name], one, `${at}.${name}`);
    }
    for (const name of REQUIRED[what] ?? []) assert.ok(name in value, `${at} lacks ${name}`);
    if (what === 'AnyValue') assert.equal(Object.keys(value).length, 1, at);
    if (what === 'KeyValue') assert.ok(value.key.length > 0, at);
    return true;
}

const valueOf = ({ stringValue, boolValue, intValue, doubleValue }) => stringValue ?? boolValue ?? (intValue === undefined ? doubleValue : Number(intValue));

/** Attributes as one object; a key stands there once. */
function attributesOf(attributes, at) {
    assert.equal(new Set(attributes.map((a) => a.key)).size, attributes.length, `${at}: a key stands there twice`);
    return Object.fromEntries(attributes.map((a) => [a.key, valueOf(a.value)]));
}

/** The spans of a request, each with its attributes and those of its resource as objects. */
function spansOf(call) {
    assert.equal(call.method, 'POST');
    assert.equal(call.headers['content-type'], 'application/json');
    const body = JSON.parse(call.text);
    fits('ExportTraceServiceRequest', body, '');
    return body.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans.map((span) => {
        assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), `${span.name} ends before it begins`);
        return { ...span, attributes: attributesOf(span.attributes, span.name), resource: attributesOf(r.resource.attributes, 'resource'), scope: s.scope };
    })));
}

/** One that ends with the test or file that started it. `says(call, response)` answers in its place, for as long as it is set. */
export async function startCollector() {
    const receiver = new Receiver();
    const spans = [];
    const wrong = [];
    const collector = {
        receiver,
        spans,
        wrong,
        says: undefined,
        get url() { return receiver.url; },
        /** The spans that `wanted` takes, once there are n; what was no OTLP fails here. */
        async waitFor(n, wanted) {
            for (let seen = 0; spans.filter(wanted).length < n; seen = receiver.calls.length)
                await receiver.waitFor(seen + 1);
            assert.deepEqual(wrong, []);
            return spans.filter(wanted);
        },
    };
    receiver.answer = (call, response) => {
        if (collector.says) {
            collector.says(call, response);
            return;
        }
        try {
            spans.push(...spansOf(call));
            response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
        } catch (e) {
            wrong.push(e.message);
            response.writeHead(400).end();
        }
    };
    await receiver.start();
    after(() => receiver.stop());
    return collector;
}
