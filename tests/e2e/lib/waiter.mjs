// SPDX-License-Identifier: Apache-2.0
// Wait until something holds, asked again whenever something happened and never by a clock.
export class Waiter {
    #waiting = new Set();

    /** Something happened: who waits looks again. */
    wake() {
        for (const wake of this.#waiting) wake();
        this.#waiting.clear();
    }

    /** True once holds() does; false when over() does first, or after `ms`. */
    async until(holds, over, ms) {
        const end = Date.now() + ms;
        while (!holds()) {
            const left = end - Date.now();
            if (over() || left <= 0) return false;
            let timer;
            await new Promise((resolve) => {
                this.#waiting.add(resolve);
                timer = setTimeout(resolve, left);
            });
            clearTimeout(timer);
        }
        return true;
    }
}
