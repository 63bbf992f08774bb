import ConfigurationFiles
package import HTTPTransport

extension PEMSource {
    /// A setting that names a file of certificates, or of a key. It is read again for each connection; but one that cannot
    /// be read when the program starts is a mistake, and not a server that is not there.
    package static func setting(_ name: String) -> Setting<PEMSource> {
        Setting(name) { text throws(ValueProblem) in
            do throws(FileBytes.ReadError) {
                _ = try FileBytes.read(text, limit: 1 << 20)
            } catch {
                throw ValueProblem("cannot be read: \(error)")
            }
            return .file(text)
        }
    }
}
