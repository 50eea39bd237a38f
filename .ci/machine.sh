# The machine of CI: system packages and servers. Sourced by .ci/run, for Debian and Ubuntu.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

# as_user <user> <command...>: without sudo, which a container often lacks.
as_user() {
    local user=$1
    shift
    if [ "$(id -u)" -eq 0 ]; then su -s /bin/bash "$user" -c "$(printf '%q ' "$@")"; else sudo -n -u "$user" "$@"; fi
}

answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

wait_for() {
    local name=$1 port=$2
    for _ in $(seq 60); do
        if answers 127.0.0.1 "$port"; then return 0; fi
        sleep 0.5
    done
    echo "[ci] $name does not answer on port $port"
    return 1
}

has_browser() { command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null 2>&1; }

install_packages() {
    local wanted=()
    has_browser || wanted+=(chromium fonts-dejavu-core)
    command -v node >/dev/null || wanted+=(nodejs)
    command -v npm >/dev/null || wanted+=(npm)
    command -v make >/dev/null || wanted+=(make)
    python3 -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3-venv)
    answers 127.0.0.1 5432 || command -v pg_ctlcluster >/dev/null || wanted+=(postgresql)
    answers 127.0.0.1 3306 || command -v mariadbd >/dev/null || wanted+=(mariadb-server)
    answers 127.0.0.1 6379 || command -v redis-server >/dev/null || wanted+=(redis-server)
    answers 127.0.0.1 11211 || command -v memcached >/dev/null || wanted+=(memcached)
    [ ${#wanted[@]} -eq 0 ] && return 0
    echo "[ci] apt-get install ${wanted[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "${wanted[@]}"
}

start_servers() {
    answers 127.0.0.1 5432 || as_root service postgresql start
    answers 127.0.0.1 3306 || as_root service mariadb start
    answers 127.0.0.1 6379 || as_root service redis-server start
    answers 127.0.0.1 11211 || as_root service memcached start
    wait_for PostgreSQL 5432 && wait_for MariaDB 3306 && wait_for Redis 6379 && wait_for Memcached 11211
}

# Debian's defaults let nobody in over TCP without a password: make an account of our own where that is so.
open_postgresql() {
    [ -n "${CF_TEST_POSTGRESQL_URL:-}" ] && return 0
    psql -w -q -h 127.0.0.1 -U postgres -d postgres -c 'SELECT 1' >/dev/null 2>&1 && return 0
    as_user postgres psql -q -d postgres -c "DO \$\$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cf_test') THEN
            CREATE ROLE cf_test LOGIN CREATEDB PASSWORD 'cf_test'; END IF; END \$\$" || return 1
    export CF_TEST_POSTGRESQL_URL=postgresql://cf_test:cf_test@127.0.0.1:5432/postgres
}

open_mariadb() {
    [ -n "${CF_TEST_MARIADB_URL:-}" ] && return 0
    mariadb -h 127.0.0.1 -u root -e 'CREATE DATABASE IF NOT EXISTS test' >/dev/null 2>&1 && return 0
    as_root mariadb -e "CREATE DATABASE IF NOT EXISTS test;
        CREATE USER IF NOT EXISTS 'cf_test'@'127.0.0.1' IDENTIFIED BY 'cf_test';
        GRANT ALL ON *.* TO 'cf_test'@'127.0.0.1'" || return 1
    export CF_TEST_MARIADB_URL=mysql://cf_test:cf_test@127.0.0.1:3306/test
}

# The matrix needs Pythons that Debian does not have; pyenv's are found, others come from uv.
install_pythons() {
    local missing
    missing=$(PYTHONPATH=scripts python3 -c '
from environment import find_pythons
found = find_pythons()
print(*[f"3.{minor}" for minor in (11, 12, 13) if (3, minor) not in found])') || return 1
    [ -z "$missing" ] && return 0
    echo "[ci] uv python install $missing"
    python3 scripts/environment.py dev || return 1
    # shellcheck disable=SC2086 # several versions
    .venv/bin/uv python install $missing
}

prepare_machine() {
    local code=0
    install_packages || code=1
    start_servers || code=1
    open_postgresql || code=1
    open_mariadb || code=1
    install_pythons || code=1
    return $code
}
