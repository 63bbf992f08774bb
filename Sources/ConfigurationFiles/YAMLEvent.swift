/// What libyaml's parser reports, in Swift's types.
struct YAMLEvent {
    /// The kind of event, with what belongs to it.
    enum Kind {
        case documentStart
        case scalar(text: String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias(name: String)
        /// Begin and end of the stream, end of a document.
        case other
    }

    /// What happened.
    var kind: Kind
    /// The name given with `&`, for a scalar, sequence or mapping.
    var anchor: String?
    /// The tag given with `!`, for a scalar, sequence or mapping.
    var tag: String?
    /// Where it begins.
    var position: FilePosition
}
