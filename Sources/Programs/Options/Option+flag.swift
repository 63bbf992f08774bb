package import ArgumentParser

extension Option<String?> {
    /// Declares a flag that is given once.
    ///
    /// - Parameters:
    ///   - flag: Its name without the two hyphens.
    ///   - value: What its value is, for the usage.
    ///   - help: One sentence, with the default.
    ///   - discussion: Further text in the help.
    package init(flag: String, takes value: String, _ help: String, discussion: String = "") {
        self.init(
            name: .customLong(flag),
            help: ArgumentHelp(help, discussion: discussion, valueName: value)
        )
    }
}

extension Option<[String]> {
    /// Declares a flag that may be repeated.
    ///
    /// - Parameters:
    ///   - wrappedValue: The values where it is not given.
    ///   - flag: Its name without the two hyphens.
    ///   - value: What its value is, for the usage.
    ///   - help: One sentence, with the default.
    ///   - discussion: Further text in the help.
    package init(
        wrappedValue: [String],
        flag: String,
        takes value: String,
        _ help: String,
        discussion: String = ""
    ) {
        self.init(
            wrappedValue: wrappedValue,
            name: .customLong(flag),
            help: ArgumentHelp(help, discussion: discussion, valueName: value)
        )
    }
}
