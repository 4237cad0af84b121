# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev and its helpers: the builds, each in a directory of its own under build/.

# Where the console comes from (-Dweb of meson_options.txt).
web=${WEB:-build}

# build_in NAME [MESON OPTION...]
build_in() {
    dir=build/$1
    shift
    mkdir -p build
    case "$*" in
    *parts=agent*) ;;
    *)
        install_packages server && install_headers
        [ "$web" != build ] || { install_node && install_modules web; }
        set -- "$@" -Dweb="$web"
        ;;
    esac
    [ -e "$dir/build.ninja" ] || meson setup "$dir" "$@" >build/setup.log 2>&1 || {
        tail -n 30 build/setup.log >&2
        exit 1
    }
    case "$*" in
    *web=*) web_set "$dir" ;;
    esac
    ninja -C "$dir" -j "$(nproc)" >"$dir/build.log" 2>&1 || {
        grep -v '^\[' "$dir/build.log" >&2
        exit 1
    }
}

# A build directory from before keeps its options: this one is asked for anew each time.
web_set() {
    meson introspect --buildoptions "$1" | grep -q "\"name\": \"web\", \"value\": \"$web\"" ||
        meson configure "$1" -Dweb="$web"
}

build_release() {
    install_packages build
    build_in release -Dtests=false
    ln -sfn release/seneschal build/seneschal
}

# With the tests and fault injection; what `./dev test` runs.
build_tests() {
    build_in test
    test_data
}

# What some unit tests read: the public JSON cases, and a locale that writes numbers with a comma.
test_data() {
    [ -d build/json-suite ] || build/node tools/json-suite.mjs build/json-suite
    [ -d build/locale/de_DE.UTF-8 ] || {
        mkdir -p build/locale
        localedef -i de_DE -f UTF-8 build/locale/de_DE.UTF-8
    }
}
