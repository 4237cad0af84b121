// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';

export default function Page() {
    return <h1>{t.shell.pages.logs}</h1>;
}
