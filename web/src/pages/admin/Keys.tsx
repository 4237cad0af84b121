// SPDX-License-Identifier: Apache-2.0
// The keys that sign and seal, without their private halves, and how one takes the place of another.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import {
    Button,
    Card,
    Checkbox,
    Dialog,
    ErrorBox,
    Id,
    Loaded,
    Stack,
    Status,
    Time,
    toast,
    useForm,
} from '../../ui/index.ts';

type Key = Shape<'Key'>;

/** A key of these cannot be replaced here. */
const FIXED = ['root'];

function Rotate({ use, close, done }: { use: string; close(): void; done(): void }) {
    const words = t.admin.keys;
    const form = useForm({
        initial: { at_once: false },
        careless: true,
        submit: (values) => call(api.POST('/api/v1/keys/{use}/rotate', { params: { path: { use } }, body: values })),
        done: () => {
            toast.good(words.rotated(useName(use)));
            done();
            close();
        },
    });
    const foot = (
        <>
            <Button onClick={close}>{t.kit.cancel}</Button>
            <Button kind={form.values.at_once ? 'danger' : 'primary'} type="submit" busy={form.busy}>
                {words.rotate}
            </Button>
        </>
    );
    return (
        <Dialog
            title={words.rotateTitle(useName(use))}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={foot}
        >
            <Stack>
                <p>{words.rotateText}</p>
                <Checkbox {...form.tick('at_once')} label={words.atOnce} hint={words.atOnceHint} />
                {form.problem && <ErrorBox problem={form.problem} />}
            </Stack>
        </Dialog>
    );
}

function useName(use: string): string {
    const known: Record<string, string> = t.admin.keys.uses;
    return known[use] ?? use;
}

function Line({ one }: { one: Key }) {
    const words = t.admin.keys;
    const active = one.state === 'active';
    return (
        <li>
            <span class="rows-name">
                {one.kid ? <Id id={one.kid} length={16} /> : words.epoch(one.epoch ?? 0)}{' '}
                <span class="muted">{one.alg}</span>
            </span>
            <Status tone={active ? 'good' : 'off'}>{active ? words.active : words.retiring}</Status>
            <span class="muted">
                {one.retires_at ? words.until : words.since} <Time at={one.retires_at ?? one.created_at} />
            </span>
        </li>
    );
}

export default function Keys() {
    const words = t.admin.keys;
    const [rotating, setRotating] = useState<string>();
    const asked = useData(
        'admin/keys',
        (signal) => call(api.GET('/api/v1/keys', { params: { query: { limit: 500 } }, signal })),
        { topics: ['admin'] },
    );
    return (
        <>
            <p class="muted">{words.intro}</p>
            <Loaded of={asked}>
                {({ items }) => (
                    <Stack>
                        {[...new Set(items.map((one) => one.use ?? ''))].map((use) => (
                            <Card
                                key={use}
                                title={useName(use)}
                                intro={(words.purposes as Record<string, string>)[use] ?? ''}
                                icon="key"
                                {...(may('keys:write') &&
                                    !FIXED.includes(use) && {
                                        actions: (
                                            <Button small icon="reload" onClick={() => setRotating(use)}>
                                                {words.rotate}
                                            </Button>
                                        ),
                                    })}
                            >
                                <ul class="rows">
                                    {items
                                        .filter((one) => one.use === use)
                                        .map((one) => (
                                            <Line key={one.kid ?? one.epoch} one={one} />
                                        ))}
                                </ul>
                            </Card>
                        ))}
                    </Stack>
                )}
            </Loaded>
            {rotating && <Rotate use={rotating} close={() => setRotating(undefined)} done={asked.reload} />}
        </>
    );
}
