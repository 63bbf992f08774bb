# Installs what build and tests need; sourced by Tests/run and .ci/run, in the project's folder.

# What the build needs, then what the tests run: promtool and the Prometheus server, Alertmanager, real etcd members,
# openssl for their certificates, systemd to judge the unit, valgrind to count instructions, faketime to step clocks,
# Chromium with a font to look at the page.
packages=(
    libcurl4-openssl-dev zlib1g-dev libyaml-dev prometheus prometheus-alertmanager etcd-server openssl curl python3-venv
    systemd valgrind faketime chromium fonts-dejavu-core
)

install_packages() {
    local missing=()
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then sudo=(sudo); fi
    # The services that Debian starts for these packages are not wanted: the tests start their own on loopback.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    "${sudo[@]}" apt-get update -q &&
        "${sudo[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
}

install_python() {
    [ -x .venv/bin/python ] || python3 -m venv .venv || return
    local pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
    "${pip[@]}" -r Tests/system/requirements.txt -r Tests/deploy/requirements.txt -r dashboards/requirements.txt \
        -r Tests/page/requirements.txt &&
        "${pip[@]}" --no-deps -r Tests/deploy/tools.txt
}
