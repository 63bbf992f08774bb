extension Unicode.Scalar {
    /// Whether a terminal takes it as a command, or shows what follows in another order: control characters, and the
    /// bidirectional embeddings, overrides and isolates (Unicode Standard Annex 9, 2.1 to 2.5), by which a text can read
    /// as another one.
    package var isTerminalControl: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: properties.generalCategory == .control
        }
    }
}
