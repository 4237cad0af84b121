// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Loaded } from '../../ui/index.ts';

/** The tools of one house that its person may call now, as assistants see them. Asked for when it is opened. */
export function Gives({ name }: { name: string }) {
    const words = t.config;
    const tools = useData(`gives ${name}`, async (signal) =>
        (await call(api.POST('/api/v1/mcp/tools/list', { body: {}, signal }))).tools.filter((one) =>
            one.name.startsWith(`${name}__`),
        ),
    );
    return (
        <Loaded of={tools}>
            {(all) =>
                all.length === 0 ? (
                    <p class="muted">{words.givesNothing}</p>
                ) : (
                    <>
                        <ul class="gives">
                            {all.map((one) => (
                                <li key={one.name}>
                                    <code>{one.name.slice(name.length + 2)}</code>
                                    {one.description && <span class="muted">{one.description}</span>}
                                </li>
                            ))}
                        </ul>
                        <p class="hint">{words.givesMore}</p>
                    </>
                )
            }
        </Loaded>
    );
}
