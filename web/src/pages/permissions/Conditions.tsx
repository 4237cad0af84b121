// SPDX-License-Identifier: Apache-2.0
// What has to hold besides: values of arguments, and the device that the call comes from. Where one does not, the permission refuses.
import { useState } from 'preact/hooks';
import { problemOf, type Problem } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import {
    Button,
    Checkbox,
    Chips,
    Dialog,
    ErrorBox,
    Field,
    IconButton,
    Select,
    TextInput,
    toast,
} from '../../ui/index.ts';
import type { PermissionRow } from '../tools/who.ts';
import { conditionsOf, deviceOf, deviceWritten, OPS, writtenOf, type Condition } from './conditions.ts';
import { putRows, type Whose } from './data.ts';
import { ruleOf } from './model.ts';

const LEVELS = ['', 'token', 'software-key'];

export default function Conditions({
    whose,
    pattern,
    row,
    onClose,
    onSaved,
}: {
    whose: Whose;
    pattern: string;
    row: PermissionRow | undefined;
    onClose: () => void;
    onSaved: () => void;
}) {
    const words = t.permissions.cond;
    const [all, setAll] = useState(conditionsOf(row?.arguments));
    const [device, setDevice] = useState(deviceOf(row?.device));
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const set = (at: number, change: Partial<Condition>): void =>
        setAll((now) => now.map((one, i) => (i === at ? { ...one, ...change } : one)));
    const save = async (): Promise<void> => {
        const written = writtenOf(all);
        const from = deviceWritten(device);
        setBusy(true);
        setProblem(undefined);
        try {
            await putRows(whose.kind, whose.id, [
                {
                    tool: pattern,
                    ...ruleOf(row),
                    ...(written.length > 0 && { arguments: written }),
                    ...(from && { device: from }),
                },
            ] as Parameters<typeof putRows>[2]);
            toast.good(t.permissions.save.saved);
            onSaved();
        } catch (thrown) {
            setProblem(problemOf(thrown));
            setBusy(false);
        }
    };
    const levels = [...new Set([...LEVELS, device.credential_level])].map((value) => ({
        value,
        label: value || words.anyLevel,
    }));
    return (
        <Dialog
            wide
            title={words.title(whose.name, pattern)}
            onClose={onClose}
            onSubmit={() => void save()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button type="submit" kind="primary" busy={busy}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            {problem && <ErrorBox problem={problem} />}
            <p class="hint">{words.intro}</p>
            <Field label={words.arguments} hint={words.argumentsHint} group>
                {all.map((one, at) => (
                    <div class="cond-row" key={at}>
                        <TextInput
                            mono
                            aria-label={words.pointer}
                            placeholder="/domain"
                            value={one.pointer}
                            onInput={(pointer) => set(at, { pointer })}
                        />
                        <Select
                            aria-label={words.op}
                            value={one.op}
                            onInput={(op) => set(at, { op })}
                            options={OPS.map((value) => ({ value, label: words.ops[value] }))}
                        />
                        <TextInput
                            mono
                            aria-label={words.value}
                            disabled={one.op === 'absent'}
                            value={one.op === 'absent' ? '' : one.value}
                            onInput={(value) => set(at, { value })}
                        />
                        <IconButton
                            icon="remove"
                            kind="link"
                            label={words.remove}
                            onClick={() => setAll((now) => now.filter((_, i) => i !== at))}
                        />
                    </div>
                ))}
                <div>
                    <Button
                        small
                        icon="add"
                        onClick={() => setAll((now) => [...now, { pointer: '/', op: 'eq', value: '' }])}
                    >
                        {words.add}
                    </Button>
                </div>
            </Field>
            <Field label={words.device} group>
                <Checkbox
                    label={words.enrolled}
                    checked={device.enrolled}
                    onInput={(enrolled) => setDevice({ ...device, enrolled })}
                />
            </Field>
            <Field label={words.level}>
                <Select
                    value={device.credential_level}
                    onInput={(credential_level) => setDevice({ ...device, credential_level })}
                    options={levels}
                />
            </Field>
            <Field label={words.labels} hint={words.labelsHint}>
                <Chips
                    value={device.labels}
                    onInput={(labels) => setDevice({ ...device, labels: labels.filter((one) => one.includes('=')) })}
                    remove={words.dropLabel}
                />
            </Field>
        </Dialog>
    );
}
