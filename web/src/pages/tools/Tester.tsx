// SPDX-License-Identifier: Apache-2.0
// A try of a tool: its arguments by its own schema, whether somebody may call it so and by which rule, and a call as oneself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, call, problemOf, wasAborted, type Problem, type Shape } from '../../api/client.ts';
import { milliseconds } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { asking } from '../../ready.ts';
import { may } from '../../session.ts';
import {
    Button,
    Card,
    ErrorBox,
    Field,
    kindsOpen,
    Note,
    SchemaForm,
    schemaFaults,
    startOf,
    SubjectPicker,
    type Subject,
    type SubjectKind,
} from '../../ui/index.ts';
import type { Server, Tool } from './data.ts';
import { definitionOf } from './definition.ts';
import { Result } from './Result.tsx';
import { askVerdict, Verdict } from './Verdict.tsx';

const KINDS: readonly SubjectKind[] = ['user', 'service-account', 'device'];

interface Exchange {
    request: Shape<'ToolCallIn'>;
    took: number;
    result?: Record<string, unknown>;
    problem?: Problem;
}

/** One call at a time; leaving or cancelling closes the connection, which ends the call. */
function useCall(): {
    busy: boolean;
    last: Exchange | undefined;
    send: (request: Shape<'ToolCallIn'>) => Promise<void>;
    cancel: () => void;
} {
    const [busy, setBusy] = useState(false);
    const [last, setLast] = useState<Exchange>();
    const abort = useRef<AbortController | undefined>(undefined);
    useEffect(() => () => abort.current?.abort(), []);
    const send = async (request: Shape<'ToolCallIn'>): Promise<void> => {
        const begun = performance.now();
        abort.current = new AbortController();
        setBusy(true);
        setLast(undefined);
        try {
            const { result } = await call(
                api.POST('/api/v1/mcp/tools/call', { body: request, signal: abort.current.signal }),
            );
            setLast({ request, took: performance.now() - begun, result: result as Record<string, unknown> });
        } catch (thrown) {
            if (!wasAborted(thrown)) setLast({ request, took: performance.now() - begun, problem: problemOf(thrown) });
        }
        setBusy(false);
    };
    return { busy, last, send, cancel: () => abort.current?.abort() };
}

export default function Tester({ server, tool }: { server: Server; tool: Tool }) {
    const words = t.tools.tester;
    const schema = definitionOf(tool)?.input ?? { type: 'object' };
    const [value, setValue] = useState<unknown>();
    const [tried, setTried] = useState(false);
    const [broken, setBroken] = useState<readonly string[]>([]);
    const [unfit, setUnfit] = useState(false);
    const [subject, setSubject] = useState<Subject>();
    const [kind, setKind] = useState<SubjectKind>('user');
    const [verdict, setVerdict] = useState<Shape<'PermissionVerdict'>>();
    const [problem, setProblem] = useState<Problem>();
    const made = useCall();
    useEffect(() => {
        const answered = asking();
        void startOf(schema).then(setValue).finally(answered);
    }, [tool.digest]);
    useEffect(() => setVerdict(undefined), [subject, value]);
    useEffect(() => setUnfit(false), [value]);
    const args = (value ?? {}) as Record<string, never>;
    const check = async (): Promise<Shape<'PermissionVerdict'> | undefined> => {
        setProblem(undefined);
        try {
            const said = await askVerdict(server, tool, subject, args);
            setVerdict(said);
            return said;
        } catch (thrown) {
            setProblem(problemOf(thrown));
            return undefined;
        }
    };
    const sending = useRef(false);
    /** A second click while the first is on its way is no second call. */
    const sendOnce = async (): Promise<void> => {
        if (sending.current) return;
        sending.current = true;
        await send().finally(() => (sending.current = false));
    };
    const send = async (): Promise<void> => {
        setTried(true);
        if (broken.length > 0) return;
        const fits = Object.keys(await schemaFaults(schema, value, true)).length === 0;
        setUnfit(!fits);
        if (!fits) return;
        await check();
        await made.send({ name: `${server.prefix}__${tool.name}`, arguments: args });
    };
    const others = may('tool:read') && kindsOpen(KINDS).length > 0;
    return (
        <div class="tester">
            <Card title={words.arguments}>
                {value !== undefined && (
                    <SchemaForm
                        schema={schema}
                        value={value as never}
                        onInput={setValue}
                        strict={tried}
                        label={words.arguments}
                        onBroken={setBroken}
                        foreign
                    />
                )}
                {others && (
                    <Field label={words.as} hint={words.asHint} group>
                        <SubjectPicker
                            label={words.as}
                            kinds={KINDS}
                            kind={kind}
                            onKind={(next) => {
                                setKind(next);
                                setSubject(undefined);
                            }}
                            value={subject}
                            onPick={setSubject}
                        />
                        {subject && (
                            <div>
                                <Button kind="link" small onClick={() => setSubject(undefined)}>
                                    {words.asMe}
                                </Button>
                            </div>
                        )}
                    </Field>
                )}
                {unfit && <Note tone="warn">{words.unfit}</Note>}
                <div class="tester-acts">
                    <Button icon="permission" onClick={() => void check()}>
                        {subject ? words.mayHe(subject.name) : words.mayI}
                    </Button>
                    {made.busy ? (
                        <Button icon="stop" onClick={made.cancel}>
                            {words.cancel}
                        </Button>
                    ) : (
                        <Button
                            kind="primary"
                            icon="play"
                            disabled={subject !== undefined}
                            {...(subject && { title: words.onlySelf })}
                            onClick={() => void sendOnce()}
                        >
                            {words.call}
                        </Button>
                    )}
                </div>
            </Card>
            <div aria-live="polite" class="tester-answer">
                {problem && <ErrorBox problem={problem} />}
                {verdict && <Verdict verdict={verdict} server={server} tool={tool} subject={subject} />}
                {made.busy && (
                    <Note tone="info" title={verdict?.needs_approval ? words.held : words.underWay}>
                        {verdict?.needs_approval && <a href="/tools?tab=approvals">{t.tools.approvals.waiting}</a>}
                    </Note>
                )}
                {made.last && <Answer exchange={made.last} />}
                {!problem && !verdict && !made.busy && !made.last && <p class="muted tester-empty">{words.empty}</p>}
            </div>
        </div>
    );
}

function Answer({ exchange: { request, took, result, problem } }: { exchange: Exchange }) {
    const words = t.tools.tester;
    const answer = problem
        ? `HTTP ${problem.status} ${problem.code}\n${problem.title}\n${problem.detail}`
        : JSON.stringify({ result }, null, 2);
    const raw = `POST /api/v1/mcp/tools/call\n${JSON.stringify(request, null, 2)}\n\n${answer}`;
    return (
        <Card title={words.answer} actions={<span class="muted">{milliseconds(took)}</span>}>
            {problem && <ErrorBox problem={problem} {...(problem.status === 404 && { what: words.notThere })} />}
            {result && <Result result={result} />}
            <details class="more">
                <summary>{words.raw}</summary>
                <pre class="raw" tabIndex={0}>
                    {raw}
                </pre>
            </details>
        </Card>
    );
}
