// SPDX-License-Identifier: Apache-2.0
import type en from './providers.en.ts';

const fr: typeof en = {
};

export default fr;
