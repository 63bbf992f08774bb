import CCurl
import Glibc

extension CurlTransfer {
    /// Sets everything libcurl is told about this transfer.
    func setOptions(worker: CurlWorker) throws(TransportError) {
        try setCallbacks(worker: worker)
        try setConnection()
        try setTLS(systemDirectory: worker.systemCertificateDirectory)
        try setRequest()
    }

    // MARK: Groups of options

    private func setCallbacks(worker: CurlWorker) throws(TransportError) {
        let transfer = Unmanaged.passUnretained(self).toOpaque()
        try set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        try check(ccurl_set_data_function(easy, CURLOPT_WRITEFUNCTION, onBody), CURLOPT_WRITEFUNCTION)
        try set(CURLOPT_WRITEDATA, pointer: transfer)
        try check(ccurl_set_data_function(easy, CURLOPT_HEADERFUNCTION, onHeadLine), CURLOPT_HEADERFUNCTION)
        try set(CURLOPT_HEADERDATA, pointer: transfer)
        try check(ccurl_set_prereq_function(easy, onConnected), CURLOPT_PREREQFUNCTION)
        try set(CURLOPT_PREREQDATA, pointer: transfer)
        try check(ccurl_set_sockopt_function(easy, onSocket), CURLOPT_SOCKOPTFUNCTION)
        // A connection outlives the transfer that opened it: its end is told to the worker, which outlives both.
        try check(ccurl_set_close_function(easy, onSocketClose), CURLOPT_CLOSESOCKETFUNCTION)
        try set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(worker).toOpaque())
    }

    private func setConnection() throws(TransportError) {
        let target = pending.target
        try set(CURLOPT_SHARE, pointer: group.share)
        try set(CURLOPT_URL, target.url)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        // Ending a transfer that still resolves would join the resolver's thread: 7 s seen.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_PIPEWAIT, group.key.isHTTP1 ? 0 : 1)
        // Room for what other streams read of this one's body; of watches little comes at a time.
        if !pending.request.isLongRunning { try set(CURLOPT_BUFFERSIZE, 131_072) }
        try set(CURLOPT_HTTP_VERSION, Int(group.key.isHTTP1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
        // Our own limit on the injected clock decides; 0 would mean libcurl's 300 s.
        try set(CURLOPT_CONNECTTIMEOUT_MS, Int(Int32.max))
        try set(CURLOPT_PROXY, target.proxy)
        // Whether there is a proxy was decided above; libcurl must not read NO_PROXY a second time.
        try set(CURLOPT_NOPROXY, "")
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        if target.isTLS, !target.proxy.isEmpty {
            try set(CURLOPT_HTTPPROXYTUNNEL, 1)
        }
        if let serverName = target.serverName {
            // The URL names whom to verify, this whom to dial; the Host field is set with the others.
            let list = "\(serverName):\(target.port):\(target.host):\(target.port)"
            try set(CURLOPT_CONNECT_TO, list: [list])
        }
    }

    private func setTLS(systemDirectory: String?) throws(TransportError) {
        let tls = pending.request.tls
        guard pending.target.isTLS || pending.target.proxy.hasPrefix("https") else { return }
        try set(CURLOPT_CERTINFO, 1)
        try set(CURLOPT_SSL_VERIFYPEER, tls.isVerificationSkipped ? 0 : 1)
        try set(CURLOPT_SSL_VERIFYHOST, tls.isVerificationSkipped ? 0 : 2)
        // libcurl keeps a CA file for 24 h in the multi handle, past its replacement on disk.
        try set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        if let systemDirectory {
            try set(CURLOPT_CAPATH, systemDirectory)
            try set(CURLOPT_PROXY_CAPATH, systemDirectory)
        }
        if let authority = tls.certificateAuthority {
            try set(authority, file: CURLOPT_CAINFO, blob: CURLOPT_CAINFO_BLOB)
            try set(authority, file: CURLOPT_PROXY_CAINFO, blob: CURLOPT_PROXY_CAINFO_BLOB)
            // A bundle does not replace the system's directory by itself.
            try set(CURLOPT_CAPATH, nil)
            try set(CURLOPT_PROXY_CAPATH, nil)
        }
        if let certificate = tls.clientCertificate {
            try set(certificate, file: CURLOPT_SSLCERT, blob: CURLOPT_SSLCERT_BLOB)
            // OpenSSL asks the terminal for the pass phrase of a key that has one, unless given one.
            try set(CURLOPT_KEYPASSWD, "")
        }
        if let key = tls.clientKey {
            try set(key, file: CURLOPT_SSLKEY, blob: CURLOPT_SSLKEY_BLOB)
        }
    }

    private func setRequest() throws(TransportError) {
        let request = pending.request
        let takesBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if let body = request.body ?? (takesBody ? [] : nil) {
            try set(CURLOPT_POST, 1)
            try check(
                ccurl_set_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
                CURLOPT_POSTFIELDSIZE_LARGE
            )
            try body.isEmpty ? set(CURLOPT_POSTFIELDS, "") : setCopiedBody(body)
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        } else if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }

        // `Name;` sends an empty field, `Name:` none: libcurl's own Expect and Content-Type are not wanted.
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        let names = Set(request.headers.map { $0.name.lowercased() })
        if pending.target.serverName != nil, !names.contains("host") {
            lines.append("Host: \(pending.target.authority)")
        }
        if request.body != nil || takesBody {
            lines += ["expect", "content-type"].filter { !names.contains($0) }.map { "\($0):" }
        }
        if let token = request.bearerToken {
            lines.append("Authorization: Bearer \(token)")
        }
        try set(CURLOPT_HTTPHEADER, list: lines)
    }

    // MARK: One option

    private func setCopiedBody(_ body: [UInt8]) throws(TransportError) {
        let code = body.withUnsafeBytes { bytes in
            ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    private func set(_ source: PEMSource, file: CURLoption, blob: CURLoption) throws(TransportError) {
        switch source {
        case .file(let path):
            try set(file, path)
        case .memory(let bytes):
            let code = bytes.withUnsafeBytes { bytes -> CURLcode in
                guard let start = bytes.baseAddress, !bytes.isEmpty else { return CURLE_BAD_FUNCTION_ARGUMENT }
                return ccurl_set_blob(easy, blob, start, bytes.count)
            }
            guard code == CURLE_OK else {
                throw .invalidRequest("a certificate, key or CA bundle for \(pending.target.authority) is empty")
            }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(ccurl_set_long(easy, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String?) throws(TransportError) {
        try check(ccurl_set_string(easy, option, value), option)
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) throws(TransportError) {
        try check(ccurl_set_pointer(easy, option, pointer), option)
    }

    private func set(_ option: CURLoption, list lines: [String]) throws(TransportError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw .invalidRequest("out of memory for the header fields to \(pending.target.authority)")
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        try check(ccurl_set_list(easy, option, list), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(TransportError) {
        guard code != CURLE_OK else { return }
        let name = curl_easy_option_by_id(option).map { String(cString: $0.pointee.name) } ?? "\(option.rawValue)"
        throw .invalidRequest(
            "\(pending.target.authority): libcurl refuses option \(name): \(String(cString: curl_easy_strerror(code)))"
        )
    }
}

// MARK: Functions libcurl calls, all on the transport's thread

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
}

private let onBody: ccurl_data_function = { bytes, size, count, context in
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return switch transfer(context)?.receive(body: buffer) {
    case .taken: buffer.count
    // libcurl keeps these bytes, takes no more from the socket, and calls again when the transfer goes on.
    case .paused: Int(CURL_WRITEFUNC_PAUSE)
    case .ended, nil: Int(CURL_WRITEFUNC_ERROR)
    }
}

private let onHeadLine: ccurl_data_function = { bytes, size, count, context in
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context)?.receive(headLine: buffer) == true ? buffer.count : Int(CURL_WRITEFUNC_ERROR)
}

private let onConnected: ccurl_prereq_function = { context, _, localAddress, _, localPort in
    guard let transfer = transfer(context), let localAddress else { return CURL_PREREQFUNC_ABORT }
    let key = ConnectionKey(address: String(cString: localAddress), port: Int(localPort))
    return transfer.connected(over: key) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// Dead peers: probes after 30 s of quiet, three, 5 s apart; and what we sent must be acknowledged within 15 s.
private let onSocket: ccurl_sockopt_function = { _, socket, _ in
    let options: [(level: Int32, name: Int32, value: Int32)] = [
        (SOL_SOCKET, SO_KEEPALIVE, 1),
        (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30),
        (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5),
        (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
        (Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 15_000),
    ]
    for option in options {
        var value = option.value
        setsockopt(socket, option.level, option.name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
    return Int32(CURL_SOCKOPT_OK)
}

private let onSocketClose: ccurl_close_function = { context, socket in
    if let context {
        Unmanaged<CurlWorker>.fromOpaque(context).takeUnretainedValue().willClose(socket)
    }
    return close(socket)
}
