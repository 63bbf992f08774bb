# What the scripts of this folder share; sourced. The simulator is a process of its own, over TLS and HTTP/2.

# Makes a test CA and a certificate for the loopback addresses in the folder $1: ca.pem, server.pem, server.key.
make_certificates() {
    local folder=$1 names i
    names="DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1"
    for i in $(seq 2 9); do names="$names,IP:127.0.0.$i"; done
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=simulator-ca" \
            -keyout "$folder/ca.key" -out "$folder/ca.pem"
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=kube-apiserver" \
            -keyout "$folder/server.key" -out "$folder/server.csr"
        printf 'subjectAltName=%s\n' "$names" >"$folder/server.ext"
        openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial \
            -days 30 -extfile "$folder/server.ext" -out "$folder/leaf.pem"
    } 2>"$folder/openssl.log" || {
        cat "$folder/openssl.log" >&2
        return 1
    }
    cat "$folder/leaf.pem" "$folder/ca.pem" >"$folder/server.pem"
}

# Starts the simulator $1 in the folder $2 with the options that follow, and waits for its line. Sets $simulator_pid and
# $server; the kubeconfig is $2/kubeconfig.
start_simulator() {
    local program=$1 folder=$2
    shift 2
    rm -f "$folder/ready"
    "$program" --certificate "$folder/server.pem" --key "$folder/server.key" --certificate-authority "$folder/ca.pem" \
        --write-kubeconfig "$folder/kubeconfig" "$@" >"$folder/ready" 2>"$folder/simulator.log" &
    simulator_pid=$!
    until [ -s "$folder/ready" ]; do
        kill -0 "$simulator_pid" 2>/dev/null || {
            cat "$folder/simulator.log" >&2
            return 1
        }
        sleep 0.1
    done
    server=$(sed 's/.*"server":"\([^"]*\)".*/\1/' "$folder/ready")
    cat "$folder/ready"
}

# Writes the middle one of the lines of standard input, which are numbers.
median() {
    sort -n | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'
}

# Prints the anonymous memory of the process $1 in MB, which is what a cgroup must keep: pages of files can be read again.
anonymous_mb() {
    awk '/^RssAnon/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"
}
