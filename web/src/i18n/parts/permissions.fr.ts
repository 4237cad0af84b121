// SPDX-License-Identifier: Apache-2.0
import type en from './permissions.en.ts';

const fr: typeof en = {
};

export default fr;
