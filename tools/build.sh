# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev and its helpers: the builds, each in a directory of its own under build/.

# build_in NAME [MESON OPTION...]
build_in() {
    dir=build/$1
    shift
    [ -e "$dir/build.ninja" ] || meson setup "$dir" "$@" >build/setup.log 2>&1 || {
        tail -n 30 build/setup.log >&2
        exit 1
    }
    ninja -C "$dir" -j "$(nproc)" >"$dir/build.log" 2>&1 || {
        grep -v '^\[' "$dir/build.log" >&2
        exit 1
    }
}

build_release() {
    install_packages build
    mkdir -p build
    build_in release -Dtests=false
    ln -sfn release/seneschal build/seneschal
}

# With the tests and fault injection; what `./dev test` runs.
build_tests() {
    mkdir -p build
    build_in test
}
