import Dispatch
import Glibc
import KubernetesClient

/// How commands that run once end by a signal: at once, as by default, but for the credential plugins, which would stay.
enum SignalEnd {
    /// Takes SIGHUP, SIGINT and SIGTERM from now on. `serve` has its own way to end, and does not call this.
    static func install() {
        for number in [SIGHUP, SIGINT, SIGTERM] {
            // What the caller had ignored (nohup) stays ignored.
            let before = signal(number, SIG_IGN)
            if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // The source lives as long as its handler holds it.
                withExtendedLifetime(source) {
                    PluginSessions.endAll()
                    signal(number, SIG_DFL)
                    // To the process: threads of a queue block signals.
                    kill(getpid(), number)
                }
            }
            source.activate()
        }
    }
}
