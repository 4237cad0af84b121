// SPDX-License-Identifier: Apache-2.0
import { Card } from '../../ui/index.ts';

/** Where more of an account stands: those that the reader may open; nothing where there is none. */
export function LinksCard({
    title,
    links,
}: {
    title: string;
    links: readonly (false | { href: string; label: string })[];
}) {
    const open = links.filter((one) => one !== false);
    if (open.length === 0) return null;
    return (
        <Card title={title} icon="why">
            <ul class="links">
                {open.map((one) => (
                    <li key={one.href}>
                        <a href={one.href}>{one.label}</a>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
