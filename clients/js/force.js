// SPDX-License-Identifier: Apache-2.0
// What is in force, as it was given to the program, and what it comes back from after a restart.
import { isObject } from './wire.js';

export class InForce {
    /** As onConfig has it; undefined before its first call. */
    config;
    #store;
    #onConfig;
    #tell;

    constructor(store, onConfig, tell) {
        this.#store = store;
        this.#onConfig = onConfig;
        this.#tell = tell;
    }

    /** What cannot be given is not in force. */
    async give(config) {
        await this.#onConfig?.(config);
        this.config = config;
    }

    /** Nothing, or the minimal configuration that the last policy carried for this. */
    async off(reason, minimal = false) {
        const kept = minimal ? await this.#store.get('degraded').catch(() => undefined) : undefined;
        const { config, version } = isObject(kept?.config) ? kept : {};
        this.config = { enabled: false, config: config ?? {}, version: version ?? null, reason, ...(config && { degraded: true }) };
        try {
            await this.#onConfig?.(this.config);
        } catch (error) {
            this.#tell('failed', error.message);
        }
    }

    kept() {
        return this.#store.get('config');
    }

    keep(etag, text, lease) {
        return this.#store.set('config', { etag, text, lease });
    }

    keepMinimal(config, version) {
        return this.#store.set('degraded', { config, version });
    }

    async wipe() {
        for (const key of ['config', 'degraded']) await this.#store.delete(key);
        this.config = undefined;
    }
}
