/// A setting that is given by a flag or, where the flag is absent, by an environment variable.
///
/// Variables of other names are no error, whatever their prefix: in a cluster, each Service `kube-ha-exporter` adds some
/// (`KUBE_HA_EXPORTER_SERVICE_HOST`, `KUBE_HA_EXPORTER_PORT`) to the pods of its namespace.
package struct Setting<Value>: Sendable {
    /// The flag without its dashes: `web.listen-address`.
    package let name: String
    private let parse: @Sendable (String) throws(ValueProblem) -> Value

    /// Describes a setting.
    ///
    /// - Parameters:
    ///   - name: The flag without its dashes.
    ///   - parse: Reads the value's text.
    package init(_ name: String, parse: @escaping @Sendable (String) throws(ValueProblem) -> Value) {
        self.name = name
        self.parse = parse
    }

    /// The flag as it is typed.
    package var flag: String { "--\(name)" }

    /// The environment variable: `KUBE_HA_EXPORTER_WEB_LISTEN_ADDRESS`.
    package var variable: String {
        "KUBE_HA_EXPORTER_" + String(name.map { $0 == "." || $0 == "-" ? "_" : $0 }).uppercased()
    }

    /// The value of the flag, else that of the variable, else nil. An empty variable counts as none.
    package func value(_ given: String?, _ environment: [String: String]) throws(SettingError) -> Value? {
        if let given { return try read(given, from: flag) }
        guard let text = environment[variable], !text.isEmpty else { return nil }
        return try read(text, from: variable)
    }

    /// The values of a flag that may be repeated, else those of the variable, separated by commas.
    package func values(_ given: [String], _ environment: [String: String]) throws(SettingError) -> [Value] {
        var values: [Value] = []
        if !given.isEmpty {
            for text in given { values.append(try read(text, from: flag)) }
        } else {
            for text in (environment[variable] ?? "").split(separator: ",") {
                values.append(try read(text.filter { $0 != " " }, from: variable))
            }
        }
        return values
    }

    private func read(_ text: String, from origin: String) throws(SettingError) -> Value {
        do {
            return try parse(text)
        } catch {
            throw SettingError(origin: origin, text: text, problem: error.message)
        }
    }
}
