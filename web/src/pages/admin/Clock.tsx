// SPDX-License-Identifier: Apache-2.0
// The clock of the server: after it was set back, somebody has to say that it is right.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { dateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, confirm, KeyValue, Loaded, Stack, toast } from '../../ui/index.ts';

export default function Clock() {
    const words = t.admin.clock;
    const asked = useData('admin/clock', async (signal) => ({
        there: (await call(api.GET('/api/v1/admin/stats', { signal }))).at ?? '',
        here: new Date(),
    }));
    const say = async (): Promise<void> => {
        const act = () => call(api.POST('/api/v1/admin/clock/confirm'));
        if (await confirm({ title: words.title, text: words.confirmText, yes: words.confirm, act }))
            toast.good(words.done);
    };
    return (
        <Card title={words.title} icon="wait" intro={words.intro}>
            <Stack>
                <Loaded of={asked}>
                    {({ there, here }) => (
                        <KeyValue
                            pairs={[
                                [words.server, dateTime(there)],
                                [words.browser, dateTime(here)],
                            ]}
                        />
                    )}
                </Loaded>
                <Stack as="row">
                    <Button icon="check" onClick={() => void say()}>
                        {words.confirm}
                    </Button>
                </Stack>
            </Stack>
        </Card>
    );
}
