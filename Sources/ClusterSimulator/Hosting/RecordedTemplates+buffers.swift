extension RecordedTemplates {
    /// Reads recorded lists that lie in memory, such as those compiled into a program.
    ///
    /// - Parameter buffers: Contents by file name, see ``fileNames``; others are left aside.
    /// - Throws: ``RecordedTemplatesError`` naming the file that is no recorded list.
    package init(buffers: [String: UnsafeRawBufferPointer]) throws(RecordedTemplatesError) {
        var files: [String: [UInt8]] = [:]
        for name in Self.fileNames {
            if let buffer = buffers[name] { files[name] = Array(buffer) }
        }
        try self.init(files: files)
    }
}
