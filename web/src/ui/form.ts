// SPDX-License-Identifier: Apache-2.0
import { useMemo, useRef, useState } from 'preact/hooks';
import { problemOf, type Problem } from '../api/client.ts';
import { useGuard } from './guard.ts';

export interface FormOptions<V extends object, R> {
    initial: V;
    /** Sends it; throws a Problem: `(v) => call(api.POST('/api/v1/groups', { body: v }))`. */
    submit: (values: V) => Promise<R>;
    done?: (result: R) => void;
    /** Before it is sent: what is missing, by field. */
    check?: (values: V) => Partial<Record<keyof V & string, string>>;
    /** Leaving with changes that are not saved is not asked about (a dialog with a cancel button). */
    careless?: boolean;
}

export interface Form<V extends object> {
    values: V;
    set: (changes: Partial<V>) => void;
    dirty: boolean;
    busy: boolean;
    /** The refusal, when no field of the form shows it all. */
    problem: Problem | undefined;
    /** What is wrong with this field. */
    error: (name: keyof V & string) => string | undefined;
    /** For TextInput, Select, RadioCards ... `<TextInput {...form.bind('name')} />` */
    bind: <K extends keyof V & string>(name: K) => { name: K; value: V[K]; onInput: (value: V[K]) => void };
    /** For Checkbox and Switch. */
    tick: <K extends keyof V & string>(name: K) => { name: K; checked: boolean; onInput: (value: boolean) => void };
    submit: () => Promise<void>;
    /** For `<form {...form.attributes}>`. */
    attributes: { noValidate: true; onSubmit: (event: Event) => void };
    /** Back to these values, or to those it began with. */
    reset: (values?: V) => void;
}

/** `/items/0/name`, `items.0.name` and `name` of an answer lead to the field that is named so, else to the member that holds it. */
export function fieldOf(path: string, names: readonly string[]): string | undefined {
    const plain = path.replace(/^[/#]+/, '').replaceAll('/', '.');
    return names.find((name) => name === plain) ?? names.find((name) => plain.startsWith(`${name}.`));
}

/** The faults of a Problem by field, and whether some belong to none. */
export function faultsByField(
    problem: Problem | undefined,
    names: readonly string[],
): { of: Record<string, string>; rest: boolean } {
    const of: Record<string, string> = {};
    let rest = false;
    for (const fault of problem?.errors ?? []) {
        const name = fieldOf(fault.field, names);
        if (name === undefined) rest = true;
        else of[name] ??= fault.want;
    }
    return { of, rest: rest || (problem !== undefined && problem.errors.length === 0) };
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** A form: values, what changed, sending, and the server's faults at their fields. */
export function useForm<V extends object, R>(options: FormOptions<V, R>): Form<V> {
    const [first, setFirst] = useState(options.initial);
    const [values, setValues] = useState(options.initial);
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const [missing, setMissing] = useState<Record<string, string>>({});
    /** What was changed since the refusal: that it was wrong is no news any more. */
    const [mended, setMended] = useState<Partial<V>>({});
    const dirty = useMemo(() => !same(first, values), [first, values]);
    const letGo = useGuard(dirty && !options.careless);
    const latest = useRef({ options, values, busy });
    latest.current = { options, values, busy };

    const acts = useMemo(() => {
        const set = (changes: Partial<V>): void => {
            setMissing((was) => Object.fromEntries(Object.entries(was).filter(([name]) => !(name in changes))));
            setMended((was) => ({ ...was, ...changes }));
            // The ref follows at once: two changes between two drawings are two changes.
            latest.current.values = { ...latest.current.values, ...changes };
            setValues(latest.current.values);
        };
        const submit = async (): Promise<void> => {
            const { options: now, values: sent, busy: already } = latest.current;
            if (already) return;
            const lacks = (now.check?.(sent) ?? {}) as Record<string, string>;
            setMissing(lacks);
            if (Object.keys(lacks).length > 0) return;
            setBusy(true);
            setProblem(undefined);
            setMended({});
            try {
                const result = await now.submit(sent);
                setFirst(sent);
                setBusy(false);
                letGo();
                setTimeout(() => latest.current.options.done?.(result));
            } catch (thrown) {
                setProblem(problemOf(thrown));
                setBusy(false);
            }
        };
        const reset = (to?: V): void => {
            const next = to ?? latest.current.options.initial;
            latest.current.values = next;
            setFirst(next);
            setValues(next);
            setProblem(undefined);
            setMissing({});
        };
        return { set, submit, reset };
    }, []);

    const faults = faultsByField(problem, Object.keys(values));
    return {
        ...acts,
        values,
        dirty,
        busy,
        problem: faults.rest ? problem : undefined,
        error: (name) => missing[name] ?? (name in mended ? undefined : faults.of[name]),
        bind: (name) => ({
            name,
            value: values[name],
            onInput: (value) => acts.set({ [name]: value } as unknown as Partial<V>),
        }),
        tick: (name) => ({
            name,
            checked: Boolean(values[name]),
            onInput: (value) => acts.set({ [name]: value } as unknown as Partial<V>),
        }),
        attributes: {
            noValidate: true,
            onSubmit: (event) => {
                event.preventDefault();
                void acts.submit();
            },
        },
    };
}
