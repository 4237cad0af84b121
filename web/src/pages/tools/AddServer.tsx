// SPDX-License-Identifier: Apache-2.0
// A new server: named, then tried at once, then its tools are asked for, so that the next thing to see are they.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { Button, Dialog, useForm } from '../../ui/index.ts';
import { createServer } from './add.ts';
import { fetchTools, serverPath, type Server } from './data.ts';
import { createOf, NEW_SERVER } from './fields.ts';
import { lacksOf, ServerForm } from './ServerForm.tsx';
import TestServer from './TestServer.tsx';
import './tools.css';

export default function AddServer({ onClose }: { onClose: () => void }) {
    const [made, setMade] = useState<Server>();
    const form = useForm({
        initial: NEW_SERVER,
        submit: (values) => createServer(createOf(values)),
        done: setMade,
        check: lacksOf,
        careless: true,
    });
    const leave = (): void => {
        // Whether they come is said on the server's own page.
        const show = (): void => navigate(serverPath(made?.name ?? ''), 'replace');
        void fetchTools().then(show, show);
    };
    if (made) return <TestServer server={made} onClose={leave} />;
    return (
        <Dialog
            wide
            title={t.tools.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button type="submit" kind="primary" busy={form.busy}>
                        {t.tools.form.addAndTest}
                    </Button>
                </>
            }
        >
            <ServerForm form={form} />
        </Dialog>
    );
}
