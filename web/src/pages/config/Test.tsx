// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, call, problemOf, type Problem } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { asking } from '../../ready.ts';
import { Button, Dialog, ErrorBox } from '../../ui/index.ts';
import type { HomeAssistant } from './index.tsx';
import { Steps } from './Steps.tsx';
import type { Test as Found } from './test.ts';

/** Asks one that is there, with its own token. */
export default function Test({ house, onClose }: { house: HomeAssistant; onClose: () => void }) {
    const words = t.config.test;
    const [test, setTest] = useState<Found>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const run = async (): Promise<void> => {
        const answered = asking();
        setBusy(true);
        setTest(undefined);
        setProblem(undefined);
        try {
            setTest(
                await call(
                    api.POST('/api/v1/config/homeassistant/{id}/test', { params: { path: { id: house.id ?? '' } } }),
                ),
            );
        } catch (thrown) {
            setProblem(problemOf(thrown));
        }
        setBusy(false);
        answered();
    };
    useEffect(() => void run(), []);
    return (
        <Dialog
            title={words.of(house.name ?? '')}
            onClose={onClose}
            actions={
                <>
                    <Button icon="reload" busy={busy} onClick={() => void run()}>
                        {words.again}
                    </Button>
                    <Button kind="primary" onClick={onClose}>
                        {t.kit.close}
                    </Button>
                </>
            }
        >
            <Steps test={test} busy={busy} />
            {problem && <ErrorBox problem={problem} />}
        </Dialog>
    );
}
