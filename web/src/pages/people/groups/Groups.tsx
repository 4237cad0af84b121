// SPDX-License-Identifier: Apache-2.0
export default function Groups(_: { id?: string }) {
    return null;
}
