extension Setting where Value == String {
    /// A setting of any text but none.
    package init(text name: String) {
        self.init(name) { text throws(ValueProblem) in
            guard !text.isEmpty else { throw ValueProblem("is empty; give a value or leave the flag out") }
            return text
        }
    }
}

extension Setting where Value == Int {
    /// A setting of a whole number from `minimum` on.
    package init(number name: String, minimum: Int) {
        self.init(name) { text throws(ValueProblem) in
            guard let number = Int(text), number >= minimum else {
                throw ValueProblem("is not a whole number of at least \(minimum)")
            }
            return number
        }
    }
}

extension Setting where Value == Duration {
    /// A setting of a duration of at least `minimum` seconds.
    package init(duration name: String, minimum: Int) {
        self.init(name) { text throws(ValueProblem) in
            let duration = try DurationText.parse(text)
            guard duration >= .seconds(minimum) else { throw ValueProblem("is too short; at least \(minimum)s") }
            return duration
        }
    }
}

extension Setting where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// A setting of one of the enumeration's words.
    package init(choice name: String) {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        let values = Dictionary(Value.allCases.map { ($0.rawValue, $0) }) { first, _ in first }
        self.init(name) { text throws(ValueProblem) in
            guard let value = values[text] else { throw ValueProblem("must be one of \(words)") }
            return value
        }
    }
}
