import CCurl
import Glibc

/// What libcurl needs once for the whole process.
enum CurlLibrary {
    /// Nil where libcurl is ready, else what failed. The first access does the work.
    static let failure: String? = {
        // libcurl with CURLOPT_NOSIGNAL leaves SIGPIPE to us; a peer gone mid-write must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        return code == CURLE_OK ? nil : "libcurl did not start: \(String(cString: curl_easy_strerror(code)))"
    }()
}
