// SPDX-License-Identifier: Apache-2.0
// One's own Home Assistants: what is there, how it did when it was asked last, and what it gives one's assistants.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { Button, Empty, lazy, Loaded, PageHead } from '../../ui/index.ts';
import { House } from './House.tsx';
import './config.css';

export type HomeAssistant = Shape<'HomeAssistant'>;

const Edit = lazy(() => import('./Edit.tsx'));

export default function Config() {
    const [query, setQuery] = useQuery();
    const [edited, setEdited] = useState<HomeAssistant>();
    const houses = useData(
        'homeassistant',
        (signal) =>
            readAll((page) => call(api.GET('/api/v1/config/homeassistant', { params: { query: page }, signal }))),
        { topics: ['homeassistant'] },
    );
    const words = t.config;
    const add = (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.add}
        </Button>
    );
    const close = (): void => {
        setQuery({ new: undefined });
        setEdited(undefined);
        houses.reload();
    };
    return (
        <>
            <PageHead
                title={t.shell.pages.config}
                intro={words.intro}
                actions={houses.data && houses.data.length > 0 && add}
            />
            <Loaded of={houses}>
                {(all) =>
                    all.length === 0 ? (
                        <First add={add} />
                    ) : (
                        <div class="houses">
                            {all.map((one) => (
                                <House key={one.id} house={one} onEdit={() => setEdited(one)} done={houses.reload} />
                            ))}
                        </div>
                    )
                }
            </Loaded>
            {query['new'] && <Edit onClose={close} />}
            {edited && <Edit key={edited.id} house={edited} onClose={close} />}
        </>
    );
}

/** Nothing yet: what it is for, and what is needed in Home Assistant first. */
function First({ add }: { add: ComponentChildren }) {
    const words = t.config.first;
    return (
        <>
            <Empty icon="home" title={words.title} action={add}>
                {words.text}
            </Empty>
            <section class="card needs" aria-labelledby="needs">
                <h2 id="needs">{words.needs}</h2>
                <ol>
                    {words.steps.map((step) => (
                        <li key={step}>{step}</li>
                    ))}
                </ol>
                <p class="hint">{words.token}</p>
            </section>
        </>
    );
}
