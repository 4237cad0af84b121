// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import {
    Button,
    Card,
    Chart,
    Diff,
    JsonEditor,
    JsonView,
    ManagedBy,
    Meter,
    Progress,
    Qr,
    Ring,
    SchemaForm,
    Sparkline,
    Stack,
    Steps,
    StreamList,
    Timeline,
    ValueDiff,
    Why,
    schemaFaults,
    toast,
    useTail,
} from '../index.ts';

const POLICY =
    '{\n  "owuiModel": "small-1",\n  "limits": { "requests": 20 },\n  "featureFlags": { "shell": false }\n}\n';
const POLICY_SCHEMA = {
    type: 'object',
    properties: {
        owuiModel: { type: 'string' },
        limits: { type: 'object', properties: { requests: { type: 'integer', maximum: 10 } } },
    },
};
const TOOL = {
    type: 'object',
    required: ['query', 'mode', 'to'],
    properties: {
        query: { type: 'string', description: 'What to look for', minLength: 3 },
        mode: {
            title: 'Mode',
            oneOf: [
                { const: 'fast', title: 'Fast', description: 'First hits only' },
                { const: 'deep', title: 'Deep', description: 'Everything, slowly' },
            ],
        },
        limit: { type: 'integer', default: 10, minimum: 1, maximum: 50, description: 'How many results' },
        until: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }], description: 'Nothing after this day' },
        exact: { type: 'boolean' },
        to: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 1 },
        page: { type: 'object', properties: { size: { type: 'number' }, order: { enum: ['up', 'down'] } } },
        extra: { type: 'object', additionalProperties: true },
    },
};
const HOURS = Array.from({ length: 48 }, (_, i) => 1_764_000_000 + i * 1800);
const wave = (scale: number, shift: number): (number | null)[] =>
    HOURS.map((_, i) => (i > 20 && i < 24 ? null : Math.round(scale * (1.4 + Math.sin(i / 6 + shift)))));
const CALLS = [
    { label: 'Allowed', values: wave(900, 0), colour: 'accent' as const },
    { label: 'Denied', values: wave(200, 1), colour: 'warn' as const },
    { label: 'Failed', values: wave(60, 2), colour: 'bad' as const },
];
const ROWS = Array.from({ length: 21 }, (_, y) =>
    Array.from({ length: 21 }, (_, x) => ((x * 7 + y * 11 + x * y) % 3 === 0 ? '1' : '0')).join(''),
);
const tail = (tell: (line: { id: number; text: string }) => void): (() => void) => {
    let id = 0;
    const timer = setInterval(() => tell({ id: ++id, text: `GET /api/v1/devices 200 ${id} ms` }), 300);
    return () => clearInterval(timer);
};

function Tool() {
    const [value, setValue] = useState<Parameters<Parameters<typeof SchemaForm>[0]['onInput']>[0]>({
        limit: 10,
        to: ['a@b'],
    });
    const [strict, setStrict] = useState(false);
    const send = async (): Promise<void> => {
        setStrict(true);
        const faults = Object.keys(await schemaFaults(TOOL, value, true));
        toast.info(faults.length === 0 ? JSON.stringify(value) : faults.join(', '));
    };
    return (
        <>
            <SchemaForm schema={TOOL} value={value} onInput={setValue} strict={strict} label="Arguments" foreign />
            <Button kind="primary" onClick={() => void send()}>
                Call
            </Button>
        </>
    );
}

export function Heavy() {
    const [text, setText] = useState(POLICY);
    const lines = useTail(tail, 'log');
    return (
        <>
            <Stack as="grid">
                <Card title="Calls">
                    <Chart label="Calls in 24 hours" times={HOURS} series={CALLS} kind="stacked" />
                </Card>
                <Card title="Latency">
                    <Chart label="Latency" times={HOURS} series={CALLS.slice(0, 1)} kind="area" />
                </Card>
                <Card title="Nothing">
                    <Chart label="None" times={[]} series={CALLS} />
                </Card>
            </Stack>
            <Card title="Rollout">
                <Stack>
                    <Progress
                        label="Ring 1"
                        segments={[
                            { label: 'applied', value: 812, tone: 'good' },
                            { label: 'failed', value: 9, tone: 'bad' },
                            { label: 'pending', value: 143, tone: 'off' },
                        ]}
                    />
                    <Meter label="Tool calls today" value={820} max={1000} />
                    <Stack as="row">
                        <Ring label="Ring 1" share={0.83} tone="good" />
                        <Ring label="Ring 2" share={0.12} />
                        <Sparkline label="Calls, rising" values={wave(10, 0)} />
                        <Qr size={21} rows={ROWS} pixels={120} />
                        <Why
                            origin={{
                                policy_name: 'base',
                                level: 'group',
                                version: '1.4.0',
                                number: 12,
                                locked: true,
                                overrides: [{ value: 'small-1', level: 'org', policy_name: 'default' }],
                            }}
                        />
                    </Stack>
                </Stack>
            </Card>
            <ManagedBy
                object={{ name: 'base', rules: [{ tool: 'github.*', effect: 'allow' }] }}
                since={new Date().toISOString()}
            />
            <Card title="Policy">
                <Stack>
                    <JsonEditor label="Policy" value={text} onInput={setText} schema={POLICY_SCHEMA} lines={6} />
                    <Diff before={POLICY} after={text.replace('small-1', 'large-2').replace('false', 'true')} />
                    <ValueDiff
                        changes={[
                            { pointer: '/owuiModel', from: 'small-1', to: 'large-2' },
                            { pointer: '/limits/requests', to: 20 },
                            { pointer: '/featureFlags', from: { shell: false } },
                        ]}
                    />
                    <JsonView
                        label="Answer"
                        value={{
                            content: [{ type: 'text', text: 'Bonjour' }],
                            isError: false,
                            meta: { ms: 12, none: null },
                        }}
                    />
                </Stack>
            </Card>
            <Card title="A tool">
                <Tool />
            </Card>
            <Stack as="grid">
                <Card title="History">
                    <Timeline
                        label="History"
                        items={[
                            {
                                key: '1',
                                at: new Date(Date.now() - 60_000).toISOString(),
                                icon: 'check',
                                tone: 'good',
                                title: 'Approved',
                                actor: 'Ada Lovelace',
                            },
                            {
                                key: '2',
                                at: new Date(Date.now() - 3_600_000).toISOString(),
                                icon: 'lobby',
                                tone: 'wait',
                                title: 'Asked to come in',
                                actor: 'laptop-042',
                                detail: <code>K7QF-22MX</code>,
                            },
                            {
                                key: '3',
                                at: new Date(Date.now() - 90_000_000).toISOString(),
                                icon: 'remove',
                                tone: 'bad',
                                title: 'Revoked',
                            },
                        ]}
                    />
                </Card>
                <Card title="First steps">
                    <Steps
                        label="First steps"
                        items={[
                            { key: 'a', title: 'Create the first administrator', done: true },
                            {
                                key: 'b',
                                title: 'Invite somebody',
                                text: 'They get a link and choose a password.',
                                done: false,
                                action: (
                                    <Button kind="primary" small icon="mail">
                                        Invite
                                    </Button>
                                ),
                            },
                            { key: 'c', title: 'Enrol a device', text: 'With a key or a code.', done: false },
                        ]}
                    />
                </Card>
            </Stack>
            <Card title="Logs">
                <StreamList
                    tail={lines}
                    label="Log"
                    keyOf={(one) => String(one.id)}
                    row={(one) => <code>{one.text}</code>}
                />
            </Card>
        </>
    );
}
