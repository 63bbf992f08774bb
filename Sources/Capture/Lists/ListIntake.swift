import ClusterState
import KubernetesClient
import KubernetesWire

/// What becomes of each object between the answer and the disk: objects of denied namespaces are left out, those that
/// tell of the control plane are looked at, and with `--redact` only what is kept goes on.
struct ListIntake {
    /// Whom to ask of the control plane, as far as it has come by.
    private(set) var targets = ProbeTargets()
    /// What redacts; nil where objects are taken as they are.
    var redaction: ProtobufRedaction?

    /// Creates an intake.
    init(isRedacted: Bool) {
        if isRedacted { redaction = ProtobufRedaction() }
    }

    /// Takes an object in protobuf.
    ///
    /// - Parameters:
    ///   - bytes: The object.
    ///   - offset: Where it begins in the stream, for errors.
    ///   - resource: What it is.
    ///   - denied: Namespaces whose objects are left out.
    ///   - frames: Takes the object, framed.
    /// - Returns: Whether it was taken.
    /// - Throws: ``WireError`` where the bytes are malformed.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        of resource: APIResource,
        denied: Set<String>,
        into frames: inout [UInt8]
    ) throws(WireError) -> Bool {
        if !denied.isEmpty, denied.contains(try ObjectHeader(bytes, offset: offset).namespace) { return false }
        try targets.note(bytes, offset, of: resource)
        guard redaction != nil, let kept = resource.kept else {
            ListSpool.frame(bytes, into: &frames)
            return true
        }
        if let item = try redaction?.redacted(Array(bytes)[...], kept) { ListSpool.frame(item, into: &frames) }
        return true
    }

    /// Takes an object in JSON. See ``take(_:_:of:denied:into:)``.
    func take(
        json item: ArraySlice<UInt8>,
        of source: Source,
        denied: Set<String>,
        into frames: inout [UInt8]
    ) throws(JSONScanner.Fault) -> Bool {
        if !denied.isEmpty, denied.contains(JSONPage.namespace(of: item)) { return false }
        guard let redaction, let kept = KeptMember.of(source) else {
            ListSpool.frame(item, into: &frames)
            return true
        }
        ListSpool.frame(try JSONRedaction(labels: redaction.labels).redacted(item, kept) ?? [], into: &frames)
        return true
    }

    /// The object as it goes into the recording, once all selectors have been seen.
    mutating func finished(_ item: ArraySlice<UInt8>, of source: Source) throws(RequestFailure) -> [UInt8] {
        guard redaction != nil else { return Array(item) }
        do {
            if let kept = APIResource.of(source)?.kept {
                return try redaction?.redacted(item, kept) ?? []
            }
            guard let redaction, let kept = KeptMember.of(source) else { return [] }
            return try JSONRedaction(labels: redaction.labels).redacted(item, kept) ?? []
        } catch {
            throw .malformed("\(error)")
        }
    }
}
