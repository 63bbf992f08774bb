internal import CYAML

/// Runs libyaml over a text.
enum YAMLEventParser {
    /// Parses the text, handing out event by event, so that the reader of events can stop at its limits.
    static func parse(
        _ bytes: [UInt8],
        file: String,
        _ body: (YAMLEvent) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw ConfigurationError(file: file, message: "cannot be parsed: out of memory")
        }
        defer { yaml_parser_delete(parser) }
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<Void, ConfigurationError> in
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            do throws(ConfigurationError) {
                while try next(parser, bytes, file, body) {}
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Handles one event; false after the last.
    private static func next(
        _ parser: UnsafeMutablePointer<yaml_parser_t>,
        _ bytes: [UInt8],
        _ file: String,
        _ body: (YAMLEvent) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) -> Bool {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure(parser.pointee, bytes, file) }
        defer { yaml_event_delete(&event) }
        try body(YAMLEvent(event))
        return event.type != YAML_STREAM_END_EVENT
    }

    /// What libyaml says about a text it cannot parse. Its messages are constants and never quote the text.
    private static func failure(_ parser: yaml_parser_t, _ bytes: [UInt8], _ file: String) -> ConfigurationError {
        let problem = parser.problem.map { String(cString: $0) } ?? "out of memory"
        var message = "is neither YAML nor JSON: \(problem)"
        var position = FilePosition(parser.problem_mark)
        if parser.error == YAML_READER_ERROR {
            // Errors of the decoder come with a byte offset instead of a mark.
            position = FilePosition(offset: parser.problem_offset, in: bytes)
        } else if let context = parser.context {
            message += " \(String(cString: context))"
            let start = FilePosition(parser.context_mark)
            if start != position, start.line > 1 || start.column > 1 { message += " that began at \(start)" }
        }
        return ConfigurationError(file: file, position: position, message: message)
    }
}

extension FilePosition {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    /// The position of a byte, counting UTF-8 characters.
    init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        self.init(
            line: before.count { $0 == 0x0a } + 1,
            column: before[lineStart...].count { $0 & 0xc0 != 0x80 } + 1
        )
    }
}

extension YAMLEvent {
    fileprivate init(_ event: yaml_event_t) {
        position = FilePosition(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            kind = .documentStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                text: String(decoding: bytes, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
            anchor = Self.string(scalar.anchor)
            tag = Self.string(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            anchor = Self.string(event.data.sequence_start.anchor)
            tag = Self.string(event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT:
            kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            anchor = Self.string(event.data.mapping_start.anchor)
            tag = Self.string(event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT:
            kind = .mappingEnd
        case YAML_ALIAS_EVENT:
            kind = .alias(name: Self.string(event.data.alias.anchor) ?? "")
        default:
            kind = .other
        }
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: UnsafePointer<UInt8>($0)) }
    }
}
