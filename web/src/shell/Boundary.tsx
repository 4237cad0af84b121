// SPDX-License-Identifier: Apache-2.0
// A page that fails takes nothing else with it.
import { Component, type ComponentChildren } from 'preact';
import { t } from '../i18n/index.ts';

export class Boundary extends Component<{ children: ComponentChildren }, { failed?: Error }> {
    static override getDerivedStateFromError(failed: Error) {
        return { failed };
    }

    override componentDidCatch(failed: Error): void {
        console.error(failed);
    }

    override render() {
        const { failed } = this.state;
        if (!failed) return this.props.children;
        return (
            <section class="refusal" role="alert">
                <h1>{t.shell.broken.title}</h1>
                <p>{t.shell.broken.text}</p>
                <p>
                    <code>{failed.message}</code>
                </p>
                <button type="button" class="button primary" onClick={() => location.reload()}>
                    {t.shell.broken.again}
                </button>
            </section>
        );
    }
}
