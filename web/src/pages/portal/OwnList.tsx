// SPDX-License-Identifier: Apache-2.0
// What one has made for oneself, and may take away.
import { Button, Time } from '../../ui/index.ts';

interface Made {
    id?: string | null;
    name?: string | null;
    created_at?: string | null;
    expires_at?: string | null;
}

interface Props<One> {
    items: readonly One[];
    words: { made: string; ends?: string; remove: string };
    remove(one: One): Promise<void>;
}

export function OwnList<One extends Made>({ items, words, remove }: Props<One>) {
    return (
        <ul class="portal-list">
            {items.map((one) => (
                <li key={one.id}>
                    <span>
                        <strong>{one.name}</strong>
                        <br />
                        <small class="muted">
                            {words.made} <Time at={one.created_at} />
                            {words.ends && (
                                <>
                                    <br />
                                    {words.ends} <Time at={one.expires_at} />
                                </>
                            )}
                        </small>
                    </span>
                    <Button small kind="danger" onClick={() => void remove(one)}>
                        {words.remove}…
                    </Button>
                </li>
            ))}
        </ul>
    );
}
