#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/web.sh STAMP DEPFILE: the console, built by Vite in build/web/KEY, where KEY is made of all that
# it depends on: what is there already is not built again, for whichever build directory. STAMP gets
# that directory's name, DEPFILE (make's syntax) the files that STAMP depends on; build/web/dist is
# the newest. Meson runs this; `./dev web` is for people.
set -eu
stamp=$(realpath -m "$1")
depfile=$(realpath -m "$2")
target=$1
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 TZ=UTC
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-0}"
. tools/install.sh
mkdir -p build/web

sources() {
    find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/tests -prune -o -type f \
        ! -name schema.d.ts -print | sort
    echo tools/web.sh
    echo tools/web-finish.mjs
}

build_web() {
    install_node
    install_modules web
    rm -rf "$out.new"
    build/node web/node_modules/vite/bin/vite.js build web --outDir "$PWD/$out.new" --logLevel warn
    build/node tools/web-finish.mjs "$out.new"
    mv "$out.new" "$out"
}

keep_three() {
    ls -dt build/web/????????????????/ | tail -n +4 | xargs -r rm -rf
}

exec 9>build/web/lock
flock 9
out=build/web/$(sources | xargs sha256sum | sha256sum | cut -c1-16)
if [ -d "$out" ]; then
    touch "$out"
else
    build_web >&2
    keep_three
fi
ln -sfn "$(basename "$out")" build/web/dist
echo "$PWD/$out" | cmp -s - "$stamp" || echo "$PWD/$out" >"$stamp"
printf '%s:' "$target" >"$depfile"
sources | sed "s|^| $PWD/|" | tr -d '\n' >>"$depfile"
echo >>"$depfile"
