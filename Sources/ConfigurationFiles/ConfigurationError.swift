/// What is wrong with a configuration file, where, and what to do; `description` is one line for a log.
///
/// Values of scalars never appear in it, since some are secrets: file, line, column and key say where to look.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's path, or what stands for it (`standard output of …`).
    package var file: String
    /// The place in the file; nil where the file as a whole is meant (it cannot be read).
    package var position: FilePosition?
    /// The keys that lead to the value, `users[0].user.exec`; empty for the document itself.
    package var path: String
    /// What is wrong.
    package var message: String

    /// Creates an error.
    package init(file: String, position: FilePosition? = nil, path: String = "", message: String) {
        self.file = file
        self.position = position
        self.path = path
        self.message = message
    }

    package var description: String {
        var text = file
        if let position { text += ":\(position)" }
        if !path.isEmpty { text += ": \(path)" }
        return text + ": " + message
    }

    /// The text in double quotes for a one-line message: control characters shown as `\u{…}`, cut after 64 characters.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == 64 {
                result += "…"
                break
            }
            // Bidirectional controls make a text read as another one, as other controls do.
            let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            result += scalar.escaped(asASCII: isDirection)
            count += 1
        }
        return result + "\""
    }
}
